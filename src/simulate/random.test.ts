import { describe, expect, it } from 'vitest';
import { logFactorial, Random } from './random.ts';

describe('Random', () => {
  it('uint32() gives the reference sequence of xoshiro128**', () => {
    const random = new Random([1, 2, 3, 4]);
    const found = Array.from({ length: 10 }, () => random.uint32());
    // The reference C program of Blackman and Vigna, begun in the state 1, 2, 3, 4.
    expect(found).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ]);
  });

  it('stream() begins the same for the same seed, stream and purpose only', () => {
    const first = (seed: number, stream: number, purpose: number): number =>
      Random.stream(seed, stream, purpose).uint32();
    expect(first(7, 3, 1)).toBe(first(7, 3, 1));
    const others = [first(7, 3, 1), first(8, 3, 1), first(7, 4, 1), first(7, 3, 2), first(7 + 2 ** 32, 3, 1)];
    expect(new Set(others).size).toBe(5);
  });

  it('stream() gives neighbouring streams that are not alike', () => {
    const a = Random.stream(1, 0, 1);
    const b = Random.stream(1, 1, 1);
    const n = 100_000;
    let sum = 0;
    for (let i = 0; i < n; i++) sum += (a.uniform() - 0.5) * (b.uniform() - 0.5);
    // The correlation of independent streams is 0 ± 1/√n.
    expect(Math.abs((12 * sum) / n)).toBeLessThan(4 / Math.sqrt(n));
  });

  it('uniform() is flat in [0, 1)', () => {
    const random = Random.stream(1, 0, 0);
    const bins = new Array<number>(20).fill(0);
    for (let i = 0; i < 100_000; i++) bins[Math.floor(random.uniform() * 20)]! += 1;
    expect(chiSquare(bins, new Array(20).fill(5000))).toBeLessThan(43.8); // 99.9 % of 19 degrees of freedom
  });

  it('integer() reaches both ends and nothing else', () => {
    const random = Random.stream(1, 0, 0);
    const seen = new Set(Array.from({ length: 500 }, () => random.integer(-1, 2)));
    expect([...seen].sort((a, b) => a - b)).toEqual([-1, 0, 1, 2]);
  });

  it('normal() has mean 0, variance 1 and kurtosis 3', () => {
    const random = Random.stream(2, 0, 0);
    const n = 200_000;
    const values = Array.from({ length: n }, () => random.normal());
    const moment = (power: number): number => values.reduce((sum, value) => sum + value ** power, 0) / n;
    expect(Math.abs(moment(1))).toBeLessThan(4 / Math.sqrt(n));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(4 * Math.sqrt(96 / n));
  });

  it.each([0.3, 4, 12, 60, 5000])('poisson(%d) has the probabilities of Poisson', (mean) => {
    const random = Random.stream(3, 0, 0);
    const n = 50_000;
    const seen = new Map<number, number>();
    for (let i = 0; i < n; i++) {
      const count = random.poisson(mean);
      seen.set(count, (seen.get(count) ?? 0) + 1);
    }
    const [observed, expected]: [number[], number[]] = [[], []];
    for (let k = 0; k < mean + 8 * Math.sqrt(mean) + 8; k++) {
      const probability = Math.exp(k * Math.log(mean) - mean - logFactorial(k));
      if (probability * n < 10) continue;
      observed.push(seen.get(k) ?? 0);
      expected.push(probability * n);
    }
    const freedom = expected.length;
    expect(observed.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0.95 * n);
    expect(chiSquare(observed, expected)).toBeLessThan(freedom + 4 * Math.sqrt(2 * freedom));
  });

  it('poisson(0) is 0', () => {
    expect(Random.stream(1, 0, 0).poisson(0)).toBe(0);
  });
});

describe('logFactorial()', () => {
  it('agrees with the sum of logarithms', () => {
    let sum = 0;
    for (let n = 1; n <= 200; n++) {
      sum += Math.log(n);
      expect(Math.abs(logFactorial(n) - sum)).toBeLessThan(1e-10 * Math.max(1, sum));
    }
  });
});

function chiSquare(observed: readonly number[], expected: readonly number[]): number {
  return observed.reduce((sum, count, i) => sum + (count - expected[i]!) ** 2 / expected[i]!, 0);
}
