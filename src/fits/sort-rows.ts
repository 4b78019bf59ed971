import { IactError } from '../core/index.ts';
import { BinTable } from './table.ts';

/**
 * A table with its rows in the order of a column of numbers; rows of equal numbers keep theirs. No byte of a row changes.
 *
 * @throws IactError 'not-found' without such a column; 'bad-data' if it does not hold one number in every row
 */
export function sortRows(table: BinTable, name: string): BinTable {
  const values = valuesOf(table, name);
  const order = Array.from({ length: table.rowCount }, (_, row) => row);
  order.sort((left, right) => compare(values[left] as number | bigint, values[right] as number | bigint));
  const rows = new Uint8Array(table.rows.length);
  for (const [place, row] of order.entries()) {
    rows.set(table.rows.subarray(row * table.rowBytes, (row + 1) * table.rowBytes), place * table.rowBytes);
  }
  return new BinTable(table.header, rows, table.heap, table.uri);
}

function valuesOf(table: BinTable, name: string): ArrayLike<number | bigint> {
  const data = table.read(name);
  const refuse = (reason: string): never => {
    const message = `Cannot sort the rows of "${table.uri}" by column "${name}": ${reason}`;
    throw new IactError('bad-data', message, { uri: table.uri });
  };
  if ((data.kind !== 'number' && data.kind !== 'bigint') || data.width !== 1) {
    return refuse('it does not hold one number in a row');
  }
  const { values, nulls } = data;
  for (let row = 0; row < values.length; row++) {
    if (nulls?.[row] || Number.isNaN(values[row])) refuse(`row ${row + 1} holds none`);
  }
  return values;
}

function compare(left: number | bigint, right: number | bigint): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
