import { describe, expect, it } from 'vitest';
import { Header } from '../fits/index.ts';
import { isoOfTime, readTimeReference, timeOfUtc } from './time-reference.ts';

function header(cards: Readonly<Record<string, string | number>>): Header {
  const result = new Header();
  for (const [keyword, value] of Object.entries(cards)) result.set(keyword, value);
  return result;
}

// What hess_dl3_dr1 has; the digits that it lacks are less than a microsecond.
const HESS = { MJDREFI: 51910, MJDREFF: 0.000742870370370241, TIMESYS: 'TT', TIMEUNIT: 's' };
const CTA = { MJDREFI: 51544, MJDREFF: 0.5, TIMESYS: 'TT', TIMEUNIT: 's' };

describe('readTimeReference()', () => {
  it('knows the moment that TT days and fractions mean, free of their rounding', () => {
    expect(readTimeReference(header(HESS), 'x')).toEqual({ zero: { mjdDay: 51910, secondOfDay: 0 }, unitSeconds: 1 });
    expect(readTimeReference(header(CTA), 'x')?.zero).toEqual({ mjdDay: 51544, secondOfDay: 43200 - 64.184 });
  });

  it.each([
    ['UTC', 0],
    ['TT', -64.184],
    ['tdt', -64.184],
    ['TAI', -32],
    ['GPS', -13],
  ])('in %s', (scale, second) => {
    const { zero } = readTimeReference(header({ MJDREFI: 51910, TIMESYS: scale }), 'x') ?? {};
    const expected = second < 0 ? { mjdDay: 51909, secondOfDay: 86400 + second } : { mjdDay: 51910, secondOfDay: 0 };
    expect(zero).toEqual({ ...expected, secondOfDay: expect.closeTo(expected.secondOfDay, 9) });
  });

  it('takes UTC and seconds where nothing is said, and the unit of the column before that of the table', () => {
    expect(readTimeReference(header({ MJDREF: 51910.5 }), 'x')).toEqual({
      zero: { mjdDay: 51910, secondOfDay: 43200 },
      unitSeconds: 1,
    });
    expect(readTimeReference(header({ ...HESS, TIMEUNIT: 'd' }), 'x')?.unitSeconds).toBe(86400);
    expect(readTimeReference(header({ ...HESS, TIMEUNIT: 'd' }), 'x', 's')?.unitSeconds).toBe(1);
    expect(readTimeReference(header({ ...HESS, TIMEUNIT: 'd' }), 'x', 'second')?.unitSeconds).toBe(1);
  });

  it('has nothing to say where there is no reference', () => {
    expect(readTimeReference(header({ TIMESYS: 'TT' }), 'x')).toBeUndefined();
  });

  it.each([
    [{ ...HESS, TIMESYS: 'TDB' }, 'TIMESYS is "TDB", needed UTC, TAI, TT or GPS'],
    [{ ...HESS, TIMEUNIT: 'fortnight' }, 'TIMEUNIT or TUNIT is "fortnight", needed s, min, h, d or a'],
    [{ ...HESS, MJDREFI: 'x' }, '"MJDREFI"'],
  ])('refuses %o', (cards, message) => {
    expect(() => readTimeReference(header(cards), 'x')).toThrow(
      expect.objectContaining({ code: 'bad-data', message: expect.stringContaining(message) }),
    );
  });
});

describe('isoOfTime()', () => {
  it('tells when the first run of hess_dl3_dr1 began, whose DATE-OBS is in TT', () => {
    const reference = readTimeReference(header(HESS), 'x');
    expect(reference && isoOfTime(reference, 101962602)).toBe('2004-03-26T02:56:42Z');
  });

  it('agrees with DATE-OBS of the CTA data challenge, which is in UTC and cut to seconds', () => {
    const reference = readTimeReference(header(CTA), 'x');
    expect(reference && isoOfTime(reference, 664502400)).toBe('2021-01-21T11:58:50.816Z');
  });
});

describe('timeOfUtc()', () => {
  it('counts in the unit of the table', () => {
    const reference = readTimeReference(header({ MJDREFI: 57753, TIMESYS: 'UTC', TIMEUNIT: 'd' }), 'x');
    // The day between ended with a leap second.
    expect(reference && timeOfUtc(reference, { mjdDay: 57754, secondOfDay: 0 })).toBe(86401 / 86400);
  });
});
