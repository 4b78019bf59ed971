import { describe, expect, it } from 'vitest';
import { horizonDirection, siderealTimeDeg } from '../gadf/index.ts';
import { SITE, sunAltitudeDeg } from './horizon.ts';
import { SOURCES } from './sources.ts';

const CRAB = SOURCES[0]!.direction;
const PKS_2155 = SOURCES[1]!.direction;

describe('horizonDirection()', () => {
  it('agrees with the example of the GADF specification', () => {
    // The values printed there are for 2010-04-26T00:00:00 UTC; the code beside them says TT.
    const site = { lonDeg: 42, latDeg: 42 };
    const { altDeg, azDeg } = horizonDirection({ raDeg: 83.63308, decDeg: 22.0145 }, 55312, site);
    expect(Math.abs(altDeg - -25.56281)).toBeLessThan(0.01);
    expect(Math.abs(azDeg - 351.88232)).toBeLessThan(0.01);
  });

  it.each([
    // astropy 5.2 AltAz at the site, pressure 0
    [53283 + 19 / 24, PKS_2155, 76.10554499, 122.81834209],
    [53283 + 19 / 24, CRAB, -41.72957739, 80.60213423],
    [61119 + 23.5 / 24, PKS_2155, -25.6639781, 144.32527034],
    [61119 + 23.5 / 24, CRAB, -20.28596467, 286.04472208],
  ])('agrees with astropy on MJD %d', (mjd, direction, alt, az) => {
    const { altDeg, azDeg } = horizonDirection(direction, mjd, SITE);
    expect(Math.abs(altDeg - alt)).toBeLessThan(0.01);
    expect(Math.abs(azDeg - az) * Math.cos((alt * Math.PI) / 180)).toBeLessThan(0.01);
  });
});

describe('sunAltitudeDeg()', () => {
  it.each([
    [53283 + 19 / 24, -28.85494579],
    [61119 + 23.5 / 24, -65.8449434],
  ])('agrees with astropy on MJD %d', (mjd, alt) => {
    expect(Math.abs(sunAltitudeDeg(mjd, SITE) - alt)).toBeLessThan(0.05);
  });
});

describe('siderealTimeDeg()', () => {
  it('agrees with the mean sidereal time of astropy at J2000', () => {
    expect(siderealTimeDeg(51544.5)).toBeCloseTo(280.46210542, 2);
  });
});
