import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ByteRange, gapsBetween, withoutOverlap } from './ranges.ts';

const size = 40;
const ranges: fc.Arbitrary<ByteRange[]> = fc.array(
  fc
    .tuple(fc.integer({ min: -3, max: size + 3 }), fc.integer({ min: -3, max: size + 3 }))
    .map(([start, end]) => ({ start, end })),
);
const bytesOf = (list: readonly ByteRange[]) =>
  list.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, i) => start + i));

describe('gapsBetween()', () => {
  it('together with the ranges covers each byte, and no gap is longer than asked', () => {
    fc.assert(
      fc.property(ranges, fc.integer({ min: 1, max: 50 }), (all, longest) => {
        const kept = withoutOverlap(all, size);
        const gaps = gapsBetween(kept, size, longest);
        const bytes = [...bytesOf(kept), ...bytesOf(gaps)].sort((left, right) => left - right);
        expect(bytes).toEqual(Array.from({ length: size }, (_, i) => i));
        expect(gaps.every(({ start, end }) => end - start <= longest && end > start)).toBe(true);
      }),
    );
  });

  it('of an empty file are none', () => {
    expect(gapsBetween([], 0, 8)).toEqual([]);
  });
});

describe('withoutOverlap()', () => {
  it('keeps one of two that overlap, and none beyond the end', () => {
    const all = [
      { start: 4, end: 8 },
      { start: 0, end: 5 },
      { start: 8, end: 8 },
      { start: 8, end: 11 },
      { start: 0, end: 4 },
      { start: 8, end: 10 },
    ];
    expect(withoutOverlap(all, 10)).toEqual([
      { start: 0, end: 4 },
      { start: 4, end: 8 },
      { start: 8, end: 10 },
    ]);
  });

  it('keeps none that overlap, and leaves none out that could be kept besides', () => {
    fc.assert(
      fc.property(ranges, (all) => {
        const kept = withoutOverlap(all, size);
        const covered = new Set(bytesOf(kept));
        expect(bytesOf(kept)).toEqual([...covered].sort((left, right) => left - right));
        for (const range of all) {
          const isInside = range.start >= 0 && range.start < range.end && range.end <= size;
          expect(isInside && bytesOf([range]).every((byte) => !covered.has(byte))).toBe(false);
        }
      }),
    );
  });

  it('keeps each of the parts of a file of 400 GB, in whatever order', () => {
    const part = 2 * 1024 * 1024;
    const count = 200_000;
    // Each second one from the front, the others from the end, and each a second time. Compared one by one, this takes minutes.
    const parts = Array.from({ length: 2 * count }, (_, i) => {
      const position = i % 2 === 0 ? i % count : count - 1 - ((i - 1) % count);
      return { start: position * part, end: (position + 1) * part };
    });
    const kept = withoutOverlap(parts, count * part);
    expect(kept).toHaveLength(count);
    expect(gapsBetween(kept, count * part, part)).toEqual([]);
  });
});
