import { describe, expect, it } from 'vitest';
import { parseTimeRange, rangeInTable } from './time-range.ts';

// Times in seconds since 2004-12-04T00:00:00 UTC.
const REFERENCE = { zero: { mjdDay: 53343, secondOfDay: 0 }, unitSeconds: 1 };

const range = (text: string): [number, number] => {
  const { from, to } = rangeInTable(parseTimeRange(text), REFERENCE, 'x');
  return [from, to];
};

describe('parseTimeRange()', () => {
  it.each([
    ['2004-12-04T22:08:14.5..2004-12-05 00:00:00Z', 79694.5, 86400],
    ['2004-12-04T22:08..', 79680, Number.POSITIVE_INFINITY],
    ['..2004-12-04T22', Number.NEGATIVE_INFINITY, 79200],
    ['2004-12-04', 0, 86400],
    ['2004-12-04..2004-12-05', 0, 172800],
    ['2004-12-04T24:00..', 86400, Number.POSITIVE_INFINITY],
    ['MJD 53343.5..MJD53344', 43200, 86400],
    ['MET 10..MET 20.5', 10, 20.5],
    ['met=-1e3..', -1000, Number.POSITIVE_INFINITY],
    ['2004-12-04T00:01:04.184 TT..', 0, Number.POSITIVE_INFINITY],
    ['2004-12-04T00:00:32 tai..MJD 53344 UTC', 0, 86400],
  ])('reads %s', (text, from, to) => {
    const [first, last] = range(text);
    expect(Number.isFinite(from) ? first : 0).toBeCloseTo(Number.isFinite(from) ? from : 0, 9);
    expect(Number.isFinite(to) ? last : 0).toBeCloseTo(Number.isFinite(to) ? to : 0, 9);
    expect([Number.isFinite(first), Number.isFinite(last)]).toEqual([Number.isFinite(from), Number.isFinite(to)]);
  });

  it('knows leap seconds, and that there are no others', () => {
    const seconds = range('2016-12-31T23:59:60.5..2017-01-01T00:00:00');
    expect(seconds[1] - seconds[0]).toBe(0.5);
    expect(() => range('2016-12-30T23:59:60..')).toThrow('There is no such time of day');
    expect(() => range('2016-12-31T23:59:60 TT..')).toThrow('There is no such time of day');
    expect(() => range('2016-12-31T23:59:61..')).toThrow('There is no such time of day');
    const half = range('MJD 57753.5..2017-01-01');
    expect(half[1] - half[0]).toBe(43200.5 + 86400);
  });

  it.each([
    ['..', 'At least one end is needed'],
    ['', 'A range is two points'],
    ['2004-12-04T22:00', 'A range is two points'],
    ['53343..53344', 'Needed a date'],
    ['mjd:53343...5', 'Cannot read the time ".5": Needed a date'],
    ['2004-13-01..', 'There is no such date'],
    ['2004-02-30..', 'There is no such date'],
    ['2004-12-04T25:00..', 'There is no such time of day'],
    ['2004-12-04T10:60..', 'There is no such time of day'],
    ['2004-12-04 22:00 XYZ..', '"XYZ" is none of the scales'],
    ['2004-12-04T22:00Z TT..', 'The Z at its end means UTC'],
    ['MET x..', 'Needed a date'],
    ['2004-12-05..2004-12-03', 'It ends before it begins'],
    ['MET 5..MET 4', 'It ends before it begins'],
    ['2004-12-04T12:00 TT..2004-12-04T11:58:50 UTC', 'It ends before it begins'],
  ])('refuses "%s"', (text, reason) => {
    expect(() => parseTimeRange(text)).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringContaining(reason) }),
    );
  });
});

describe('rangeInTable()', () => {
  it('needs a reference for dates, and none for mission elapsed times', () => {
    expect(rangeInTable(parseTimeRange('MET 5..'), undefined, 'x').from).toBe(5);
    expect(() => rangeInTable(parseTimeRange('2004-12-04..'), undefined, 'obs.fits')).toThrow(
      expect.objectContaining({ code: 'bad-data', message: expect.stringContaining('"obs.fits" does not tell') }),
    );
  });
});
