import { IactError } from '../core/index.ts';
import type { Column } from './column.ts';
import { freeNull } from './concat-null.ts';
import type { JoinedColumn, Source } from './concat-pair.ts';
import { type Domain, numbersOf } from './concat-values.ts';
import { INTEGER_RANGE } from './encode.ts';
import { type IntegerCode, type IntegerType, integerTypeOf, narrowestType, widerCode } from './integer-type.ts';
import { type ElementCode, valueCode } from './tform.ts';

/** How the elements of a joined column are stored. */
export interface ElementCoding {
  readonly code: ElementCode;
  readonly scale: number;
  readonly zero: number | bigint;
  readonly nullValue: number | bigint | undefined;
  readonly domain: Domain;
}

export type Family = 'logical' | 'bit' | 'text' | 'number' | 'complex';

/** What kind of value a column holds. */
export function familyOf(column: Pick<Column, 'form'>): Family {
  const code = valueCode(column.form);
  if (code === 'L') return 'logical';
  if (code === 'X') return 'bit';
  if (code === 'A') return 'text';
  return code === 'C' || code === 'M' ? 'complex' : 'number';
}

/**
 * The type that holds the values of all sources of a column without loss.
 *
 * @param needsNull whether elements will be filled that no source has
 * @throws IactError 'bad-data' naming the column when there is none
 */
export function joinCodings(joined: JoinedColumn, needsNull: boolean): ElementCoding {
  const families = new Set(joined.present.map(({ column }) => familyOf(column)));
  if (families.size > 1) {
    if ([...families].every((family) => family === 'text' || family === 'number')) return plain('A');
    throw cannotJoin(joined, `its values are ${[...families].join(' and ')}`);
  }
  const [family] = families;
  if (family === 'number') return joinNumbers(joined, needsNull);
  if (family === 'complex') return joinComplex(joined);
  return plain(valueCode(joined.present[0].column.form));
}

/** An error about the columns that cannot be one. */
export function cannotJoin(joined: JoinedColumn, reason: string): IactError {
  const tables = [...new Set(joined.present.map(({ table }) => `"${table.uri}"`))].join(', ');
  return new IactError('bad-data', `Cannot join column "${joined.name}" of ${tables}: ${reason}`);
}

function plain(code: ElementCode): ElementCoding {
  return { code, scale: 1, zero: 0, nullValue: undefined, domain: 'physical' };
}

/** Whether all sources store values in the same type and by the same scale and zero. */
function allAlike({ present: [first, ...others] }: JoinedColumn): boolean {
  const { form, scale, zero } = first.column;
  return others.every(
    ({ column }) =>
      valueCode(column.form) === valueCode(form) && Object.is(column.scale, scale) && column.zero === zero,
  );
}

function joinComplex(joined: JoinedColumn): ElementCoding {
  const { form, scale, zero } = joined.present[0].column;
  if (!allAlike(joined)) return plain('M');
  return { code: valueCode(form), scale, zero, nullValue: undefined, domain: 'stored' };
}

function joinNumbers(joined: JoinedColumn, needsNull: boolean): ElementCoding {
  const { form, scale, zero } = joined.present[0].column;
  const code = valueCode(form);
  if (allAlike(joined)) {
    const coding: ElementCoding = { code, scale, zero, nullValue: undefined, domain: 'stored' };
    return code === 'E' || code === 'D' ? coding : withNull(joined, coding, needsNull);
  }
  const types = joined.present.map(({ column }) => integerTypeOf(column));
  if (types.every((type) => type !== undefined)) {
    const type = joinIntegers(joined, types);
    return withNull(joined, { ...plain(type.code), zero: type.zero }, needsNull);
  }
  return plain('D');
}

function joinIntegers(joined: JoinedColumn, types: readonly IntegerType[]): IntegerType {
  let low = 0n;
  let high = 0n;
  for (const type of types) {
    if (type.low < low) low = type.low;
    if (type.high > high) high = type.high;
  }
  const type = narrowestType(low, high);
  if (type !== undefined) return type;
  // Signed with unsigned 64-bit integers: the values decide.
  const range = valueRange(joined.present);
  const found = narrowestType(range.low < 0n ? -(2n ** 63n) : 0n, range.high < 2n ** 63n ? 2n ** 63n - 1n : range.high);
  if (found !== undefined) return found;
  throw cannotJoin(joined, `no integer type holds both ${range.low} and ${range.high}`);
}

function valueRange(sources: readonly Source[]): { low: bigint; high: bigint } {
  let low: number | bigint = 0n;
  let high: number | bigint = 0n;
  for (const source of sources) {
    for (const data of numbersOf(source, 'physical')) {
      for (let i = 0; i < data.values.length; i += 1) {
        const value = data.values[i] as number | bigint;
        if (data.nulls?.[i] === 1) continue;
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
  }
  return { low: BigInt(low), high: BigInt(high) };
}

/** Gives an integer coding its TNULL, where nulls are there or needed, in a wider type where all values are in use. */
function withNull(joined: JoinedColumn, coding: ElementCoding, needsNull: boolean): ElementCoding {
  const declared = joined.present.map(({ column }) => column.nullValue);
  const [first] = declared;
  if (!needsNull && declared.every((value) => value === undefined)) return coding;
  const same = coding.domain === 'stored' && declared.every((value) => value === first);
  if (same && first !== undefined && fitsCode(first, coding)) return { ...coding, nullValue: first };
  const code = coding.code as IntegerCode;
  const found = freeNull(joined.present, { code, zero: coding.zero, domain: coding.domain });
  if (found !== undefined) return { ...coding, nullValue: simplest(found) };
  const wider = widerCode(code);
  if (wider === undefined) throw cannotJoin(joined, 'no value is left that could mean null');
  // An offset makes a type unsigned; the wider plain one holds its values as they are.
  const scaled = coding.domain === 'stored' && integerTypeOf(joined.present[0].column) === undefined;
  const promoted = scaled ? { ...coding, code: wider } : plain(wider);
  return withNull(joined, promoted, true);
}

/** A TNULL beyond its type can mark nothing. */
function fitsCode(value: number | bigint, coding: ElementCoding): boolean {
  const [low, high] = INTEGER_RANGE[coding.code as IntegerCode];
  return BigInt(value) >= low && BigInt(value) <= high;
}

function simplest(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
