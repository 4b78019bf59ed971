import { describe, expect, it } from 'vitest';
import { formatUtc, metOfUtc, mjdTtOfMet, mjdUtcOfMet } from './time.ts';

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

describe('formatUtc()', () => {
  it.each([
    [0, '2001-01-01', '00:00:00'],
    [157766399, '2005-12-31', '23:59:59'],
    [157766400, '2005-12-31', '23:59:60'],
    [157766400.9, '2005-12-31', '23:59:60'],
    [157766401, '2006-01-01', '00:00:00'],
    [504921604, '2016-12-31', '23:59:60'],
    [504921606, '2017-01-01', '00:00:01'],
    [804602101, '2026-07-01', '12:34:56'],
  ])('writes MET %d as %s %s', (met, date, time) => {
    expect(formatUtc(met)).toEqual({ date, time });
  });
});

describe('mjdUtcOfMet()', () => {
  it('is the reading of the UTC clock', () => {
    expect(mjdUtcOfMet(804602101)).toBeCloseTo(61222.52425925926, 9);
  });
});

describe('mjdTtOfMet()', () => {
  it('differs from UTC by 32.184 s and the leap seconds', () => {
    expect((mjdTtOfMet(0) - 51910) * 86400).toBeCloseTo(64.184, 5);
    expect((mjdTtOfMet(804602101) - mjdUtcOfMet(804602101)) * 86400).toBeCloseTo(69.184, 4);
  });
});
