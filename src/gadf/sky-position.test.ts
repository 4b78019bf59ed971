import { describe, expect, it } from 'vitest';
import { icrsOfGalactic } from './sky.ts';
import { parseSkyPosition } from './sky-position.ts';

const CRAB = [15 * (5 + (34 + 31.9 / 60) / 60), 22 + (0 + 52 / 60) / 60] as const;

describe('parseSkyPosition()', () => {
  it.each([
    ['83.633,22.0145', 83.633, 22.0145],
    ['83.633 22.0145', 83.633, 22.0145],
    [' 83.633d, +22.0145° ', 83.633, 22.0145],
    ['.5,-.5', 0.5, -0.5],
    ['-0.5,1', 359.5, 1],
    ['720,0', 0, 0],
    ['5h34m31.9s +22d00m52s', ...CRAB],
    ['5h34m31.9s,+22d00m52s', ...CRAB],
    ['5H 34M 31.9S, 22° 0′ 52″', ...CRAB],
    [`5h34m31.9s 22d0'52"`, ...CRAB],
    ['05:34:31.9 +22:00:52', ...CRAB],
    ['05:34:31.9,22:0:52', ...CRAB],
    ['05 34 31.9 +22 00 52', ...CRAB],
    ['5h34.5m 22d', 83.625, 22],
    ['5:34.5 -0:30', 83.625, -0.5],
    ['83d37m30s -0d30m', 83.625, -0.5],
    ['12h -00:00:36', 180, -0.01],
  ])('reads %s', (text, raDeg, decDeg) => {
    const found = parseSkyPosition(text, 'icrs');
    expect(found.raDeg).toBeCloseTo(raDeg, 12);
    expect(found.decDeg).toBeCloseTo(decDeg, 12);
  });

  it('takes them for right ascension and declination where nothing else is said', () => {
    expect(parseSkyPosition('5h34m31.9s +22d00m52s')).toEqual(parseSkyPosition('5h34m31.9s +22d00m52s', 'icrs'));
  });

  it('reads galactic angles in degrees, with colons, too', () => {
    expect(parseSkyPosition('-5.5 12.25', 'galactic')).toEqual(icrsOfGalactic({ lonDeg: 354.5, latDeg: 12.25 }));
    expect(parseSkyPosition('184:30 -5:45', 'galactic')).toEqual(icrsOfGalactic({ lonDeg: 184.5, latDeg: -5.75 }));
  });

  it.each([
    ['', 'two angles are needed'],
    ['83.6', 'two angles are needed'],
    ['83.6,', 'two angles are needed'],
    ['1,2,3', 'two angles are needed'],
    ['crab,22', '"crab" is no right ascension'],
    ['1e2,22', '"1e2" is no right ascension'],
    ['83.6,x', '"x" is no declination'],
    ['5:60:00 22:00:00', '"5:60:00" is no right ascension'],
    ['5h34m60s 22d', '"5h34m60s" is no right ascension'],
    ['5h34m 22h', '"22h" is no declination'],
    ['0,90.001', 'the declination 90.001 is not between -90 and 90 degrees'],
    ['0,-91:00:00', 'the declination -91 is not between'],
    ['nan,nan', '"nan" is no right ascension'],
  ])('refuses "%s"', (text, reason) => {
    expect(() => parseSkyPosition(text, 'icrs')).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringContaining(reason) }),
    );
  });
});
