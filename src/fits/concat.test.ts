import { describe, expect, it } from 'vitest';
import type { ColumnSpec } from './build.ts';
import { type ConcatNote, concatTables } from './concat.ts';
import { tableOf } from './testing/tables.ts';
import { plainTable } from './testing/values.ts';

describe('concatTables()', () => {
  it('concatTables() keeps the first header, and adds columns of later parts with their cards', () => {
    const first = tableOf(
      [
        { name: 'A', form: 'J', values: [1] },
        { name: 'S', form: '2A', values: ['x'] },
      ],
      [
        ['HISTORY', 'made'],
        ['TUNIT3', 'stale'],
      ],
    );
    const second = tableOf(
      [
        { name: 'N', form: '3A', unit: 'm', comment: 'new', values: ['abc'] },
        { name: 'a', form: 'J', values: [2] },
      ],
      [
        ['TELESCOP', 'other'],
        ['TUCD1', 'x.y'],
      ],
    );
    const joined = concatTables([{ table: first }, { table: second }]);
    expect(plainTable(joined)).toEqual({ A: [[1], [2]], S: [['x'], ['']], N: [[''], ['abc']] });
    expect(joined.header.cards.slice(3).map(({ keyword, value, comment }) => [keyword, value ?? comment])).toEqual([
      ['NAXIS1', 9],
      ['NAXIS2', 2],
      ['PCOUNT', 0],
      ['GCOUNT', 1],
      ['TFIELDS', 3],
      ['TTYPE1', 'A'],
      ['TFORM1', '1J'],
      ['TTYPE2', 'S'],
      ['TFORM2', '2A'],
      ['TTYPE3', 'N'],
      ['TFORM3', '3A'],
      ['TUNIT3', 'm'],
      ['TUCD3', 'x.y'],
      ['EXTNAME', 'T'],
      ['HISTORY', 'made'],
    ]);
    expect(joined.header.card('TTYPE3')?.comment).toBe('new');
    expect(first.header.get('TFIELDS')).toBe(2);
  });

  it('concatTables() pairs names by spelling first, then in any case, and doubles by occurrence', () => {
    const byte = (name: string, value: number): ColumnSpec => ({ name, form: 'B', values: [value] });
    const first = tableOf([byte('x', 1), byte('X', 2), byte('D', 3), byte('D', 4)]);
    const second = tableOf([byte('d', 13), byte('X', 12), byte('D', 14), byte('x', 11)]);
    const joined = concatTables([{ table: first }, { table: second }]);
    expect([...joined.rows]).toEqual([1, 2, 3, 4, 11, 12, 14, 13]);
  });

  it('concatTables() takes the rows asked for, in their order', () => {
    const a = tableOf([
      { name: 'C', form: 'J', values: [0, 1, 2, 3, 4, 5] },
      { name: 'P', form: 'PB', values: [[0], [1, 1], [], [3], [4], [5]] },
    ]);
    const joined = concatTables([
      { table: a, rows: Uint32Array.of(4, 1, 2, 3, 1) },
      { table: a, rows: new Uint32Array(0) },
    ]);
    expect(plainTable(joined)).toEqual({ C: [[4], [1], [2], [3], [1]], P: [[4], [1, 1], [], [3], [1, 1]] });
    expect(() => concatTables([{ table: a, rows: Uint32Array.of(6) }])).toThrow(
      'Cannot take row 7 of "memory": the table has 6 rows',
    );
    expect(() => concatTables([])).toThrow(/none is given/);
  });

  it('concatTables() tells of units and types that differ, and removes a TDISP that no longer fits', () => {
    const notes: ConcatNote[] = [];
    const first = tableOf([{ name: 'C', form: 'J', unit: 's', display: 'I6', values: [1] }]);
    const second = tableOf([{ name: 'c', form: 'D', unit: 'h', values: [1] }]);
    const joined = concatTables([{ table: first }, { table: second }], { onNote: (note) => notes.push(note) });
    expect(notes.map(({ code, column, part }) => [code, column, part])).toEqual([
      ['unit-differs', 'C', 1],
      ['type-changed', 'C', 0],
    ]);
    expect(notes[0]?.message).toBe('Column "C": its unit is "h" in "memory", "s" of "memory" is kept');
    expect(joined.header.get('TUNIT1')).toBe('s');
    expect(joined.header.has('TDISP1')).toBe(false);
  });

  it('concatTables() copies rows of one layout byte for byte, and leaves the header as it was but for the rows', () => {
    const a = tableOf([
      { name: 'A', form: 'J', nullValue: -1, values: [1, undefined] },
      { name: 'S', form: '3A', values: ['a', 'b'] },
    ]);
    const joined = concatTables([{ table: a }, { table: a, rows: Uint32Array.of(1, 0, 1) }]);
    const [first = 0, second = 1] = [a.rows.subarray(0, 7), a.rows.subarray(7)];
    expect(joined.rows).toEqual(
      Uint8Array.from([first, second, second, first, second].flatMap((row) => [...(row as Uint8Array)])),
    );
    const expected = a.header.clone();
    expected.set('NAXIS2', 5);
    expect(joined.header.encode()).toEqual(expected.encode());
  });
});
