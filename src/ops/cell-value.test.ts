import { describe, expect, it } from 'vitest';
import { buildTable, type ColumnSpec } from '../fits/index.ts';
import { type CellValue, cellValue } from './cell-value.ts';

const cells = (spec: Omit<ColumnSpec, 'name'>): CellValue[] => {
  const table = buildTable({ name: 'T', columns: [{ name: 'X', ...spec }] });
  const data = table.read('X');
  return Array.from({ length: table.rowCount }, (_, row) => cellValue(data, row));
};

describe('cellValue()', () => {
  it('shows single precision in the fewest digits that are the same number, and doubles as they are', () => {
    const numbers = [83.63333, 0.1, 1e-20, 16777216, -0.0123456789];
    const shown = cells({ form: '1E', values: numbers }) as number[];
    expect(shown).toEqual([83.63333, 0.1, 1e-20, 16777216, -0.012345679]);
    expect(shown.map(Math.fround)).toEqual(numbers.map(Math.fround));
    expect(cells({ form: '1D', values: [0.1, 1 / 3] })).toEqual([0.1, 1 / 3]);
  });

  it('gives null for nulls of every kind', () => {
    expect(cells({ form: '1D', values: [undefined, Number.NaN, 1] })).toEqual([null, null, 1]);
    expect(cells({ form: '1J', nullValue: -9, values: [undefined, 2] })).toEqual([null, 2]);
    expect(cells({ form: '1L', values: [true, undefined, false] })).toEqual([true, null, false]);
  });

  it('gives large integers as text, bits as digits, and arrays as arrays', () => {
    expect(cells({ form: '1K', values: [9007199254740993n, 23523n] })).toEqual(['9007199254740993', 23523]);
    expect(cells({ form: '4X', values: [0, 1, 1, 0] as never })).toEqual(['0110']);
    expect(cells({ form: '2J', values: [1, 2, 3, 4] })).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(cells({ form: 'PE', values: [[0.5, 1.5], []] })).toEqual([[0.5, 1.5], []]);
    expect(cells({ form: '1C', values: [1, -1] })).toEqual([[1, -1]]);
    expect(cells({ form: '6A', values: ['Crab', ''] })).toEqual(['Crab', '']);
  });
});
