import type { Source } from './concat-pair.ts';
import { codingIn, type Domain, elementOf, numbersOf } from './concat-values.ts';
import { INTEGER_RANGE } from './encode.ts';
import type { IntegerCode } from './integer-type.ts';
import { valueCode } from './tform.ts';

/** How integers of a joined column are stored. */
export interface IntegerTarget {
  readonly code: IntegerCode;
  readonly zero: number | bigint;
  readonly domain: Domain;
}

/**
 * A stored value that means null in none of the sources' values: the TNULL of the first source that has one where that
 * is free, else the least one, else the first free one; undefined when every value of the type is in use.
 */
export function freeNull(sources: readonly Source[], target: IntegerTarget): bigint | undefined {
  const [low, high] = INTEGER_RANGE[target.code];
  const declared = sources.flatMap(({ column }) => (column.nullValue === undefined ? [] : [BigInt(column.nullValue)]));
  const preferred = [...new Set(declared), target.code === 'B' ? high : low];
  const candidate = preferred.find(
    (value) => value >= low && value <= high && !sources.some((source) => occurs(source, value, target)),
  );
  return candidate ?? firstFree(sources, target);
}

/** The amount by which the values that pass (see {@link Domain}) exceed those that the target stores. */
function offsetOf(target: IntegerTarget): bigint {
  return target.domain === 'stored' ? 0n : BigInt(target.zero);
}

/** Whether a value of the source, null excepted, would be stored as `stored`. */
function occurs(source: Source, stored: bigint, target: IntegerTarget): boolean {
  const passing = stored + offsetOf(target);
  const coding = codingIn(target.domain, source.column);
  const own = passing - BigInt(coding.zero);
  const [low, high] = INTEGER_RANGE[valueCode(coding.form) as IntegerCode];
  if (own < low || own > high) return false;
  if (coding.nullValue !== undefined && BigInt(coding.nullValue) === own) return false;
  for (const data of numbersOf(source, target.domain)) {
    const found = data.kind === 'bigint' ? passing : Number(passing);
    if ((data.values as ArrayLike<number | bigint> & { includes(value: unknown): boolean }).includes(found))
      return true;
  }
  return false;
}

/** Of n values at most n of the first n + 1 stored ones are in use. */
function firstFree(sources: readonly Source[], target: IntegerTarget): bigint | undefined {
  const [low, high] = INTEGER_RANGE[target.code];
  let count = 0n;
  for (const source of sources) {
    for (const data of numbersOf(source, target.domain)) count += BigInt(data.values.length);
  }
  const span = high - low + 1n;
  const used = new Uint8Array(Number(count + 1n < span ? count + 1n : span));
  const base = low + offsetOf(target);
  for (const source of sources) {
    for (const data of numbersOf(source, target.domain)) {
      for (let i = 0; i < data.values.length; i += 1) {
        const value = elementOf(data, i);
        const position = value === undefined ? -1 : Number(BigInt(value) - base);
        if (position >= 0 && position < used.length) used[position] = 1;
      }
    }
  }
  const position = used.indexOf(0);
  return position < 0 ? undefined : low + BigInt(position);
}
