import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldAt, fromField, offsetDirection, toField } from './sky.ts';
import { separationDeg } from './testing/separation.ts';

const anywhere = fc.record({
  raDeg: fc.double({ min: 0, max: 359.999, noNaN: true }),
  decDeg: fc.double({ min: -89.9, max: 89.9, noNaN: true }),
});
const distance = fc.double({ min: 1e-4, max: 60, noNaN: true });
const angle = fc.double({ min: 0, max: 360, noNaN: true });

describe('toField()', () => {
  it('agrees with the offset frame of astropy across 0h', () => {
    // astropy 5.2: SkyCoord(0.6, -59.5).transform_to(SkyCoord(359.9, -60).skyoffset_frame())
    const field = toField({ raDeg: 0.6, decDeg: -59.5 }, { raDeg: 359.9, decDeg: -60 });
    expect(field.lonDeg).toBeCloseTo(0.3552837192177918, 10);
    expect(field.latDeg).toBeCloseTo(0.49812044936085986, 10);
  });

  it('is undone by fromField()', () => {
    fc.assert(
      fc.property(anywhere, anywhere, (direction, pointing) => {
        const back = fromField(toField(direction, pointing), pointing);
        expect(separationDeg(back, direction)).toBeLessThan(1e-9);
        expect(back.raDeg).toBeGreaterThanOrEqual(0);
        expect(back.raDeg).toBeLessThan(360);
      }),
    );
  });
});

describe('offsetDirection()', () => {
  it('is as far away as it should be', () => {
    fc.assert(
      fc.property(anywhere, angle, distance, (from, positionAngle, far) => {
        expect(separationDeg(from, offsetDirection(from, positionAngle, far))).toBeCloseTo(far, 9);
      }),
    );
  });

  it('counts the position angle from north to east', () => {
    const north = offsetDirection({ raDeg: 10, decDeg: 20 }, 0, 1);
    expect([north.raDeg, north.decDeg]).toEqual([expect.closeTo(10, 9), expect.closeTo(21, 9)]);
    expect(offsetDirection({ raDeg: 359.9, decDeg: 0 }, 90, 1).raDeg).toBeCloseTo(0.9, 9);
  });
});

describe('fieldAt()', () => {
  it('puts north on the latitude and east on the longitude', () => {
    expect(fieldAt(0, 2)).toEqual({ lonDeg: expect.closeTo(0, 12), latDeg: expect.closeTo(2, 12) });
    expect(fieldAt(90, 2)).toEqual({ lonDeg: expect.closeTo(2, 12), latDeg: expect.closeTo(0, 12) });
  });
});
