import { describe, expect, it } from 'vitest';
import { errorOf, integers, logicals, memoryTable, reals, rowsOf, strings, valuesIn } from './testing/memory-table.ts';

const table = memoryTable({
  V: integers([0, 1, 2, 3], [4, null, 6, 0], [null, null, null, null]),
  W: reals([0.5, 1.5, 2.5, 3.5], [1, 1, 1, 1], [4, 3, 2, 1]),
  GRID: {
    kind: 'real',
    dims: [2, 3],
    cells: [
      [1, 2, 3, 4, 5, 6],
      [7, 8, 9, 10, 11, 12],
      [0, 0, 0, 0, 0, 0],
    ],
  },
  B: logicals([true, false, true], [null, true, false], [false, false, false]),
  J: integers(1, 2, 4),
  S: strings('a', 'b', 'c'),
});
const of = (text: string): unknown[] => valuesIn(table, text);

describe('compileExpression() with vectors', () => {
  it('works element by element, single values beside all elements', () => {
    expect(of('V + W')[0]).toEqual([0.5, 2.5, 4.5, 6.5]);
    expect(of('V * J')).toEqual([
      [0, 1, 2, 3],
      [8, null, 12, 0],
      [null, null, null, null],
    ]);
    expect(of('V > 1')[1]).toEqual([true, null, true, false]);
    expect(of('J > 1 ? V : 9')[0]).toEqual([9, 9, 9, 9]);
    expect(of('defnull(V, J)')[1]).toEqual([4, 2, 6, 0]);
  });

  it('makes one value of a vector, leaving out nulls', () => {
    expect(of('sum(V)')).toEqual([6, 10, null]);
    expect(of('average(V)')).toEqual([1.5, 10 / 3, null]);
    expect(of('min(V)')).toEqual([0, 0, null]);
    expect(of('max(V)')).toEqual([3, 6, null]);
    expect(of('nvalid(V)')).toEqual([4, 3, 0]);
    expect(of('nelem(V)')).toEqual([4, 4, 4]);
    expect(of('sum(V > 1)')).toEqual([2, 2, null]);
    expect(of('sum(B)')).toEqual([2, 1, 0]);
  });

  it('takes the lower one of two values in the middle as median', () => {
    expect(of('median(V)')).toEqual([1, 4, null]);
    expect(of('median(W)')).toEqual([1.5, 1, 2]);
  });

  it('divides by n - 1 in the standard deviation, which is 0 for fewer than two values', () => {
    expect(of('stddev(W)')[0]).toBeCloseTo(1.2909944487358056, 14);
    expect(of('stddev(V)')[2]).toBe(0);
    expect(of('stddev(J)')).toEqual([0, 0, 0]);
  });

  it('takes elements by one index, all indices, or one after the other', () => {
    expect(of('V[3]')).toEqual([2, 6, null]);
    expect(of('GRID[2,3]')).toEqual([6, 12, 0]);
    expect(of('GRID[3]')[0]).toEqual([5, 6]);
    expect(of('GRID[3][2]')).toEqual(of('GRID[2,3]'));
    expect(of('V[J]')).toEqual([0, null, null]);
    expect(of('GRID[1, #row]')).toEqual([1, 9, 0]);
    expect(of('B[2]')).toEqual([false, true, false]);
    expect(of('-V[4]')[0]).toBe(-3);
  });

  it('makes vectors of values, laying out vectors among them', () => {
    expect(of('{J, 2.5, T}')[1]).toEqual([2, 2.5, 1]);
    expect(of('{T, F}')[0]).toEqual([true, false]);
    expect(of('{V, J}')[0]).toEqual([0, 1, 2, 3, 1]);
    expect(of('V == {0, 1, 1, 3}')[0]).toEqual([true, true, false, true]);
    expect(of('sum({1,2,3,4,5,6,7,8,9,10,11,12,13})')[0]).toBe(91);
  });

  it('knows the shape of arrays and the place of elements', () => {
    expect([of('naxis(GRID)')[0], of('naxes(GRID, 2)')[0], of('naxes(GRID, 0)')[0], of('naxes(GRID, 9)')[0]]).toEqual([
      2, 3, 2, 1,
    ]);
    expect(of('elementnum(GRID)')[2]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(of('axiselem(GRID, 1)')[1]).toEqual([1, 2, 1, 2, 1, 2]);
    expect(of('axiselem(GRID, 2)')[1]).toEqual([1, 1, 2, 2, 3, 3]);
    expect(of('array(J, {2, 3}) + GRID')[0]).toEqual([2, 3, 4, 5, 6, 7]);
    expect(of('array(0, 3)')[0]).toEqual([0, 0, 0]);
  });

  it('sums and differs through all elements of all rows', () => {
    expect(of('accum(V)')).toEqual([
      [0, 1, 3, 6],
      [10, 10, 16, 16],
      [16, 16, 16, 16],
    ]);
    expect(of('accum(B)')).toEqual([
      [1, 1, 2],
      [2, 3, 3],
      [3, 3, 3],
    ]);
    expect(of('seqdiff(V)')).toEqual([
      [0, 1, 1, 1],
      [1, null, null, -6],
      [null, null, null, null],
    ]);
    expect(of('accum(1)')).toEqual([1, 2, 3]);
    expect(of('seqdiff(accum(J))')).toEqual([1, 2, 4]);
  });

  it('begins running sums anew with each evaluation', () => {
    expect(of('accum(J)')).toEqual([1, 3, 7]);
    expect(of('accum(J)')).toEqual([1, 3, 7]);
  });

  it('carries running sums from block to block', () => {
    const long = memoryTable({ N: integers(...Array.from({ length: 20_000 }, (_, i) => i % 7)) });
    const sums = valuesIn(long, 'accum(N)');
    expect(sums[19_999]).toBe(Array.from({ length: 20_000 }, (_, i) => i % 7).reduce((a, b) => a + b, 0));
    expect(valuesIn(long, 'N{-5000} + 0').slice(4998, 5003)).toEqual([null, null, 0, 1, 2]);
    expect(rowsOf(long, '#row == 12345')).toEqual([12_344]);
  });

  it('carries a null from block to block for the difference to it', () => {
    const holes = memoryTable({
      N: integers(...Array.from({ length: 9000 }, (_, i) => ((i + 1) % 1024 === 0 ? null : i))),
    });
    expect(rowsOf(holes, 'isnull(seqdiff(N)) && !isnull(N)')).toEqual([1024, 2048, 3072, 4096, 5120, 6144, 7168, 8192]);
  });

  it.each([
    ['V + GRID', 'Vectors of different shape'],
    ['V == {1, 2}', '4 and 2 elements'],
    ['J[1]', 'Only vectors have elements'],
    ['V[1.]', 'An index must be one integer'],
    ['GRID[1,2,3]', 'needs 2 indices, or one; found 3'],
    ['S[1]', 'strmid(text, position, length)'],
    ["{S, 'a'}", 'A vector holds numbers or truth values'],
    ["B ? 'a' : 'b'", 'one truth value for each row'],
    ['array(V, 2)', 'must be a single value'],
    ['array(J, J)', 'Expected a constant size'],
    ['array(J, 1000000)', 'at most'],
    ['defnull(J, V)', 'second argument of defnull'],
    ['defnull(V, W)', 'second argument of defnull'],
  ])('refuses %s', (text, reason) => {
    expect(errorOf(table, text)).toContain(reason);
  });

  it('names the row where an index is out of range or null', () => {
    expect(errorOf(table, 'V[J + 1]')).toContain('Row 3: the index 5 is outside 1 to 4.');
    expect(errorOf(table, 'V[V[2]]')).toContain('Row 2: the index is null.');
  });
});

describe('compileFilter()', () => {
  it('refuses what is not one truth value, and says how to make it one', () => {
    expect(() => rowsOf(table, 'J')).toThrow(/this is a number\. Compare it with something, as in "x != 0"\./);
    expect(() => rowsOf(table, 'S')).toThrow(/this is a string\.\n/);
    expect(() => rowsOf(table, 'V > 1')).toThrow(/this is a vector of 4 truth values\. sum\(/);
  });

  it('takes one element or a sum of a vector', () => {
    expect(rowsOf(table, 'B[1]')).toEqual([0]);
    expect(rowsOf(table, 'sum(V > 2) >= 1')).toEqual([0, 1]);
    expect(rowsOf(table, 'sum(W > 0) == nelem(W)')).toEqual([0, 1, 2]);
  });
});
