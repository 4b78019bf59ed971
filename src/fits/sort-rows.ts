import { BinTable } from './table.ts';

/**
 * A table with its rows in the order of a column of numbers; rows of equal numbers keep theirs. No byte of a row changes.
 *
 * @throws IactError 'not-found' without such a column
 */
export function sortRows(table: BinTable, name: string): BinTable {
  const data = table.read(name);
  if (data.kind !== 'number' || data.width !== 1) return table;
  const order = Array.from({ length: table.rowCount }, (_, row) => row);
  order.sort((left, right) => (data.values[left] as number) - (data.values[right] as number));
  const rows = new Uint8Array(table.rows.length);
  for (const [place, row] of order.entries()) {
    rows.set(table.rows.subarray(row * table.rowBytes, (row + 1) * table.rowBytes), place * table.rowBytes);
  }
  return new BinTable(table.header, rows, table.heap, table.uri);
}
