import { describe, expect, it, vi } from 'vitest';
import { isSettled, readingTime } from './settled.ts';

describe('isSettled()', () => {
  it.each([
    ['a time that is told finer', { mtimeMs: 5000.25, readMs: 5000 }, true],
    ['a file that was read in the second of its last change', { mtimeMs: 5000, readMs: 5900 }, false],
    ['one that was read in the second after', { mtimeMs: 5000, readMs: 6999 }, false],
    ['one that was read later', { mtimeMs: 5000, readMs: 7000 }, true],
    ['one whose clock is a little ahead', { mtimeMs: 5000, readMs: 3500 }, false],
    ['one whose clock is far ahead', { mtimeMs: 5000, readMs: 1000 }, true],
    ['one without a time', { mtimeMs: undefined, readMs: 5000 }, true],
    ['one of which nobody knows when it was read', { mtimeMs: 5000, readMs: undefined }, true],
  ])('of %s', (_, reading, expected) => {
    expect(isSettled(reading)).toBe(expected);
  });
});

describe('readingTime()', () => {
  it('is the moment of the reading that is nearest to the time of the file', () => {
    vi.spyOn(Date, 'now').mockReturnValue(9000);
    expect([1000, 6000, 20_000, undefined].map((mtimeMs) => readingTime(mtimeMs, 5000))).toEqual([
      5000, 6000, 9000, 5000,
    ]);
    vi.restoreAllMocks();
  });
});
