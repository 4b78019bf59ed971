import type { Header } from './header.ts';

/** Whether a table holds another one in compressed tiles. @see FITS 4.0 §10.3 */
export function isCompressedTable(header: Header): boolean {
  return header.get('ZTABLE') === true;
}

/** What such a table is, and what to do about it: what stands behind "is" in a message. */
export const COMPRESSED_IN_TILES = 'compressed in tiles (ZTABLE), which programs for GADF do not expand; funpack does';
