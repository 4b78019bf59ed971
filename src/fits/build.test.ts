import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IactError } from '../core/index.ts';
import { buildTable, type ColumnSpec } from './build.ts';
import { arbitraryColumns } from './testing/arbitrary-table.ts';
import { readTable, tableFile } from './testing/files.ts';
import { plainTable } from './testing/values.ts';

function build(...columns: ColumnSpec[]): ReturnType<typeof buildTable> {
  return buildTable({ name: 'T', columns });
}

describe('buildTable()', () => {
  it('buildTable(), written and read, gives the values of every type back', async () => {
    const tables = fc
      .integer({ min: 0, max: 4 })
      .chain((rowCount) => fc.tuple(fc.constant(rowCount), arbitraryColumns(rowCount)));
    await fc.assert(
      fc.asyncProperty(tables, async ([rowCount, columns]) => {
        const built = buildTable({ name: 'T', rowCount, columns: columns.map(({ spec }) => spec) });
        const expected = Object.fromEntries(columns.map(({ spec, expected: rows }) => [spec.name, rows]));
        expect(plainTable(built)).toEqual(expected);
        expect(plainTable(await readTable(tableFile(built)))).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('buildTable() writes the mandatory keywords first and says of columns only what there is to say', () => {
    const { header } = buildTable({
      name: 'T',
      columns: [
        { name: 'A', form: 'J', unit: 's', nullValue: -1, display: 'I6', comment: 'first', values: [1, 2] },
        { name: 'B', form: '6E', dim: [3, 2], values: new Float32Array(12) },
        { name: 'C', form: 'I', zero: 32768, values: [1, 2] },
        { name: 'D', form: 'QA', values: ['abc', ''] },
      ],
      cards: [['TELESCOP', 'HESS', 'where']],
    });
    expect(header.cards.map(({ keyword, value }) => [keyword, value])).toEqual([
      ['XTENSION', 'BINTABLE'],
      ['BITPIX', 8],
      ['NAXIS', 2],
      ['NAXIS1', 4 + 24 + 2 + 16],
      ['NAXIS2', 2],
      ['PCOUNT', 3],
      ['GCOUNT', 1],
      ['TFIELDS', 4],
      ['TTYPE1', 'A'],
      ['TFORM1', '1J'],
      ['TUNIT1', 's'],
      ['TNULL1', -1],
      ['TDISP1', 'I6'],
      ['TTYPE2', 'B'],
      ['TFORM2', '6E'],
      ['TDIM2', '(3,2)'],
      ['TTYPE3', 'C'],
      ['TFORM3', '1I'],
      ['TZERO3', 32768],
      ['TTYPE4', 'D'],
      ['TFORM4', '1QA(3)'],
      ['EXTNAME', 'T'],
      ['TELESCOP', 'HESS'],
    ]);
    expect(header.card('TTYPE1')?.comment).toBe('first');
  });

  it('buildTable() stores scaled integers rounded, text padded with blanks, bits from the left', () => {
    const table = build(
      { name: 'S', form: 'I', scale: 0.5, zero: 100, values: [101.3] },
      { name: 'A', form: '4A', values: ['ab'] },
      { name: 'X', form: '10X', values: [1, 0, 0, 0, 0, 0, 0, 1, 0, 1] },
      { name: 'L', form: '3L', values: [true, false, undefined] },
    );
    expect([...table.rows]).toEqual([0, 3, 0x61, 0x62, 0x20, 0x20, 0x81, 0x40, 0x54, 0x46, 0]);
  });

  it('buildTable() takes logicals and bits as they are read', () => {
    const table = build({ name: 'L', form: 'L', values: Uint8Array.of(1, 0, 255) });
    expect(table.read('L')).toMatchObject({ values: Uint8Array.of(1, 0, 255) });
  });

  it.each<[string, ColumnSpec, string]>([
    [
      'a value below an unsigned type',
      { name: 'C', form: 'J', zero: 2 ** 31, values: [1, -1] },
      'row 2 of column "C": -1 is out of the range of type J',
    ],
    [
      'a value beyond a byte',
      { name: 'C', form: '2B', values: [1, 2, 3, 256] },
      'row 2 of column "C": 256 is out of the range of type B',
    ],
    ['an infinite integer', { name: 'C', form: 'K', values: [Number.POSITIVE_INFINITY] }, 'Infinity is not an integer'],
    ['a fraction', { name: 'C', form: 'I', values: [0.5] }, '0.5 is not an integer'],
    [
      'a null without TNULL',
      { name: 'C', form: 'I', values: [Number.NaN] },
      'there is a null, but the column has no TNULL',
    ],
    [
      'a null in a K without TNULL',
      { name: 'C', form: 'K', values: [undefined] as ArrayLike<bigint | undefined> },
      'no TNULL',
    ],
    ['too large a float', { name: 'C', form: 'E', values: [1e39] }, '1e+39 is out of the range of type E'],
    ['a bigint that is no double', { name: 'C', form: 'D', values: [2n ** 53n + 1n] }, 'is not exact as a double'],
    [
      'text that is too long',
      { name: 'C', form: '3A', values: ['abcd'] },
      '"abcd" has 4 characters, the column has room for 3',
    ],
    ['text outside ASCII', { name: 'C', form: '9A', values: ['é'] }, 'not printable ASCII'],
    ['a number for text', { name: 'C', form: '9A', values: [1] }, '1 is not text'],
    ['text for a number', { name: 'C', form: 'D', values: ['1'] }, '"1" is not a number'],
    ['a bit of 2', { name: 'C', form: 'X', values: [2] }, '2 is not a bit'],
    ['a logical of 2', { name: 'C', form: 'L', values: [2] }, '2 is not a logical'],
    ['half a complex number', { name: 'C', form: 'PC', values: [[1, 2, 3]] }, 'no whole number of complex ones'],
    ['a number for an array', { name: 'C', form: 'PD', values: [1] }, 'found 1, needed an array'],
    ['no form', { name: 'C', form: 'Y', values: [] }, '"Y" is no TFORM'],
    ['a TNULL of a float', { name: 'C', form: 'E', nullValue: 1, values: [] }, 'type E has no TNULL'],
    ['a TNULL beyond its type', { name: 'C', form: 'B', nullValue: -1, values: [] }, 'TNULL -1 is out of the range'],
    ['a scaled text', { name: 'C', form: '3A', scale: 2, values: [] }, 'type A has no scale and zero'],
    [
      'axes that do not fit',
      { name: 'C', form: '4A', dim: [3, 2], values: [] },
      'its axes (3,2) do not fit 4 elements',
    ],
    ['a scale of 0', { name: 'C', form: 'I', scale: 0, values: [] }, 'its scale is 0'],
    [
      'a part of a row',
      { name: 'C', form: '2I', values: [1, 2, 3] },
      'Cannot build the column "C": 3 values are no 2 rows of 2',
    ],
    ['a unit outside ASCII', { name: 'C', form: 'I', unit: 'µs', values: [1] }, 'printable ASCII'],
  ])('buildTable() refuses %s', (_, column, message) => {
    expect(() => build(column)).toThrow(IactError);
    expect(() => build(column)).toThrow(message);
  });

  it('buildTable() refuses columns that differ in rows', () => {
    expect(() => build({ name: 'A', form: 'J', values: [1, 2] }, { name: 'B', form: 'J', values: [1] })).toThrow(
      'Cannot build the column "B": 1 values are no 2 rows of 1',
    );
  });
});
