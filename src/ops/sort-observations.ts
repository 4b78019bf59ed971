import { IactError } from '../core/index.ts';
import { type ColumnContext, readObservationColumn } from './observation-column.ts';

/** A column to sort by. */
export interface SortKey {
  readonly column: string;
  readonly descending: boolean;
}

/** Reads `COLUMN[,-COLUMN]`: columns from the most important to the least, `-` for descending. @throws `usage` */
export function parseSortKeys(text: string): SortKey[] {
  return text.split(',').map((part) => {
    const word = part.trim();
    const column = word.replace(/^[-+]\s*/, '');
    if (column === '') throw new IactError('usage', `Cannot sort by "${text}": a column name is missing.`);
    return { column, descending: word.startsWith('-') };
  });
}

type Order = number | bigint | string | null;

/**
 * Rows in the order of the keys; equal rows stay as they were, and nulls come last in both directions.
 *
 * @throws {IactError} `usage` for a column that is not there.
 */
export function sortObservations(context: ColumnContext, keys: readonly SortKey[]): Uint32Array {
  const { rows } = context;
  if (keys.length === 0) return rows;
  const compares = keys.map(({ column, descending }) => {
    const { orderAt } = readObservationColumn(context, column);
    const values = Array.from(rows, (_, position) => orderAt(position));
    return (left: number, right: number) => compare(values[left] ?? null, values[right] ?? null, descending);
  });
  const positions = Array.from(rows, (_, position) => position);
  positions.sort((left, right) => {
    for (const each of compares) {
      const order = each(left, right);
      if (order !== 0) return order;
    }
    return left - right;
  });
  return Uint32Array.from(positions, (position) => rows[position] ?? 0);
}

function compare(left: Order, right: Order, descending: boolean): number {
  if (left === right) return 0;
  if (left === null) return 1;
  if (right === null) return -1;
  return left < right === descending ? 1 : -1;
}
