import type { ColumnData } from '../fits/index.ts';

/**
 * A value of a table cell for people and for JSON: null for nulls and NaN, single-precision numbers in the fewest digits
 * that tell them apart, 64-bit integers beyond 2^53 as text, bits as `0110`, complex numbers as pairs.
 */
export type CellValue = number | string | boolean | null | readonly CellValue[];

/** The value of a row, an array where a row holds several. */
export function cellValue(data: ColumnData, row: number): CellValue {
  if (data.kind === 'array') return wholeArray(data.get(row));
  if (data.kind === 'bit') return Array.from(data.values.subarray(row * data.width, (row + 1) * data.width)).join('');
  if (data.width === 1) return element(data, row);
  return Array.from({ length: data.width }, (_, index) => element(data, row * data.width + index));
}

type FlatData = Exclude<ColumnData, { kind: 'array' }>;

function wholeArray(data: FlatData): CellValue {
  if (data.kind === 'string') return data.length === 0 ? '' : data.get(0);
  if (data.kind === 'bit') return Array.from(data.values).join('');
  const length = data.kind === 'complex' ? data.values.length / 2 : data.values.length;
  return Array.from({ length }, (_, index) => element(data, index));
}

function element(data: Exclude<FlatData, { kind: 'bit' }>, index: number): CellValue {
  if (data.kind === 'string') return data.get(index);
  if (data.kind === 'logical') return data.values[index] === 255 ? null : data.values[index] === 1;
  if (data.kind === 'complex') return [number(data.values, 2 * index), number(data.values, 2 * index + 1)];
  if (data.nulls?.[index] === 1) return null;
  if (data.kind === 'number') return number(data.values, index);
  const value = data.values[index] ?? 0n;
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
}

function number(values: ArrayLike<number>, index: number): number | null {
  const value = values[index] ?? Number.NaN;
  if (Number.isNaN(value)) return null;
  return values instanceof Float32Array ? shortest(value) : value;
}

/** The number with the fewest digits that is the same in single precision. */
function shortest(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(9));
}
