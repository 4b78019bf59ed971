import type { BigIntData, ColumnData, ComplexData, NumberData } from './column-data.ts';
import { arrayReader, cellKey, sharesArrays } from './concat-array.ts';
import type { Source } from './concat-pair.ts';
import { type Coding, decodeCells } from './decode.ts';

/**
 * As what values pass from one type to another: `physical`, or `stored` where all sources scale alike, so that nothing
 * is rounded.
 */
export type Domain = 'physical' | 'stored';

/** A coding without its scale when values pass as they are stored. */
export function codingIn(domain: Domain, coding: Coding): Coding {
  return domain === 'physical' ? coding : { ...coding, scale: 1, zero: 0 };
}

/** The numbers of a source, all at once where the column is fixed, else array by array, those that rows share once. */
export function* numbersOf(source: Source, domain: Domain): Generator<NumberData | BigIntData> {
  const { column, table, rows } = source;
  const coding = codingIn(domain, column);
  if (column.form.elementCode === undefined) {
    const data = decodeCells(coding, table.cells(column, rows));
    if (data.kind === 'number' || data.kind === 'bigint') yield data;
    return;
  }
  const reader = arrayReader(source);
  const seen = sharesArrays(source) ? new Set<string>() : undefined;
  for (let row = 0; row < source.rowCount; row += 1) {
    const { count, offset } = reader.get(row);
    const key = seen === undefined ? '' : cellKey({ count, offset });
    if (seen?.has(key) === true) continue;
    seen?.add(key);
    const cells = { bytes: reader.memory, start: offset, stride: 0, rows: undefined, count: 1, width: count };
    const data = decodeCells(coding, cells);
    if (data.kind === 'number' || data.kind === 'bigint') yield data;
  }
}

/** The value of an element, undefined where it is null. */
export function elementOf(data: NumberData | BigIntData | ComplexData, index: number): number | bigint | undefined {
  if (data.kind !== 'complex' && data.nulls?.[index] === 1) return undefined;
  return data.values[index];
}

/** Whether decoded values are numbers, complex ones included. */
export function hasNumbers(data: ColumnData): data is NumberData | BigIntData | ComplexData {
  return data.kind === 'number' || data.kind === 'bigint' || data.kind === 'complex';
}

/** A number as decimal text, in the fewest digits that give the same number of its type; empty for null. */
export function numberText(value: number | bigint | undefined, single: boolean): string {
  if (value === undefined || Number.isNaN(value)) return '';
  if (typeof value === 'bigint' || !single || !Number.isFinite(value)) return String(value);
  for (let digits = 1; digits < 9; digits += 1) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}
