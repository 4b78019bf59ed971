import { describe, expect, it } from 'vitest';
import { buildTable } from './build.ts';
import { setCells } from './set-cells.ts';
import type { BinTable } from './table.ts';

/** As FITS does not allow it: a byte for each character. */
const OTHERS = 'd\u00c3\u00a9';

function tableOf(...values: readonly string[]): BinTable {
  return buildTable({ name: 'T', columns: [{ name: 'C', form: '4A', values, anyBytes: true }] });
}

function textsOf(table: BinTable): string[] {
  const data = table.read('C');
  return Array.from({ length: table.rowCount }, (_, row) => (data.kind === 'string' ? data.get(row) : ''));
}

describe('setCells() of text that FITS does not allow', () => {
  it('refuses to write it, unless it is told to', () => {
    const table = tableOf('a', 'b');
    expect(() => setCells(table, 'C', new Map([[1, OTHERS]]))).toThrow('not printable ASCII');
    expect(textsOf(setCells(table, 'C', new Map([[1, OTHERS]]), true))).toEqual(['a', OTHERS]);
    expect(() => setCells(table, 'C', new Map([[1, '\u20ac']]), true)).toThrow('row 2');
  });

  it('keeps what others have written where the column has to be widened', () => {
    const table = tableOf(OTHERS, 'b');
    const longer = new Map([[1, 'longer than four']]);
    expect(textsOf(setCells(table, 'C', longer, true))).toEqual([OTHERS, 'longer than four']);
    expect(() => setCells(table, 'C', longer)).toThrow('not printable ASCII');
  });
});
