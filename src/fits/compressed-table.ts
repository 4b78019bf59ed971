import type { Header } from './header.ts';

/** Whether a table holds another one in compressed tiles. @see FITS 4.0 §10.3 */
export function isCompressedTable(header: Header): boolean {
  return header.get('ZTABLE') === true;
}
