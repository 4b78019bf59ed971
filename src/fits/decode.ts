import { type Cells, cellAt, gather, HIGH_WORD } from './cells.ts';
import { type Column, scalingOf, textShape } from './column.ts';
import type { ArrayData, ColumnData, NumberArray, NumberData, StringData } from './column-data.ts';
import { latin1 } from './records.ts';
import { type ElementCode, valueCode } from './tform.ts';

/** What decoding needs to know of a column. */
export type Coding = Pick<Column, 'form' | 'scale' | 'zero' | 'nullValue' | 'dim'> & {
  /** See `ColumnSpec`. */
  readonly anyBytes?: boolean | undefined;
};

/** The decoded values of cells that hold elements (not descriptors). @see FITS 4.0 §7.3.3 */
export function decodeCells(coding: Coding, cells: Cells): Exclude<ColumnData, ArrayData> {
  const code = valueCode(coding.form);
  switch (code) {
    case 'L':
      return { kind: 'logical', values: decodeLogicals(new Uint8Array(gather(cells, 1))), width: cells.width };
    case 'X':
      return { kind: 'bit', values: decodeBits(cells), width: cells.width };
    case 'A':
      return decodeText(coding, cells);
    case 'C':
    case 'M':
      return { kind: 'complex', values: decodeComplex(code, coding, cells), width: cells.width };
    case 'K':
      return decodeLongs(coding, cells);
    default:
      return decodeNumbers(code, coding, cells);
  }
}

/** T is 1, F is 0; a zero byte, and any other, is null. @see FITS 4.0 §7.3.3.1 */
function decodeLogicals(values: Uint8Array): Uint8Array {
  for (let i = 0; i < values.length; i += 1) {
    const byte = values[i];
    values[i] = byte === 0x54 ? 1 : byte === 0x46 ? 0 : 255;
  }
  return values;
}

function decodeBits(cells: Cells): Uint8Array {
  const { bytes, count, width } = cells;
  const values = new Uint8Array(count * width);
  for (let i = 0, o = 0; i < count; i += 1) {
    const at = cellAt(cells, i);
    for (let bit = 0; bit < width; bit += 1, o += 1) {
      values[o] = ((bytes[at + (bit >> 3)] as number) >> (7 - (bit & 7))) & 1;
    }
  }
  return values;
}

function decodeText(coding: Coding, cells: Cells): StringData {
  const inHeap = coding.form.elementCode !== undefined;
  const { length, count: width } = inHeap ? { length: cells.width, count: 1 } : textShape(coding);
  const bytesAt = (index: number): Uint8Array => {
    const row = Math.floor(index / width);
    const at = cellAt(cells, row) + (index - row * width) * length;
    return cells.bytes.subarray(at, at + length);
  };
  return { kind: 'string', width, length: cells.count * width, bytesAt, get: (index) => decodeString(bytesAt(index)) };
}

/** Text up to the first NUL, without trailing blanks. */
function decodeString(bytes: Uint8Array): string {
  const nul = bytes.indexOf(0);
  let end = nul < 0 ? bytes.length : nul;
  while (end > 0 && bytes[end - 1] === 0x20) end -= 1;
  return latin1(bytes, 0, end);
}

function decodeComplex(code: 'C' | 'M', coding: Coding, cells: Cells): Float32Array | Float64Array {
  const parts = { ...cells, width: 2 * cells.width };
  const stored = code === 'C' ? new Float32Array(gather(parts, 4)) : new Float64Array(gather(parts, 8));
  if (scalingOf(coding) === 'none') return stored;
  const zero = Number(coding.zero);
  return Float64Array.from(stored, (value, i) => value * coding.scale + (i % 2 === 0 ? zero : 0));
}

function decodeLongs(coding: Coding, cells: Cells): ColumnData & { kind: 'bigint' | 'number' } {
  const words = new Uint32Array(gather(cells, 8));
  const stored = new BigInt64Array(words.buffer);
  const nulls = coding.nullValue === undefined ? undefined : markEqual(stored, BigInt(coding.nullValue));
  const scaling = scalingOf(coding);
  if (scaling === 'scaled') return scaleNumbers(stored, coding, cells.width, nulls);
  if (scaling === 'none') return { kind: 'bigint', values: stored, width: cells.width, nulls };
  // Adding 2^63 modulo 2^64 turns the highest bit over; likewise for the narrower types below.
  for (let i = HIGH_WORD; i < words.length; i += 2) words[i] = (words[i] as number) ^ 0x80000000;
  return { kind: 'bigint', values: new BigUint64Array(words.buffer), width: cells.width, nulls };
}

function decodeNumbers(code: Exclude<ElementCode, 'K'>, coding: Coding, cells: Cells): NumberData {
  const stored = storedNumbers(code, cells);
  const { nullValue } = coding;
  const nulls = nullValue === undefined ? undefined : markEqual(stored, Number(nullValue));
  const scaling = scalingOf(coding);
  if (scaling === 'scaled') return scaleNumbers(stored, coding, cells.width, nulls);
  const values = scaling === 'none' ? stored : flipSign(stored);
  return { kind: 'number', values, width: cells.width, nulls };
}

function storedNumbers(code: ElementCode, cells: Cells): NumberArray {
  switch (code) {
    case 'I':
      return new Int16Array(gather(cells, 2));
    case 'J':
      return new Int32Array(gather(cells, 4));
    case 'E':
      return new Float32Array(gather(cells, 4));
    case 'D':
      return new Float64Array(gather(cells, 8));
    default:
      return new Uint8Array(gather(cells, 1));
  }
}

function flipSign(stored: NumberArray): NumberArray {
  if (stored instanceof Uint8Array) return new Int8Array(turnHighBit(stored, 0x80).buffer);
  if (stored instanceof Int16Array) return turnHighBit(new Uint16Array(stored.buffer), 0x8000);
  return turnHighBit(new Uint32Array(stored.buffer), 0x80000000);
}

function turnHighBit<T extends Uint8Array | Uint16Array | Uint32Array>(values: T, bit: number): T {
  for (let i = 0; i < values.length; i += 1) values[i] = (values[i] as number) ^ bit;
  return values;
}

function scaleNumbers(
  stored: NumberArray | BigInt64Array,
  coding: Coding,
  width: number,
  nulls: Uint8Array | undefined,
): NumberData {
  const { scale } = coding;
  const zero = Number(coding.zero);
  const values = new Float64Array(stored.length);
  for (let i = 0; i < values.length; i += 1) {
    values[i] = nulls?.[i] === 1 ? Number.NaN : Number(stored[i]) * scale + zero;
  }
  return { kind: 'number', values, width, nulls };
}

/** 1 where the value stands, undefined where it stands nowhere. */
function markEqual(stored: ArrayLike<number | bigint>, nullValue: number | bigint): Uint8Array | undefined {
  let nulls: Uint8Array | undefined;
  for (let i = 0; i < stored.length; i += 1) {
    if (stored[i] !== nullValue) continue;
    nulls ??= new Uint8Array(stored.length);
    nulls[i] = 1;
  }
  return nulls;
}
