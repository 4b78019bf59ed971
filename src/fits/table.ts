import { IactError } from '../core/index.ts';
import type { Cells } from './cells.ts';
import { type Column, parseColumns } from './column.ts';
import { setSizes } from './column-cards.ts';
import type { ArrayData, ColumnData } from './column-data.ts';
import { decodeCells } from './decode.ts';
import type { Hdu, HduOutput } from './hdu.ts';
import { hduLabel } from './hdu-shape.ts';
import type { Header } from './header.ts';
import { Descriptors } from './heap.ts';

/**
 * A binary table, held as the bytes of its rows and heap; columns are decoded when they are read.
 *
 * @see FITS 4.0 §7.3
 */
export class BinTable {
  readonly header: Header;
  readonly columns: readonly Column[];
  readonly rowCount: number;
  /** NAXIS1. */
  readonly rowBytes: number;
  /** `rowCount` × `rowBytes` bytes. */
  readonly rows: Uint8Array;
  /** What the descriptors of P and Q columns point into. */
  readonly heap: Uint8Array;
  readonly #uri: string;

  /** A table of parts that fit each other; the columns are those that `header` declares. */
  constructor(header: Header, rows: Uint8Array, heap: Uint8Array, uri: string) {
    this.#uri = uri;
    this.header = header;
    this.rowBytes = header.integer('NAXIS1') ?? 0;
    this.rowCount = header.integer('NAXIS2') ?? 0;
    this.columns = parseColumns(
      header,
      this.rowBytes,
      `the table "${header.string('EXTNAME') ?? ''}" of "${uri}"`,
      uri,
    );
    this.rows = rows;
    this.heap = heap;
  }

  /**
   * The table in an HDU whose data are loaded; shares their memory.
   *
   * @throws IactError 'bad-data' when this is no binary table, or when header and data do not agree
   */
  static fromHdu(hdu: Hdu, uri: string): BinTable {
    const { header } = hdu;
    const refuse = (reason: string): never => {
      throw new IactError('bad-data', `Cannot read ${hduLabel(hdu.index, hdu.name)} of "${uri}": ${reason}`, { uri });
    };
    if (hdu.kind !== 'bintable') return refuse(`it is of the kind ${hdu.kind}, needed a binary table`);
    const data = hdu.data ?? refuse('its data were not loaded');
    if (data.length < hdu.dataBytes) return refuse(`${data.length} bytes of data found, ${hdu.dataBytes} needed`);
    requireShape(header, refuse);
    const rowBytes = header.integer('NAXIS1') ?? 0;
    const rowCount = header.integer('NAXIS2') ?? 0;
    // Nothing but patience would bound the number of rows that take no bytes.
    if (rowBytes === 0 && rowCount > 0) return refuse(`NAXIS2 tells of ${rowCount} rows, but NAXIS1 is 0`);
    const rowsLength = rowBytes * rowCount;
    const heapStart = header.integer('THEAP') ?? rowsLength;
    const hasHeap = hdu.dataBytes > rowsLength;
    if (hasHeap && (heapStart < rowsLength || heapStart > hdu.dataBytes)) {
      return refuse(`THEAP is ${heapStart}, needed ${rowsLength} to ${hdu.dataBytes}`);
    }
    const heap = hasHeap ? data.subarray(heapStart, hdu.dataBytes) : data.subarray(0, 0);
    return new BinTable(header, data.subarray(0, rowsLength), heap, uri);
  }

  /** The source that the table was read from, as messages name it. */
  get uri(): string {
    return this.#uri;
  }

  /** The first column of this name: in this spelling, else in any case. @see FITS 4.0 §7.3.1 (TTYPE) */
  column(name: string): Column | undefined {
    const lower = name.toLowerCase();
    return (
      this.columns.find((column) => column.name === name) ??
      this.columns.find((column) => column.name.toLowerCase() === lower)
    );
  }

  /**
   * Decodes a whole column: TSCAL and TZERO are applied, nulls marked. Strings and the arrays of P and Q columns are
   * decoded one by one when they are asked for.
   *
   * @param rows which rows, in this order; all if absent
   * @throws IactError 'not-found' when there is no column of this name; 'bad-data' when its values are more than the
   *   platform holds in one piece
   */
  read(column: Column | string, rows?: Uint32Array): ColumnData {
    const wanted = typeof column === 'string' ? this.#require(column) : column;
    if (wanted.form.elementCode !== undefined) return this.#readArrays(wanted, rows);
    try {
      return decodeCells(wanted, this.cells(wanted, rows));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const message = `Cannot hold the values of column "${wanted.name}" of "${this.#uri}" in memory: ${error.message}`;
      throw new IactError('bad-data', message, { uri: this.#uri, cause: error });
    }
  }

  /** Where the elements (or descriptors) of a column lie. */
  cells(column: Column, rows?: Uint32Array): Cells {
    return {
      bytes: this.rows,
      start: column.offset,
      stride: this.rowBytes,
      rows,
      count: rows?.length ?? this.rowCount,
      width: column.form.repeat,
    };
  }

  /**
   * The table as an HDU to be written: a copy of the header with NAXIS1, NAXIS2 and PCOUNT right and without THEAP,
   * DATASUM and CHECKSUM; rows and heap are not copied.
   */
  toOutput(): HduOutput {
    const header = this.header.clone();
    for (const keyword of ['THEAP', 'DATASUM', 'CHECKSUM']) header.remove(keyword);
    setSizes(header, this.rowBytes, this.rowCount, this.heap.length);
    return { header, data: [this.rows, this.heap] };
  }

  #require(name: string): Column {
    const column = this.column(name);
    if (column !== undefined) return column;
    const known = this.columns.map((each) => `"${each.name}"`).join(', ');
    const place = `the table "${this.header.string('EXTNAME') ?? ''}" of "${this.#uri}"`;
    throw new IactError('not-found', `There is no column "${name}" in ${place}; its columns are ${known}`, {
      uri: this.#uri,
    });
  }

  #readArrays(column: Column, rows: Uint32Array | undefined): ArrayData {
    const cells = this.cells(column, rows);
    const descriptors = new Descriptors(column, cells, this.heap.length);
    return {
      kind: 'array',
      length: cells.count,
      get: (row) => {
        const { count, offset } = descriptors.get(row);
        return decodeArray(column, this.heap, offset, count);
      },
    };
  }
}

/** The array at a place of the heap, as a column of width 1. */
function decodeArray(column: Column, heap: Uint8Array, offset: number, count: number): Exclude<ColumnData, ArrayData> {
  const cells = { bytes: heap, start: offset, stride: 0, rows: undefined, count: 1, width: count };
  const data = decodeCells(column, cells);
  return data.kind === 'string' ? data : { ...data, width: 1 };
}

function requireShape(header: Header, refuse: (reason: string) => never): void {
  const needed = { BITPIX: 8, NAXIS: 2, GCOUNT: 1 };
  for (const [keyword, value] of Object.entries(needed)) {
    const found = header.integer(keyword) ?? (keyword === 'GCOUNT' ? 1 : undefined);
    if (found !== value) refuse(`${keyword} is ${found ?? 'missing'}, needed ${value}`);
  }
}
