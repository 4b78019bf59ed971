/** Where the elements of a column lie in memory: `width` of them side by side for each of `count` rows. */
export interface Cells {
  readonly bytes: Uint8Array;
  /** Position of row 0. */
  readonly start: number;
  /** Bytes from one row to the next. */
  readonly stride: number;
  /** Rows in this order; all from 0 to `count` − 1 if undefined. */
  readonly rows: Uint32Array | undefined;
  readonly count: number;
  /** Elements in a row. */
  readonly width: number;
}

/** Where row `i` of the cells begins. */
export function cellAt(cells: Cells, i: number): number {
  return cells.start + (cells.rows === undefined ? i : (cells.rows[i] ?? 0)) * cells.stride;
}

const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
/** Which half of a 64-bit word of this platform holds the high bits. */
export const HIGH_WORD: number = LITTLE_ENDIAN ? 1 : 0;

/**
 * Elements of 1, 2, 4 or 8 bytes, one behind the other in the platform's byte order.
 *
 * Whole words are moved whatever they mean, so that these loops stay monomorphic: one function for all types, called
 * back for each element, is four times slower.
 */
export function gather(cells: Cells, size: 1 | 2 | 4 | 8): ArrayBuffer {
  switch (size) {
    case 1:
      return gather1(cells);
    case 2:
      return gather2(cells);
    case 4:
      return gatherWords(cells, 1);
    case 8:
      return gather8(cells);
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function gather1(cells: Cells): ArrayBuffer {
  const { bytes, count, width } = cells;
  const out = new Uint8Array(count * width);
  for (let i = 0, o = 0; i < count; i += 1) {
    const at = cellAt(cells, i);
    for (let e = 0; e < width; e += 1, o += 1) out[o] = bytes[at + e] as number;
  }
  return out.buffer;
}

function gather2(cells: Cells): ArrayBuffer {
  const { count, width } = cells;
  const view = viewOf(cells.bytes);
  const out = new Uint16Array(count * width);
  for (let i = 0, o = 0; i < count; i += 1) {
    const at = cellAt(cells, i);
    for (let e = 0; e < width; e += 1, o += 1) out[o] = view.getUint16(at + 2 * e);
  }
  return out.buffer;
}

function gatherWords(cells: Cells, wordsPerElement: number): ArrayBuffer {
  const { count } = cells;
  const words = cells.width * wordsPerElement;
  const view = viewOf(cells.bytes);
  const out = new Uint32Array(count * words);
  for (let i = 0, o = 0; i < count; i += 1) {
    const at = cellAt(cells, i);
    for (let e = 0; e < words; e += 1, o += 1) out[o] = view.getUint32(at + 4 * e);
  }
  return out.buffer;
}

function gather8(cells: Cells): ArrayBuffer {
  if (!LITTLE_ENDIAN) return gatherWords(cells, 2);
  const { count, width } = cells;
  const view = viewOf(cells.bytes);
  const out = new Uint32Array(2 * count * width);
  for (let i = 0, o = 0; i < count; i += 1) {
    const at = cellAt(cells, i);
    for (let e = 0; e < width; e += 1, o += 2) {
      out[o] = view.getUint32(at + 8 * e + 4);
      out[o + 1] = view.getUint32(at + 8 * e);
    }
  }
  return out.buffer;
}
