import type { Header } from './header.ts';

/** What an HDU holds: the primary array and IMAGE extensions are images; BINTABLE and TABLE are tables. */
export type HduKind = 'image' | 'bintable' | 'asciitable' | 'other';

/** An HDU as its header tells it, before its data are read. */
export interface HduHead {
  /** 0 is the primary HDU. */
  readonly index: number;
  readonly kind: HduKind;
  /** EXTNAME without trailing blanks; empty where there is none. */
  readonly name: string;
  readonly header: Header;
  /** Size of the data as the header gives it, heap included and padding excluded. @see FITS 4.0 §4.4.1.2 */
  readonly dataBytes: number;
}

/** One header and data unit. */
export interface Hdu extends HduHead {
  /** The data, without padding; undefined where they were not loaded. */
  readonly data: Uint8Array | undefined;
}

/** An HDU to be written. */
export interface HduOutput {
  header: Header;
  /**
   * The data without padding, of the length that the header gives. Pieces of it must be iterable more than once (an
   * array of them is), as a checksum reads them before the writer does.
   */
  data?: Uint8Array | Iterable<Uint8Array>;
}
