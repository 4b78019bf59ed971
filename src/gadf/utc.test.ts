import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { elapsedSeconds, formatIsoUtc, formatUtc, mjdOfDate, secondsInDay, taiMinusUtc, utcAfter } from './utc.ts';

const day = fc.integer({ min: 41317, max: 62000 });
const LEAP_DAYS = [41498, 46246, 51178, 53735, 54831, 56108, 57203, 57753];

describe('taiMinusUtc()', () => {
  it.each([
    [41316, 10],
    [41317, 10],
    [41498, 10],
    [41499, 11],
    [51544, 32],
    [57753, 36],
    [57754, 37],
    [99999, 37],
  ])('on MJD %d is %d s', (mjdDay, seconds) => {
    expect(taiMinusUtc(mjdDay)).toBe(seconds);
  });
});

describe('secondsInDay()', () => {
  it('is a second more where a leap second ends the day', () => {
    for (const leapDay of LEAP_DAYS) expect(secondsInDay(leapDay)).toBe(86401);
    expect(secondsInDay(57754)).toBe(86400);
  });
});

describe('utcAfter()', () => {
  it('undoes elapsedSeconds() across all leap seconds, forward and back', () => {
    fc.assert(
      fc.property(day, day, fc.integer({ min: 0, max: 86399 }), (from, to, secondOfDay) => {
        const start = { mjdDay: from, secondOfDay: 3600 };
        const end = { mjdDay: to, secondOfDay };
        expect(utcAfter(start, elapsedSeconds(start, end))).toEqual(end);
      }),
    );
  });

  it('stays in the day within a leap second', () => {
    for (const mjdDay of LEAP_DAYS) {
      expect(utcAfter({ mjdDay, secondOfDay: 0 }, 86400.5)).toEqual({ mjdDay, secondOfDay: 86400.5 });
      expect(utcAfter({ mjdDay, secondOfDay: 0 }, 86401)).toEqual({ mjdDay: mjdDay + 1, secondOfDay: 0 });
      expect(utcAfter({ mjdDay: mjdDay + 1, secondOfDay: 0 }, -0.5)).toEqual({ mjdDay, secondOfDay: 86400.5 });
    }
  });
});

describe('formatUtc()', () => {
  it('counts the seconds of a leap second to 60', () => {
    expect(formatUtc({ mjdDay: 57753, secondOfDay: 86400.9 })).toEqual({ date: '2016-12-31', time: '23:59:60' });
  });
});

describe('formatIsoUtc()', () => {
  it.each([
    [53343, 79694.5, '2004-12-04T22:08:14.5Z'],
    [53343, 79694, '2004-12-04T22:08:14Z'],
    [53343, 79694.1839, '2004-12-04T22:08:14.184Z'],
    [53343, 86399.9999, '2004-12-05T00:00:00Z'],
    [57753, 86399.9999, '2016-12-31T23:59:60Z'],
    [57753, 86400.9999, '2017-01-01T00:00:00Z'],
    [-678575, 0, '0001-01-01T00:00:00Z'],
  ])('writes MJD %d, second %d as %s', (mjdDay, secondOfDay, text) => {
    expect(formatIsoUtc({ mjdDay, secondOfDay })).toBe(text);
  });

  it('is undefined for what is no date, whatever the number', () => {
    for (const secondOfDay of [Number.NaN, Number.POSITIVE_INFINITY, -1e300, 1e300, 1e15, -1e15]) {
      expect(formatIsoUtc({ mjdDay: 51910, secondOfDay })).toBeUndefined();
    }
  });
});

describe('mjdOfDate()', () => {
  it('knows the calendar', () => {
    expect(mjdOfDate(1970, 1, 1)).toBe(40587);
    expect(mjdOfDate(2000, 2, 29)).toBe(51603);
    expect(mjdOfDate(1, 1, 1)).toBe(-678575);
    for (const [year, month, dayOfMonth] of [
      [2001, 2, 29],
      [2004, 13, 1],
      [2004, 0, 1],
      [2004, 1, 32],
    ] as const) {
      expect(mjdOfDate(year, month, dayOfMonth)).toBeUndefined();
    }
  });
});
