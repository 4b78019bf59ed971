import { describe, expect, it } from 'vitest';
import { normalRandom, poissonRandom, uniformRandom } from './random.ts';
import { integers, memoryTable, reals, valuesIn } from './testing/memory-table.ts';

const COUNT = 40_000;

function moments(draw: () => number): { mean: number; variance: number } {
  const values = Array.from({ length: COUNT }, draw);
  const mean = values.reduce((a, b) => a + b, 0) / COUNT;
  return { mean, variance: values.reduce((a, b) => a + (b - mean) ** 2, 0) / COUNT };
}

describe('uniformRandom()', () => {
  it('repeats itself for the same seed only', () => {
    const [a, b, c] = [uniformRandom(7), uniformRandom(7), uniformRandom(8)];
    const first = Array.from({ length: 5 }, a);
    expect(Array.from({ length: 5 }, b)).toEqual(first);
    expect(Array.from({ length: 5 }, c)).not.toEqual(first);
  });

  it.each([0, 1, -3, 2 ** 40, 0.5])('is even from 0 to below 1 for the seed %d', (seed) => {
    const random = uniformRandom(seed);
    const { mean, variance } = moments(random);
    expect(mean).toBeCloseTo(0.5, 1.7);
    expect(variance).toBeCloseTo(1 / 12, 2);
    const values = Array.from({ length: 1000 }, random);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
  });
});

describe('normalRandom()', () => {
  it('has mean 0 and variance 1', () => {
    const random = uniformRandom(3);
    const { mean, variance } = moments(() => normalRandom(random));
    expect(Math.abs(mean)).toBeLessThan(0.025);
    expect(Math.abs(variance - 1)).toBeLessThan(0.05);
  });
});

describe('poissonRandom()', () => {
  it.each([0, 0.3, 4, 29, 31, 500])('has the mean %d, and the same variance', (wanted) => {
    const random = uniformRandom(5);
    const { mean, variance } = moments(() => poissonRandom(random, wanted));
    const error = 5 * Math.sqrt(wanted / COUNT);
    expect(Math.abs(mean - wanted)).toBeLessThanOrEqual(error);
    expect(Math.abs(variance - wanted)).toBeLessThanOrEqual(0.05 * wanted + 5 * error);
  });
});

describe('compileExpression() with random functions', () => {
  const table = memoryTable({ A: integers(1, 2, 3), V: reals([1, 2], [3, 4], [5, -6]) });

  it('draws once for each row, or for each element of a vector', () => {
    const drawn = valuesIn(table, 'random()', { seed: 1 });
    expect(new Set(drawn).size).toBe(3);
    const [row] = valuesIn(table, 'random() + 0 * V', { seed: 1 }) as number[][];
    expect(row?.[0]).toBe(row?.[1]);
    const [own] = valuesIn(table, 'random(V)', { seed: 1 }) as number[][];
    expect(own?.[0]).not.toBe(own?.[1]);
  });

  it('draws the same with the same seed', () => {
    expect(valuesIn(table, 'randomn(V)', { seed: 4 })).toEqual(valuesIn(table, 'randomn(V)', { seed: 4 }));
    expect(valuesIn(table, 'random()')).not.toEqual(valuesIn(table, 'random()'));
  });

  it('gives null for a negative mean', () => {
    const counts = valuesIn(table, 'randomp(V)', { seed: 2 }) as (number | null)[][];
    expect(counts[2]?.[1]).toBeNull();
    expect(counts.flat().filter((count) => count !== null && Number.isInteger(count) && count >= 0)).toHaveLength(5);
  });
});
