import type { Column } from './column.ts';
import { type CardEntry, Header } from './header.ts';
import { formatTForm } from './tform.ts';

/** What the keywords of a column say. */
export type ColumnCards = Pick<
  Column,
  'name' | 'form' | 'unit' | 'nullValue' | 'scale' | 'zero' | 'display' | 'dim'
> & {
  /** A comment for TTYPE. */
  readonly comment?: string | undefined;
  /** See `ColumnSpec`. */
  readonly anyBytes?: boolean | undefined;
};

/** The keywords of column `n` (from 1), those that say nothing left out. @see FITS 4.0 §7.3.1 and §7.3.2 */
export function columnCards(n: number, column: ColumnCards): CardEntry[] {
  const entries: CardEntry[] = [
    [`TTYPE${n}`, column.name, column.comment],
    [`TFORM${n}`, formatTForm(column.form)],
  ];
  if (column.unit !== undefined) entries.push([`TUNIT${n}`, column.unit]);
  if (column.nullValue !== undefined) entries.push([`TNULL${n}`, column.nullValue]);
  if (column.scale !== 1) entries.push([`TSCAL${n}`, column.scale]);
  if (column.zero !== 0) entries.push([`TZERO${n}`, column.zero]);
  if (column.display !== undefined) entries.push([`TDISP${n}`, column.display]);
  if (column.dim !== undefined) entries.push([`TDIM${n}`, `(${column.dim.join(',')})`]);
  return entries;
}

/** Gives a table's header its sizes; keywords that are missing go where the standard wants them. */
export function setSizes(header: Header, rowBytes: number, rowCount: number, heapBytes: number): void {
  const sizes = { NAXIS1: rowBytes, NAXIS2: rowCount, PCOUNT: heapBytes, GCOUNT: 1 };
  let anchor = 'NAXIS';
  for (const [keyword, value] of Object.entries(sizes)) {
    if (header.get(keyword) !== value) header.insertAfter(anchor, keyword, value);
    anchor = keyword;
  }
}

/** The mandatory keywords of a binary table. @see FITS 4.0 §7.3.1 */
export function tableHeader(rowBytes: number, rowCount: number, heapBytes: number, columnCount: number): Header {
  const header = new Header();
  header.set('XTENSION', 'BINTABLE', 'binary table extension');
  header.set('BITPIX', 8, 'array data type');
  header.set('NAXIS', 2, 'number of array dimensions');
  header.set('NAXIS1', rowBytes, 'width of table in bytes');
  header.set('NAXIS2', rowCount, 'number of rows in table');
  header.set('PCOUNT', heapBytes, 'size of heap');
  header.set('GCOUNT', 1, 'one data group');
  header.set('TFIELDS', columnCount, 'number of columns');
  return header;
}
