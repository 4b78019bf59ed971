import { describe, expect, it } from 'vitest';
import { formatGeneral } from './format-general.ts';

describe('formatGeneral()', () => {
  // Values of C's printf.
  it.each([
    [0, '0'],
    [-0, '-0'],
    [0.0197567, '0.0197567'],
    [0.071175, '0.071175'],
    [2.05162e-5, '2.05162e-05'],
    [0.0001, '0.0001'],
    [0.00009999996, '0.0001'],
    [1, '1'],
    [12.5, '12.5'],
    [100, '100'],
    [123456.7, '123457'],
    [999999.5, '1e+06'],
    [1234567, '1.23457e+06'],
    [-98.7654321, '-98.7654'],
    [1e100, '1e+100'],
    [Number.NaN, 'nan'],
    [Number.NEGATIVE_INFINITY, '-inf'],
  ])('formatGeneral() with 6 digits writes %d as %s', (value, text) => expect(formatGeneral(value, 6)).toBe(text));

  it.each([
    [1e6, '1000000'],
    [999999.999999999, '999999.999999999'],
    [0.1 + 0.2, '0.3'],
    [1e-8, '1e-08'],
    [999999999999999.9, '1e+15'],
    [123456789012345, '123456789012345'],
    [0.699999988079071, '0.699999988079071'],
    [5e-324, '4.94065645841247e-324'],
  ])('formatGeneral() with 15 digits writes %d as %s', (value, text) => expect(formatGeneral(value, 15)).toBe(text));
});
