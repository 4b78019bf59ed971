import { describe, expect, it } from 'vitest';
import { Header } from '../fits/index.ts';
import { explainShift, isRounded, referenceOf, roundingSeconds } from './times.ts';

function header(cards: Record<string, string | number>): Header {
  const result = new Header();
  for (const [keyword, value] of Object.entries(cards)) result.set(keyword, value);
  return result;
}

const HESS = header({ MJDREFI: 51910, MJDREFF: 0.000742870370370241, TIMESYS: 'TT' });

describe('explainShift()', () => {
  it.each([
    [64.184, 101962602, 'TT - UTC'],
    [-64.184, 101962602, 'TT - UTC'],
    [69.184, 664502400, 'TT - UTC'],
    [64.184, 664502400, 'TT - UTC of 1999 to 2005, without the leap seconds since'],
    [32.184, 101962602, 'TT - TAI'],
    [5, 664502400, 'the leap seconds since 1999'],
    [37, 664502400, 'TAI - UTC, all leap seconds'],
    [18, 664502400, 'GPS - UTC'],
  ])('knows %d s at %d', (seconds, time, wanted) => {
    expect(explainShift(seconds, referenceOf(HESS), time)).toBe(wanted);
  });

  it.each([0, 8, 64, 100, 3600])('has nothing to say of %d s', (seconds) => {
    expect(explainShift(seconds, referenceOf(HESS), 101962602)).toBeUndefined();
  });
});

describe('isRounded()', () => {
  it('sees what 32 bits made of TSTOP of the CTA data challenge', () => {
    expect(isRounded(664504192, 664504200)).toBe(true);
    expect(isRounded(664504200, 664504200)).toBe(false);
    expect(isRounded(664504193, 664504200)).toBe(false);
  });
});

describe('roundingSeconds()', () => {
  it.each([
    [664504192, 32],
    [101962600, 4],
    [101962602, 0],
    [1000, 0],
    [0, 0],
  ])('is what %d may be off: %d s', (time, wanted) => {
    expect(roundingSeconds(time)).toBe(wanted);
  });
});
