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
