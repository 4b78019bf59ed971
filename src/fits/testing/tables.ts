import { buildTable, type ColumnSpec } from '../build.ts';
import { concatTables } from '../concat.ts';
import type { CardEntry } from '../header.ts';
import type { BinTable } from '../table.ts';

/** A table named "T". */
export function tableOf(columns: readonly ColumnSpec[], cards: readonly CardEntry[] = []): BinTable {
  return buildTable({ name: 'T', columns, cards });
}

/** Joins tables of one column "C". */
export function joinColumns(...columns: Omit<ColumnSpec, 'name'>[]): BinTable {
  return concatTables(columns.map((column) => ({ table: tableOf([{ name: 'C', ...column }]) })));
}

/** A table of three rows with a column for most of the ways that FITS has to store values. */
export function tableOfManyTypes(cards: readonly CardEntry[] = []): BinTable {
  return buildTable({
    name: 'EVENTS',
    columns: [
      { name: 'A', form: 'J', nullValue: -1, values: [1, undefined, 3] },
      { name: 'B', form: '2E', dim: [2, 1], values: [1, 2, 3, 4, 5, 6] },
      { name: 'C', form: '6A', dim: [3, 2], values: ['a', 'b', 'c', 'd', 'e', 'f'] },
      { name: 'D', form: 'PI', zero: 32768, values: [[1, 2], [], [3]] },
      { name: 'E', form: 'QA', values: ['x', 'yy', ''] },
      { name: 'F', form: '9X', values: new Uint8Array(27) },
      { name: 'G', form: 'K', scale: 2, zero: 3, values: [5, 7, 9] },
      { name: 'H', form: 'M', values: [1, 2, 3, 4, 5, 6] },
      { name: 'I', form: 'L', values: [true, false, undefined] },
    ],
    cards,
  });
}
