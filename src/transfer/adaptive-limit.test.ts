import { describe, expect, it } from 'vitest';
import { AdaptiveLimit } from './adaptive-limit.ts';

/**
 * A link that carries so many bytes per second for each read, up to its rate, driven for some seconds of its own time.
 * Returns the limit at the end of each second.
 */
function drive(
  limit: AdaptiveLimit,
  clock: { ms: number },
  rateOf: (reads: number) => number,
  seconds: number,
): number[] {
  const seen: number[] = [];
  let reads = 0;
  const demand = (): void => {
    for (; reads < 200; reads++) void limit.acquire();
  };
  demand();
  for (let step = 0; step < seconds * 100; step++) {
    clock.ms += 10;
    limit.arrived(rateOf(limit.current) / 100);
    limit.release();
    reads -= 1;
    demand();
    if (step % 100 === 99) seen.push(limit.current);
  }
  return seen;
}

describe('AdaptiveLimit', () => {
  it('never lets more begin than its limit, and lets them begin in order', async () => {
    const limit = new AdaptiveLimit({ initial: 2, maximum: 2, fixed: true });
    const begun: number[] = [];
    for (let i = 0; i < 5; i++) void limit.acquire().then(() => begun.push(i));
    await new Promise(setImmediate);
    expect(begun).toEqual([0, 1]);
    limit.release();
    await new Promise(setImmediate);
    expect(begun).toEqual([0, 1, 2]);
  });

  it('rises as long as that brings more, and stops near what the link carries', () => {
    const clock = { ms: 0 };
    const limit = new AdaptiveLimit({ initial: 4, maximum: 64, now: () => clock.ms });
    const seen = drive(limit, clock, (reads) => Math.min(reads, 20) * 1e6, 10);
    expect(Math.max(...seen)).toBeLessThanOrEqual(40);
    expect(seen.at(-1)).toBeGreaterThanOrEqual(18);
  });

  it('stays where more bring nothing', () => {
    const clock = { ms: 0 };
    const limit = new AdaptiveLimit({ initial: 8, maximum: 64, now: () => clock.ms });
    expect(Math.max(...drive(limit, clock, () => 1e6, 10))).toBeLessThanOrEqual(12);
  });

  it('halves when it was too much, down to one', () => {
    const limit = new AdaptiveLimit({ initial: 5, maximum: 8 });
    const seen = [1, 2, 3, 4].map(() => {
      limit.overloaded();
      return limit.current;
    });
    expect(seen).toEqual([2, 1, 1, 1]);
  });

  it('stays as it is when the user has fixed it', () => {
    const clock = { ms: 0 };
    const limit = new AdaptiveLimit({ initial: 3, maximum: 3, fixed: true, now: () => clock.ms });
    limit.overloaded();
    expect(new Set(drive(limit, clock, (reads) => reads * 1e6, 3))).toEqual(new Set([3]));
  });
});
