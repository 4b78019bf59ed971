import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { angularSeparation } from '../expr/index.ts';
import { galacticOfIcrs, icrsOfGalactic, meanDirection, wrapDegrees } from './sky.ts';

const lon = fc.double({ min: 0, max: 359.999, noNaN: true });
const lat = fc.double({ min: -90, max: 90, noNaN: true });

describe('icrsOfGalactic()', () => {
  it('knows where the Galaxy has its centre and its north pole', () => {
    // Hipparcos catalogue, vol. 1, section 1.5.3: pole 192.85948, 27.12825
    const pole = icrsOfGalactic({ lonDeg: 0, latDeg: 90 });
    expect([pole.raDeg, pole.decDeg]).toEqual([expect.closeTo(192.85948, 9), expect.closeTo(27.12825, 9)]);
    const centre = icrsOfGalactic({ lonDeg: 0, latDeg: 0 });
    expect([centre.raDeg, centre.decDeg]).toEqual([expect.closeTo(266.405, 3), expect.closeTo(-28.936, 3)]);
  });

  it('undoes galacticOfIcrs() everywhere, the poles included', () => {
    fc.assert(
      fc.property(lon, lat, (raDeg, decDeg) => {
        const back = icrsOfGalactic(galacticOfIcrs({ raDeg, decDeg }));
        expect(angularSeparation(raDeg, decDeg, back.raDeg, back.decDeg)).toBeLessThan(1e-12);
        expect(back.raDeg).toBeGreaterThanOrEqual(0);
        expect(back.raDeg).toBeLessThan(360);
      }),
    );
  });
});

describe('meanDirection()', () => {
  it('goes across 0h', () => {
    const mean = meanDirection([
      { raDeg: 359, decDeg: 10 },
      { raDeg: 1, decDeg: 10 },
    ]);
    expect(mean?.raDeg).toBeCloseTo(0, 12);
    expect(mean?.decDeg).toBeCloseTo(10.0015, 3);
  });

  it('has nothing to say of no direction, and of two opposite ones', () => {
    expect(meanDirection([])).toBeUndefined();
    const opposite = [
      { raDeg: 10, decDeg: 20 },
      { raDeg: 190, decDeg: -20 },
    ];
    expect(meanDirection(opposite)).toBeUndefined();
  });
});

describe('wrapDegrees()', () => {
  it.each([
    [-1.4e-322, 0],
    [-1e-20, 0],
    [360, 0],
    [-90, 270],
    [725, 5],
  ])('takes %d to %d', (from, to) => {
    expect(wrapDegrees(from)).toBe(to);
  });
});
