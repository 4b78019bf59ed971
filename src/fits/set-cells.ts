import { badValue, type Element, encodeCells } from './encode.ts';
import { replaceColumns } from './replace-columns.ts';
import { BinTable } from './table.ts';

/**
 * A table with other values in some cells of a column; its bytes are a copy. A column of text is widened if it must be.
 *
 * @param cells by row, from 0; one element each.
 * @param anyBytes as in `ColumnSpec`.
 * @throws IactError 'not-found' without such a column; 'bad-data' for a value that the column cannot hold
 */
export function setCells(
  table: BinTable,
  name: string,
  cells: ReadonlyMap<number, Exclude<Element, undefined>>,
  anyBytes = false,
): BinTable {
  const data = table.read(name);
  const column = table.column(name);
  if (column === undefined) return table;
  let longest = 0;
  for (const value of cells.values()) if (typeof value === 'string') longest = Math.max(longest, value.length);
  if (data.kind === 'string' && data.width === 1 && longest > column.form.repeat) {
    const values = Array.from({ length: table.rowCount }, (_, row) => String(cells.get(row) ?? data.get(row)));
    return replaceColumns(table, [{ name: column.name, form: `${longest}A`, unit: column.unit, values, anyBytes }]);
  }
  const rows = table.rows.slice();
  for (const [row, value] of cells) {
    const place = { bytes: rows, start: row * table.rowBytes + column.offset, stride: table.rowBytes };
    const refuse = (_: number, reason: string): never => {
      throw badValue(column.name, row, reason);
    };
    encodeCells(
      { ...column, anyBytes },
      (_, element) => (element === 0 ? value : undefined),
      1,
      column.form.repeat,
      place,
      refuse,
    );
  }
  return new BinTable(table.header, rows, table.heap, table.uri);
}
