import { IactError } from '../core/index.ts';
import { type Cells, cellAt } from './cells.ts';
import type { Column } from './column.ts';
import { elementsBytes, type FormCode, valueCode } from './tform.ts';

/** Where the array of one row lies in the heap. */
export interface Descriptor {
  /** Elements. */
  readonly count: number;
  /** Position in the heap. */
  readonly offset: number;
  /** Bytes. */
  readonly bytes: number;
}

/** Reads the descriptors of a P or Q column, which do not fill a typed array's worth of work, row by row. */
export class Descriptors {
  readonly #column: Column;
  readonly #cells: Cells;
  readonly #heapBytes: number;
  readonly #view: DataView;

  /** @param cells the rows, the column's offset being their start */
  constructor(column: Column, cells: Cells, heapBytes: number) {
    this.#column = column;
    this.#cells = cells;
    this.#heapBytes = heapBytes;
    const { buffer, byteOffset, byteLength } = cells.bytes;
    this.#view = new DataView(buffer, byteOffset, byteLength);
  }

  /**
   * The descriptor of row `i` of the cells; an empty array has none of the heap, wherever it points.
   *
   * @throws IactError 'bad-data' when it points outside the heap
   * @see FITS 4.0 §7.3.5
   */
  get(i: number): Descriptor {
    if (this.#column.form.repeat === 0) return { count: 0, offset: 0, bytes: 0 };
    const at = cellAt(this.#cells, i);
    const wide = this.#column.form.code === 'Q';
    const count = wide ? Number(this.#view.getBigInt64(at)) : this.#view.getInt32(at);
    if (count === 0) return { count: 0, offset: 0, bytes: 0 };
    const offset = wide ? Number(this.#view.getBigInt64(at + 8)) : this.#view.getInt32(at + 4);
    const bytes = elementsBytes(valueCode(this.#column.form), count);
    if (count < 0 || offset < 0 || offset + bytes > this.#heapBytes) {
      const place = `row ${(this.#cells.rows?.[i] ?? i) + 1} of column "${this.#column.name}"`;
      const found = `its descriptor names ${count} elements (${bytes} bytes) at ${offset}`;
      throw new IactError('bad-data', `Cannot read ${place}: ${found}, the heap has ${this.#heapBytes} bytes`);
    }
    return { count, offset, bytes };
  }
}

const MAX_P = 2 ** 31 - 1;

/** Writes a descriptor into the row at `at`; false when its numbers are beyond those of P. */
export function putDescriptor(rows: Uint8Array, at: number, code: FormCode, count: number, offset: number): boolean {
  const view = new DataView(rows.buffer, rows.byteOffset, rows.byteLength);
  if (code === 'Q') {
    view.setBigInt64(at, BigInt(count));
    view.setBigInt64(at + 8, BigInt(offset));
    return true;
  }
  if (count > MAX_P || offset > MAX_P) return false;
  view.setInt32(at, count);
  view.setInt32(at + 4, offset);
  return true;
}
