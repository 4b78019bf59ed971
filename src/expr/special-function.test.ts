import { describe, expect, it } from 'vitest';
import { erf, erfc, gamma } from './special-function.ts';

// Reference values: scipy.special 1.10.

function relativeError(found: number, wanted: number): number {
  return Math.abs(found - wanted) / Math.abs(wanted);
}

describe('erf()', () => {
  it.each([
    [1e-10, 1.1283791670955126e-10],
    [0.1, 0.1124629160182849],
    [1, 0.8427007929497149],
    [1.5, 0.9661051464753108],
    [-2.5, -0.9995930479825551],
    [6, 1],
  ])('of %d', (x, wanted) => {
    expect(relativeError(erf(x), wanted)).toBeLessThan(4e-16);
  });

  it('is 0 for 0 and keeps NaN', () => {
    expect([erf(0), erf(Number.NaN), erf(Number.POSITIVE_INFINITY), erf(-40)]).toEqual([0, Number.NaN, 1, -1]);
  });
});

describe('erfc()', () => {
  it.each([
    [0.3, 0.6713732405408726],
    [0.5, 0.4795001221869535],
    [0.75, 0.2888443663464849],
    [2, 0.004677734981047265],
    [5, 1.5374597944280347e-12],
    [26, 5.663192408856145e-296],
    [-1, 1.8427007929497148],
  ])('of %d', (x, wanted) => {
    expect(relativeError(erfc(x), wanted)).toBeLessThan(2e-15);
  });
});

describe('gamma()', () => {
  it.each([
    [0.5, 1.772453850905516],
    [1, 1],
    [5, 24],
    [4.5, 11.631728396567448],
    [-1.5, 2.363271801207355],
    [0.001, 999.4237724845955],
    [170.5, 5.562092414559999e305],
    [171, 7.257415615307999e306],
  ])('of %d', (x, wanted) => {
    expect(relativeError(gamma(x), wanted)).toBeLessThan(3e-13);
  });

  it('has poles at 0, -1, -2, ... and overflows above 171', () => {
    expect([gamma(0), gamma(-3), gamma(172), gamma(1e300)]).toEqual([
      Number.NaN,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ]);
  });
});
