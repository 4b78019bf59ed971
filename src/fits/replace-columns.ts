import { buildTable, type ColumnSpec } from './build.ts';
import type { Column } from './column.ts';
import { columnCards, setSizes } from './column-cards.ts';
import { allocate } from './records.ts';
import { BinTable } from './table.ts';

/** Keywords of a column that its type, its values or its null decide. */
const VALUE_KEYWORDS = [
  'TFORM',
  'TUNIT',
  'TNULL',
  'TSCAL',
  'TZERO',
  'TDISP',
  'TDIM',
  'TLMIN',
  'TLMAX',
  'TDMIN',
  'TDMAX',
];

/**
 * A table with other values, and types, in some of its columns, which stay where they are; the heap is shared.
 *
 * @param specs columns without arrays of variable length; those that the table does not have are passed over.
 * @throws IactError 'bad-data' as `buildTable` does
 */
export function replaceColumns(table: BinTable, specs: readonly ColumnSpec[]): BinTable {
  const fresh = new Map<Column, { spec: ColumnSpec; table: BinTable }>();
  for (const spec of specs) {
    const column = table.column(spec.name);
    if (column === undefined) continue;
    fresh.set(column, { spec, table: buildTable({ name: '', rowCount: table.rowCount, columns: [spec] }) });
  }
  if (fresh.size === 0) return table;
  const sources = table.columns.map((column) => {
    const made = fresh.get(column)?.table;
    const bytes = made?.rowBytes ?? column.form.bytes;
    return {
      rows: made?.rows ?? table.rows,
      offset: made ? 0 : column.offset,
      stride: made?.rowBytes ?? table.rowBytes,
      bytes,
    };
  });
  const rowBytes = sources.reduce((sum, { bytes }) => sum + bytes, 0);
  const rows = allocate(rowBytes * table.rowCount, `the table "${table.uri}"`);
  let at = 0;
  for (let row = 0; row < table.rowCount; row += 1) {
    for (const { rows: from, offset, stride, bytes } of sources) {
      const start = row * stride + offset;
      rows.set(from.subarray(start, start + bytes), at);
      at += bytes;
    }
  }
  const header = table.header.clone();
  for (const [column, { table: made }] of fresh) {
    const n = column.index + 1;
    for (const keyword of VALUE_KEYWORDS) header.remove(`${keyword}${n}`);
    const [source] = made.columns;
    if (source === undefined) continue;
    const [, ...cards] = columnCards(n, { ...source, name: column.name });
    for (const [keyword, value] of cards.reverse()) header.insertAfter(`TTYPE${n}`, keyword, value);
  }
  for (const keyword of ['THEAP', 'DATASUM', 'CHECKSUM']) header.remove(keyword);
  setSizes(header, rowBytes, table.rowCount, table.heap.length);
  return new BinTable(header, rows, table.heap, table.uri);
}
