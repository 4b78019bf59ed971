import { describe, expect, it } from 'vitest';
import type { ColumnSpec } from './build.ts';
import { concatTables } from './concat.ts';
import type { BinTable } from './table.ts';
import { joinColumns, tableOf } from './testing/tables.ts';
import { plainColumn, plainTable } from './testing/values.ts';

/** Type, scaling and null of the column "C". */
function stored(joined: BinTable): unknown[] {
  const column = joined.column('C');
  return [column?.form.code, column?.form.repeat, column?.zero, column?.nullValue];
}

describe('concatTables() with columns of different types', () => {
  it.each<[string, Omit<ColumnSpec, 'name'>[], unknown[], unknown[]]>([
    [
      'B and I to I',
      [
        { form: 'B', values: [255] },
        { form: 'I', values: [-1] },
      ],
      ['I', 1, 0, undefined],
      [255, -1],
    ],
    [
      'B and signed B to I',
      [
        { form: 'B', values: [255] },
        { form: 'B', zero: -128, values: [-1] },
      ],
      ['I', 1, 0, undefined],
      [255, -1],
    ],
    [
      'I and unsigned I to J',
      [
        { form: 'I', values: [-1] },
        { form: 'I', zero: 32768, values: [65535] },
      ],
      ['J', 1, 0, undefined],
      [-1, 65535],
    ],
    [
      'B and unsigned I to unsigned I',
      [
        { form: 'B', values: [1] },
        { form: 'I', zero: 32768, values: [65535] },
      ],
      ['I', 1, 32768, undefined],
      [1, 65535],
    ],
    [
      'J and K to K',
      [
        { form: 'J', values: [1] },
        { form: 'K', values: [2n ** 60n] },
      ],
      ['K', 1, 0, undefined],
      ['1', String(2n ** 60n)],
    ],
    [
      'K and small unsigned K to K',
      [
        { form: 'K', values: [-1n] },
        { form: 'K', zero: 2n ** 63n, values: [5n] },
      ],
      ['K', 1, 0, undefined],
      ['-1', '5'],
    ],
    [
      'positive K and unsigned K to unsigned K',
      [
        { form: 'K', values: [1n] },
        { form: 'K', zero: 2n ** 63n, values: [2n ** 64n - 1n] },
      ],
      ['K', 1, 2n ** 63n, undefined],
      ['1', String(2n ** 64n - 1n)],
    ],
    [
      'E and D to D',
      [
        { form: 'E', values: [0.5] },
        { form: 'D', values: [0.1] },
      ],
      ['D', 1, 0, undefined],
      [0.5, 0.1],
    ],
    [
      'J and E to D',
      [
        { form: 'J', nullValue: 0, values: [2 ** 31 - 1, undefined] },
        { form: 'E', values: [0.5] },
      ],
      ['D', 1, 0, undefined],
      [2 ** 31 - 1, 'NaN', 0.5],
    ],
    [
      'I and scaled I to D',
      [
        { form: 'I', values: [3] },
        { form: 'I', scale: 0.5, values: [1.5] },
      ],
      ['D', 1, 0, undefined],
      [3, 1.5],
    ],
    [
      'J and text to text',
      [
        { form: 'J', nullValue: 0, values: [-12, undefined] },
        { form: '2A', values: ['ab'] },
      ],
      ['A', 3, 0, undefined],
      ['-12', '', 'ab'],
    ],
    [
      'E and text to the shortest text',
      [
        { form: 'E', values: [0.1, 1e-30] },
        { form: 'A', values: ['x'] },
      ],
      ['A', 5, 0, undefined],
      ['0.1', '1e-30', 'x'],
    ],
    [
      'C and M to M',
      [
        { form: 'C', values: [1, 2] },
        { form: 'M', values: [0.1, 3] },
      ],
      ['M', 1, 0, undefined],
      [
        [1, 2],
        [0.1, 3],
      ],
    ],
    [
      'texts to the widest',
      [
        { form: '2A', values: ['ab'] },
        { form: '5A', values: ['abcde'] },
      ],
      ['A', 5, 0, undefined],
      ['ab', 'abcde'],
    ],
  ])('concatTables() promotes %s', (_, columns, form, values) => {
    const joined = joinColumns(...columns);
    expect(stored(joined)).toEqual(form);
    expect(plainColumn(joined, 'C').flat()).toEqual(values);
  });

  it.each<[string, Omit<ColumnSpec, 'name'>[], RegExp]>([
    [
      'K values that are no doubles',
      [
        { form: 'K', values: [2n ** 53n + 1n] },
        { form: 'D', values: [1] },
      ],
      /column "C": 9007199254740993 is not exact/,
    ],
    [
      'negative and huge 64-bit integers',
      [
        { form: 'K', values: [-1n] },
        { form: 'K', zero: 2n ** 63n, values: [2n ** 63n] },
      ],
      /"C".*no integer type holds both -1 and 9223372036854775808/,
    ],
    [
      'logicals with numbers',
      [
        { form: 'L', values: [true] },
        { form: 'J', values: [1] },
      ],
      /"C".*its values are logical and number/,
    ],
    [
      'complex with real numbers',
      [
        { form: 'C', values: [1, 2] },
        { form: 'E', values: [1] },
      ],
      /complex and number/,
    ],
    [
      'arrays of numbers with text',
      [
        { form: 'PJ', values: [[1]] },
        { form: '2A', values: ['a'] },
      ],
      /text of variable length/,
    ],
  ])('concatTables() refuses %s', (_, columns, message) => {
    expect(() => joinColumns(...columns)).toThrow(message);
    expect(() => joinColumns(...columns)).toThrow(expect.objectContaining({ code: 'bad-data' }));
  });

  it('concatTables() fills what a part lacks with nulls of every type', () => {
    const columns: ColumnSpec[] = [
      { name: 'B', form: 'B', values: [255] },
      { name: 'I', form: 'I', nullValue: -9, values: [1] },
      { name: 'J', form: 'J', values: [-(2 ** 31)] },
      { name: 'K', form: 'K', zero: 2n ** 63n, values: [0n] },
      { name: 'S', form: 'I', scale: 2, values: [4] },
      { name: 'E', form: '2E', values: [1, 2] },
      { name: 'C', form: 'C', values: [1, 2] },
      { name: 'L', form: 'L', values: [true] },
      { name: 'X', form: '3X', values: [1, 1, 1] },
      { name: 'A', form: '3A', values: ['a'] },
      { name: 'P', form: 'PJ', values: [[1]] },
    ];
    const other = tableOf([{ name: 'Z', form: 'B', values: [1] }]);
    const joined = concatTables([{ table: tableOf(columns) }, { table: other }]);
    const values = plainTable(joined);
    const [first, second] = [0, 1].map((row) => Object.values(values).map((rows) => rows[row]));
    expect(first).toEqual([
      [255],
      [1],
      [-(2 ** 31)],
      ['0'],
      [4],
      [1, 2],
      [[1, 2]],
      [true],
      [true, true, true],
      ['a'],
      [1],
      [null],
    ]);
    expect(second).toEqual([
      [null],
      [null],
      [null],
      [null],
      [null],
      ['NaN', 'NaN'],
      [['NaN', 'NaN']],
      [null],
      [false, false, false],
      [''],
      [],
      [1],
    ]);
    expect(joined.columns.map((column) => column.nullValue).slice(0, 5)).toEqual([
      0,
      -9,
      -(2 ** 31) + 1,
      -9223372036854775807n,
      -32768,
    ]);
    expect([...joined.rows.subarray(joined.rowBytes)].slice(-8 - 1 - 3, -8 - 1)).toEqual([0x20, 0x20, 0x20]);
  });

  it('concatTables() promotes a B of which every value is in use when a null is needed', () => {
    const all = tableOf([{ name: 'C', form: 'B', values: Uint8Array.from({ length: 256 }, (_, i) => i) }]);
    const other = tableOf([{ name: 'D', form: 'B', values: [1] }]);
    const joined = concatTables([{ table: all }, { table: other }]);
    expect(stored(joined)).toEqual(['I', 1, 0, -32768]);
    expect(plainColumn(joined, 'C').slice(-2)).toEqual([[255], [null]]);
    expect(stored(concatTables([{ table: all }, { table: other, rows: new Uint32Array(0) }]))).toEqual([
      'B',
      1,
      0,
      undefined,
    ]);
  });

  it('concatTables() keeps the scale of a type that it widens to make room for null', () => {
    const values = Float64Array.from({ length: 256 }, (_, i) => i / 4);
    const all = tableOf([{ name: 'C', form: 'B', scale: 0.25, values }]);
    const joined = concatTables([{ table: all }, { table: tableOf([{ name: 'D', form: 'B', values: [1] }]) }]);
    expect(joined.column('C')).toMatchObject({ form: { code: 'I' }, scale: 0.25, nullValue: -32768 });
    expect(plainColumn(joined, 'C').slice(-2)).toEqual([[63.75], [null]]);
  });

  it('concatTables() maps nulls that differ to a value that nobody uses', () => {
    const joined = joinColumns(
      { form: 'I', nullValue: -1, values: [5, undefined] },
      { form: 'I', nullValue: 5, values: [-1, undefined] },
      { form: 'I', values: [-32768] },
    );
    expect(plainColumn(joined, 'C').flat()).toEqual([5, null, -1, null, -32768]);
    expect(stored(joined)).toEqual(['I', 1, 0, -32767]);
    const kept = joinColumns({ form: 'I', nullValue: -1, values: [5] }, { form: 'I', values: [6] });
    expect(stored(kept)).toEqual(['I', 1, 0, -1]);
    const scaled = { form: 'I', scale: 0.1, nullValue: 7 };
    const alike = joinColumns({ ...scaled, values: [0.3] }, { ...scaled, nullValue: 3, values: [0.7000000000000001] });
    expect(alike.rows).toEqual(Uint8Array.of(0, 3, 0, 7));
    expect(alike.column('C')).toMatchObject({ scale: 0.1, nullValue: -32768 });
  });
});
