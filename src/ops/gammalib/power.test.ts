import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { log10, power } from './power.ts';

/** Correctly rounded by Python's decimal arithmetic with 60 digits. */
function exact(pairs: readonly (readonly [number, number])[]): number[] {
  const script = `import decimal, json, sys
decimal.getcontext().prec = 60
for x, y in json.load(sys.stdin): print(repr(float(decimal.Decimal(x) ** decimal.Decimal(y))))`;
  const { stdout } = spawnSync('python3', ['-c', script], { input: JSON.stringify(pairs), encoding: 'utf8' });
  return stdout.trim().split('\n').map(Number);
}

describe('power()', () => {
  it('power() is rounded correctly', () => {
    const numbers = fc.tuple(
      fc.double({ min: 1e-12, max: 1e12, noNaN: true }),
      fc.double({ min: -20, max: 20, noNaN: true }),
    );
    const tens = fc.tuple(fc.constant(10), fc.double({ min: -10, max: 10, noNaN: true }));
    const pairs = [
      ...fc.sample(numbers, { numRuns: 1000, seed: 1 }),
      ...fc.sample(tens, { numRuns: 1000, seed: 2 }),
      ...([
        [10, 3],
        [10, -5],
        [2, 0.5],
        [0.9999999999999999, 3],
        [1, 77],
        [7, 0],
      ] as const),
    ];
    expect(pairs.map(([base, exponent]) => power(base, exponent))).toEqual(exact(pairs));
  });

  it.each([
    [0, 2],
    [-2, 3],
    [2, Number.NaN],
    [2, 5000],
    [2, -5000],
    [Number.POSITIVE_INFINITY, 1],
  ])('power() of %d and %d is what Math.pow has', (base, exponent) => {
    expect(power(base, exponent)).toBe(base ** exponent);
  });
});

describe('log10()', () => {
  it('log10() is within a unit in the last place, and exact for powers of 10', () => {
    for (let exponent = -20; exponent <= 20; exponent++) expect(log10(Number(`1e${exponent}`))).toBe(exponent);
    const values = fc.sample(fc.double({ min: 1e-10, max: 1e10, noNaN: true }), { numRuns: 500, seed: 4 });
    const script = `import decimal, json, sys
decimal.getcontext().prec = 60
for x in json.load(sys.stdin): print(repr(float(decimal.Decimal(x).log10())))`;
    const { stdout } = spawnSync('python3', ['-c', script], { input: JSON.stringify(values), encoding: 'utf8' });
    for (const [position, line] of stdout.trim().split('\n').entries()) {
      const exactly = Number(line);
      expect(Math.abs(log10(values[position] ?? 0) - exactly)).toBeLessThanOrEqual(2 ** -52 * Math.abs(exactly));
    }
  });
});
