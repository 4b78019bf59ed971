import { describe, expect, it } from 'vitest';
import { formatTt, metOfUtc, mjdUtcOfMet } from './time.ts';

describe('metOfUtc()', () => {
  // Reference values: astropy 5.2, (Time(utc).tt - reference).sec
  it.each([
    [51910, 0, 0],
    [53735, 86399, 157766399],
    [53735, 86400.5, 157766400.5],
    [53736, 0, 157766401],
    [57754, 1, 504921606],
    [61222, 45296, 804602101],
  ])('counts the leap seconds up to MJD %d, second %d', (day, second, met) => {
    expect(metOfUtc(day, second)).toBe(met);
  });
});

describe('formatTt()', () => {
  // Reference values: astropy 5.2, (reference + TimeDelta(met)).tt.isot
  it.each([
    [0, '2001-01-01', '00:01:04.184'],
    [157766400, '2006-01-01', '00:01:04.184'],
    [157766400.9, '2006-01-01', '00:01:05.084'],
    [504921606, '2017-01-01', '00:01:10.184'],
    [804602101, '2026-07-01', '12:36:05.184'],
    [-65, '2000-12-31', '23:59:59.184'],
  ])('writes MET %d as %s %s', (met, date, time) => {
    expect(formatTt(met)).toEqual({ date, time });
  });
});

describe('mjdUtcOfMet()', () => {
  it('is the reading of the UTC clock', () => {
    expect(mjdUtcOfMet(804602101)).toBeCloseTo(61222.52425925926, 9);
  });
});
