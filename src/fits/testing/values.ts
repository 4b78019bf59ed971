import type { Column } from '../column.ts';
import type { ArrayData, ColumnData } from '../column-data.ts';
import type { BinTable } from '../table.ts';

/** A value as JSON has it: integers beyond doubles and NaN as text, null for null, complex numbers as pairs. */
export type PlainValue = number | string | boolean | null | [PlainValue, PlainValue];

/** All values of a column, an array for each row. */
export function plainColumn(table: BinTable, column: Column | string): PlainValue[][] {
  const data = table.read(column);
  if (data.kind === 'array') return Array.from({ length: data.length }, (_, row) => plainElements(data.get(row)));
  const all = plainElements(data);
  return Array.from({ length: table.rowCount }, (_, row) => all.slice(row * data.width, (row + 1) * data.width));
}

/** All values of a table by the name of the column. */
export function plainTable(table: BinTable): Record<string, PlainValue[][]> {
  return Object.fromEntries(table.columns.map((column) => [column.name, plainColumn(table, column)]));
}

function plainElements(data: Exclude<ColumnData, ArrayData>): PlainValue[] {
  switch (data.kind) {
    case 'string':
      return Array.from({ length: data.length }, (_, i) => data.get(i));
    case 'logical':
      return Array.from(data.values, (value) => (value === 255 ? null : value === 1));
    case 'bit':
      return Array.from(data.values, (value) => value === 1);
    case 'complex':
      return Array.from({ length: data.values.length / 2 }, (_, i) => [
        plainNumber(data.values[2 * i]),
        plainNumber(data.values[2 * i + 1]),
      ]);
    default:
      return Array.from({ length: data.values.length }, (_, i) =>
        data.nulls?.[i] === 1 ? null : plainNumber(data.values[i]),
      );
  }
}

function plainNumber(value: number | bigint | undefined): number | string {
  if (typeof value !== 'number') return String(value);
  return Number.isFinite(value) ? value + 0 : String(value);
}
