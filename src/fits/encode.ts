import { IactError } from '../core/index.ts';
import { scalingOf, textShape, ZERO_UINT64 } from './column.ts';
import type { Coding } from './decode.ts';
import { putLatin1 } from './records.ts';
import { type ElementCode, valueCode } from './tform.ts';

/** A physical value to be stored: numbers (also the parts of complex ones), text, logicals and bits; undefined is null. */
export type Element = number | bigint | string | boolean | undefined;

/** Where elements go: row `i` begins at `start + i · stride`. */
export interface Place {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly stride: number;
}

/** Says what is wrong with the value of a row, by throwing. */
export type Refuse = (row: number, reason: string) => never;

/** Elements as they are given: `get(row, element)`. */
export type ElementSource = (row: number, element: number) => Element;

/** Least and largest stored value of the integer types. */
export const INTEGER_RANGE: Readonly<Record<'B' | 'I' | 'J' | 'K', readonly [bigint, bigint]>> = {
  B: [0n, 255n],
  I: [-(2n ** 15n), 2n ** 15n - 1n],
  J: [-(2n ** 31n), 2n ** 31n - 1n],
  K: [-ZERO_UINT64, ZERO_UINT64 - 1n],
};

/**
 * Stores `width` elements for each of `count` rows; for text `width` counts characters in the heap, and is not used in
 * a row (the column's shape is). Nothing is written for a null where zero bytes mean it, so `place` must be zeroed.
 *
 * @see FITS 4.0 §7.3.3
 */
export function encodeCells(
  coding: Coding,
  get: ElementSource,
  count: number,
  width: number,
  place: Place,
  refuse: Refuse,
): void {
  const code = valueCode(coding.form);
  if (code === 'A') encodeText(coding, get, count, width, place, refuse);
  else if (code === 'X') encodeBits(get, count, width, place, refuse);
  else {
    const size = { L: 1, B: 1, I: 2, J: 4, K: 8, E: 4, D: 8, C: 4, M: 8 }[code];
    const elements = elementsPerValue(code) * width;
    const store = storeOf(code, coding, viewOf(place.bytes));
    for (let row = 0; row < count; row += 1) {
      const at = place.start + row * place.stride;
      for (let e = 0; e < elements; e += 1) {
        const reason = store(at + e * size, get(row, e), e);
        if (reason !== undefined) refuse(row, reason);
      }
    }
  }
}

/** Numbers that make one value: two for a complex one. */
export function elementsPerValue(code: ElementCode): number {
  return code === 'C' || code === 'M' ? 2 : 1;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Stores one element and returns what hinders it, if something does. */
type Store = (at: number, value: Element, element: number) => string | undefined;

function storeOf(code: Exclude<ElementCode, 'A' | 'X'>, coding: Coding, view: DataView): Store {
  switch (code) {
    case 'L':
      return (at, value) => storeLogical(view, at, value);
    case 'B':
      return integerStore('B', coding, (at, value) => view.setUint8(at, value));
    case 'I':
      return integerStore('I', coding, (at, value) => view.setInt16(at, value));
    case 'J':
      return integerStore('J', coding, (at, value) => view.setInt32(at, value));
    case 'K':
      return longStore(coding, view);
    case 'E':
      return floatStore(coding, (at, value) => view.setFloat32(at, value), true);
    case 'D':
      return floatStore(coding, (at, value) => view.setFloat64(at, value), false);
    case 'C':
      return floatStore(coding, (at, value) => view.setFloat32(at, value), true, true);
    case 'M':
      return floatStore(coding, (at, value) => view.setFloat64(at, value), false, true);
  }
}

function storeLogical(view: DataView, at: number, value: Element): string | undefined {
  if (value === undefined || value === 255) return undefined;
  const truth = typeof value === 'number' && (value === 0 || value === 1) ? value === 1 : value;
  if (typeof truth !== 'boolean') return `${show(value)} is not a logical`;
  view.setUint8(at, truth ? 0x54 : 0x46);
  return undefined;
}

function integerStore(code: 'B' | 'I' | 'J', coding: Coding, put: (at: number, value: number) => void): Store {
  const [low, high] = INTEGER_RANGE[code].map(Number) as [number, number];
  const { nullValue } = coding;
  return (at, value) => {
    let stored = Number(value);
    if (value === undefined || Number.isNaN(value)) {
      if (nullValue === undefined) return NO_NULL;
      stored = Number(nullValue);
    } else if (typeof value !== 'number' && typeof value !== 'bigint') return `${show(value)} is not a number`;
    else stored = unscale(stored, coding);
    if (!(stored >= low && stored <= high)) return outOfRange(value, code);
    if (!Number.isInteger(stored)) return `${show(value)} is not an integer`;
    put(at, stored);
    return undefined;
  };
}

const NO_NULL = 'there is a null, but the column has no TNULL';

function longStore(coding: Coding, view: DataView): Store {
  const [low, high] = INTEGER_RANGE.K;
  const scaled = scalingOf(coding) === 'scaled';
  const zero = scaled ? 0n : BigInt(coding.zero);
  return (at, value) => {
    let stored: bigint;
    if (value === undefined || Number.isNaN(value)) {
      if (coding.nullValue === undefined) return NO_NULL;
      stored = BigInt(coding.nullValue);
    } else if (typeof value !== 'number' && typeof value !== 'bigint') return `${show(value)} is not a number`;
    else {
      const number = scaled ? unscale(Number(value), coding) : value;
      if (typeof number === 'number' && !Number.isInteger(number)) return `${show(value)} is not an integer`;
      stored = BigInt(number) - zero;
    }
    if (stored < low || stored > high) return outOfRange(value, 'K');
    view.setBigInt64(at, stored);
    return undefined;
  };
}

/** The stored number of a physical one, rounded where the scale makes that necessary. */
function unscale(value: number, { scale, zero }: Coding): number {
  return scale === 1 ? value - Number(zero) : Math.round((value - Number(zero)) / scale);
}

function floatStore(coding: Coding, put: (at: number, value: number) => void, single: boolean, complex = false): Store {
  const { scale } = coding;
  const realZero = Number(coding.zero);
  const plain = scale === 1 && realZero === 0;
  return (at, value, element) => {
    if (typeof value === 'string' || typeof value === 'boolean') return `${show(value)} is not a number`;
    const physical = value === undefined ? Number.NaN : Number(value);
    if (typeof value === 'bigint' && BigInt(physical) !== value) return `${show(value)} is not exact as a double`;
    const stored = plain ? physical : (physical - (complex && element % 2 === 1 ? 0 : realZero)) / scale;
    const kept = single ? Math.fround(stored) : stored;
    if (Number.isFinite(physical) && !Number.isFinite(kept)) return outOfRange(value, single ? 'E' : 'D');
    put(at, stored);
    return undefined;
  };
}

function encodeBits(get: ElementSource, count: number, width: number, place: Place, refuse: Refuse): void {
  for (let row = 0; row < count; row += 1) {
    const at = place.start + row * place.stride;
    for (let bit = 0; bit < width; bit += 1) {
      const value = get(row, bit);
      if (value === 1 || value === true) {
        const byte = at + (bit >> 3);
        place.bytes[byte] = (place.bytes[byte] as number) | (0x80 >> (bit & 7));
      } else if (value !== 0 && value !== false && value !== undefined) refuse(row, `${show(value)} is not a bit`);
    }
  }
}

function encodeText(
  coding: Coding,
  get: ElementSource,
  count: number,
  width: number,
  place: Place,
  refuse: Refuse,
): void {
  const inHeap = coding.form.elementCode !== undefined;
  const shape = inHeap ? { length: width, count: 1 } : textShape(coding);
  const fieldBytes = inHeap ? width : coding.form.repeat;
  const allowed = coding.anyBytes ? /^[\0-\xff]*$/ : /^[ -~]*$/;
  for (let row = 0; row < count; row += 1) {
    const start = place.start + row * place.stride;
    place.bytes.fill(0x20, start, start + fieldBytes);
    for (let e = 0; e < shape.count; e += 1) {
      const value = get(row, e) ?? '';
      if (typeof value !== 'string') refuse(row, `${show(value)} is not text`);
      else if (!allowed.test(value)) refuse(row, `${show(value)} holds characters that are not printable ASCII`);
      else if (value.length > shape.length) {
        refuse(row, `${show(value)} has ${value.length} characters, the column has room for ${shape.length}`);
      } else putLatin1(place.bytes, start + e * shape.length, value);
    }
  }
}

function outOfRange(value: Element, code: ElementCode): string {
  return `${show(value)} is out of the range of type ${code}`;
}

function show(value: Element): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

/** An error about a value of a column, rows counted from 1 as in FITS. */
export function badValue(column: string, row: number, reason: string): IactError {
  return new IactError('bad-data', `Cannot store row ${row + 1} of column "${column}": ${reason}`);
}
