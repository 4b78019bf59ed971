import { describe, expect, it } from 'vitest';
import { concatTables } from './concat.ts';
import { readTable, tableFile } from './testing/files.ts';
import { joinColumns, tableOf } from './testing/tables.ts';
import { plainColumn } from './testing/values.ts';

describe('concatTables() with columns of different shapes', () => {
  it('concatTables() pads vectors on each axis of TDIM', () => {
    const joined = joinColumns(
      { form: '4I', dim: [2, 2], values: [1, 2, 3, 4] },
      { form: '3I', dim: [3, 1], values: [5, 6, 7] },
      { form: '4I', values: [8, 9, 10, 11] },
    );
    expect(joined.column('C')).toMatchObject({ dim: [3, 2], form: { repeat: 6 } });
    expect(plainColumn(joined, 'C')).toEqual([
      [1, 2, null, 3, 4, null],
      [5, 6, 7, null, null, null],
      [8, 9, null, 10, 11, null],
    ]);
    const flat = joinColumns({ form: '2D', values: [1, 2] }, { form: 'D', values: [3] });
    expect(plainColumn(flat, 'C')).toEqual([
      [1, 2],
      [3, 'NaN'],
    ]);
    const bits = joinColumns({ form: '3X', values: [1, 0, 1] }, { form: '9X', values: [1, 1, 1, 1, 1, 1, 1, 1, 1] });
    expect(plainColumn(bits, 'C')[0]).toEqual([true, false, true, false, false, false, false, false, false]);
  });

  it('concatTables() widens texts in arrays, and keeps what is no ASCII', () => {
    const joined = joinColumns(
      { form: '4A', dim: [2, 2], values: ['ab', 'c'] },
      { form: '9A', dim: [3, 3], values: ['x', 'yyy', 'z'] },
      { form: '5A', values: ['hello'] },
    );
    expect(joined.column('C')).toMatchObject({ dim: [5, 3], form: { repeat: 15 } });
    expect(plainColumn(joined, 'C')).toEqual([
      ['ab', 'c', ''],
      ['x', 'yyy', 'z'],
      ['hello', '', ''],
    ]);
    const umlaut = tableOf([{ name: 'C', form: '3A', values: ['M?\\'] }]);
    umlaut.rows[1] = 0xfc;
    umlaut.rows[2] = 0;
    const wide = concatTables([{ table: umlaut }, { table: tableOf([{ name: 'C', form: '5A', values: ['later'] }]) }]);
    expect([...wide.rows.subarray(0, 5)]).toEqual([0x4d, 0xfc, 0x20, 0x20, 0x20]);
  });

  it('concatTables() drops a TDIM that never fitted when it changes the width', () => {
    const odd = tableOf([{ name: 'C', form: '2A', values: ['ab'] }], [['TDIM1', '(9,9)']]);
    const kept = concatTables([{ table: odd }, { table: odd }]);
    expect(kept.header.get('TDIM1')).toBe('(9,9)');
    const wide = concatTables([{ table: odd }, { table: tableOf([{ name: 'C', form: '5A', values: ['hello'] }]) }]);
    expect(wide.header.has('TDIM1')).toBe(false);
  });

  it('concatTables() rebuilds the heap from the arrays in use, and turns fixed columns into arrays', async () => {
    const a = tableOf([{ name: 'C', form: 'PE', values: [[1], [2, 2], [3, 3, 3]] }]);
    const b = tableOf([{ name: 'C', form: '2E', values: [4, 5] }]);
    const joined = concatTables([{ table: a, rows: Uint32Array.of(2, 0) }, { table: b }]);
    expect(joined.heap).toHaveLength(4 * 6);
    expect(joined.header.get('TFORM1')).toBe('1PE(3)');
    expect(plainColumn(await readTable(tableFile(joined)), 'C')).toEqual([[3, 3, 3], [1], [4, 5]]);
    const reversed = concatTables([{ table: b }, { table: a }]);
    expect(plainColumn(reversed, 'C')).toEqual([[4, 5], [1], [2, 2], [3, 3, 3]]);
    expect(reversed.header.get('TFORM1')).toBe('1PE(3)');
  });

  it('concatTables() converts the elements of arrays, their nulls, and text of fixed width', () => {
    const joined = joinColumns(
      { form: 'PB', nullValue: 0, values: [[1, undefined]] },
      { form: 'QI', nullValue: -1, values: [[0, undefined], []] },
      { form: '2J', values: [7, 8] },
    );
    expect(plainColumn(joined, 'C')).toEqual([[1, null], [0, null], [], [7, 8]]);
    expect(joined.header.get('TFORM1')).toBe('1QJ(2)');
    const text = joinColumns({ form: 'PA', values: ['abc'] }, { form: '9A', values: ['de'] });
    expect(plainColumn(text, 'C')).toEqual([['abc'], ['de']]);
    expect(text.heap).toHaveLength(5);
  });

  it('concatTables() copies an array that rows share once, and refuses overlaps that would blow the heap up', () => {
    const shared = tableOf([{ name: 'C', form: 'PB', values: [[1, 2, 3, 4], [], []] }]);
    shared.rows.copyWithin(8, 0, 8);
    shared.rows.copyWithin(16, 0, 8);
    const joined = concatTables([{ table: shared }, { table: shared }]);
    expect(joined.heap).toHaveLength(8);
    expect(plainColumn(joined, 'C')).toEqual(Array.from({ length: 6 }, () => [1, 2, 3, 4]));
    const promoted = concatTables([{ table: shared }, { table: tableOf([{ name: 'C', form: 'PI', values: [[5]] }]) }]);
    expect(plainColumn(promoted, 'C').slice(2)).toEqual([[1, 2, 3, 4], [5]]);
    const rows = Array.from({ length: 100 }, (_, row) => (row === 0 ? new Array<number>(200).fill(1) : []));
    const hostile = tableOf([{ name: 'C', form: 'PB', values: rows }]);
    const view = new DataView(hostile.rows.buffer);
    for (let row = 0; row < 100; row += 1) {
      view.setInt32(8 * row, 100 + row);
      view.setInt32(8 * row + 4, 0);
    }
    expect(() => concatTables([{ table: hostile }])).toThrow(/its arrays take 14950 bytes of a heap of 200/);
    view.setInt32(0, 1000);
    expect(() => concatTables([{ table: hostile }])).toThrow(/Cannot read row 1 of column "C"/);
  });
});
