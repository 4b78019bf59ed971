import { type Column, scalingOf, ZERO_UINT64 } from './column.ts';
import { INTEGER_RANGE } from './encode.ts';
import { valueCode } from './tform.ts';

export type IntegerCode = 'B' | 'I' | 'J' | 'K';

/** An integer type of FITS, the unsigned ones (signed for B) made by TZERO included. @see FITS 4.0 table 19 */
export interface IntegerType {
  readonly code: IntegerCode;
  readonly zero: number | bigint;
  /** Least physical value. */
  readonly low: bigint;
  /** Largest physical value. */
  readonly high: bigint;
}

function integerType(code: IntegerCode, zero: number | bigint): IntegerType {
  const [low, high] = INTEGER_RANGE[code];
  return { code, zero, low: low + BigInt(zero), high: high + BigInt(zero) };
}

/** From the narrowest to the widest; at the same width the plain type comes first. */
const INTEGER_TYPES: readonly IntegerType[] = [
  integerType('B', 0),
  integerType('B', -128),
  integerType('I', 0),
  integerType('I', 2 ** 15),
  integerType('J', 0),
  integerType('J', 2 ** 31),
  integerType('K', 0),
  integerType('K', ZERO_UINT64),
];

/** The integer type of a column; undefined where it is none, or is scaled. */
export function integerTypeOf(column: Pick<Column, 'form' | 'scale' | 'zero'>): IntegerType | undefined {
  const code = valueCode(column.form);
  if (scalingOf(column) === 'scaled') return undefined;
  return INTEGER_TYPES.find((type) => type.code === code && type.zero === column.zero);
}

/** The narrowest type that holds all values from `low` to `high`. */
export function narrowestType(low: bigint, high: bigint): IntegerType | undefined {
  return INTEGER_TYPES.find((type) => type.low <= low && type.high >= high);
}

/** The next type of more bytes, plain; undefined beyond K. */
export function widerCode(code: IntegerCode): IntegerCode | undefined {
  return ({ B: 'I', I: 'J', J: 'K', K: undefined } as const)[code];
}
