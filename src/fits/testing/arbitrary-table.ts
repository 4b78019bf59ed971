import fc from 'fast-check';
import type { ColumnSpec, ColumnValues } from '../build.ts';
import type { Element } from '../encode.ts';
import type { PlainValue } from './values.ts';

/** A column and what must be read of it, an array for each row. */
export interface ColumnCase {
  spec: ColumnSpec;
  expected: PlainValue[][];
}

/** One value: how it is given (two numbers for a complex one), and how it is read. */
interface ValueCase {
  given: Element[];
  read: PlainValue;
}

interface Kind {
  code: string;
  attributes: Partial<ColumnSpec>;
  value: fc.Arbitrary<ValueCase>;
}

function single(value: number | bigint): ValueCase {
  const isPlain = typeof value === 'number' && Number.isFinite(value);
  return { given: [value], read: isPlain ? value + 0 : String(value) };
}

/** Integers of a type whose least stored value is kept for null. */
function integers(code: string, low: number, high: number, attributes: Partial<ColumnSpec> = {}): Kind {
  return { code, attributes, value: fc.integer({ min: low + 1, max: high }).map(single) };
}

function longs(low: bigint, high: bigint, attributes: Partial<ColumnSpec> = {}): Kind {
  return { code: 'K', attributes, value: fc.bigInt({ min: low + 1n, max: high }).map(single) };
}

/** The kind with nulls among its values. */
function withNulls(kind: Kind, nullValue: number | bigint): Kind {
  const absent: fc.Arbitrary<ValueCase> = fc.constant({ given: [undefined], read: null });
  const value = fc.oneof({ weight: 4, arbitrary: kind.value }, { weight: 1, arbitrary: absent });
  return { code: kind.code, attributes: { ...kind.attributes, nullValue }, value };
}

function complexKind(code: string, part: fc.Arbitrary<number>): Kind {
  const value = fc.tuple(part, part).map(([re, im]): ValueCase => {
    return { given: [re, im], read: [single(re).read, single(im).read] };
  });
  return { code, attributes: {}, value };
}

function choice(code: string, values: readonly [Element, PlainValue][]): Kind {
  const value = fc.constantFrom(...values).map(([given, read]): ValueCase => ({ given: [given], read }));
  return { code, attributes: {}, value };
}

const unsignedKinds: readonly Kind[] = [
  integers('B', -128, 127, { zero: -128 }),
  integers('I', 0, 2 ** 16 - 1, { zero: 2 ** 15 }),
  integers('J', 0, 2 ** 32 - 1, { zero: 2 ** 31 }),
  longs(0n, 2n ** 64n - 1n, { zero: 2n ** 63n }),
];
const signedKinds: readonly Kind[] = [
  integers('B', 0, 255),
  integers('I', -(2 ** 15), 2 ** 15 - 1),
  integers('J', -(2 ** 31), 2 ** 31 - 1),
  longs(-(2n ** 63n), 2n ** 63n - 1n),
];
const leastStored = [0, -(2 ** 15), -(2 ** 31), -(2n ** 63n)] as const;
const nullKinds = [unsignedKinds, signedKinds].flatMap((kinds) =>
  kinds.map((kind, i) => withNulls(kind, leastStored[i] ?? 0)),
);
const scaled: Kind = {
  code: 'I',
  attributes: { scale: 0.25, zero: 10 },
  value: fc.integer({ min: -32767, max: 32767 }).map((stored) => single(stored * 0.25 + 10)),
};
const floats: readonly Kind[] = [
  { code: 'E', attributes: {}, value: fc.float().map(single) },
  { code: 'D', attributes: {}, value: fc.double().map(single) },
];
const logical = choice('L', [
  [true, true],
  [false, false],
  [undefined, null],
]);
const bit = choice('X', [
  [1, true],
  [0, false],
]);

/** Kinds of values that can be joined with each other. */
export type KindFamily = 'number' | 'complex' | 'logical' | 'bit' | 'text';

const KINDS: Readonly<Record<Exclude<KindFamily, 'text'>, readonly Kind[]>> = {
  number: [...signedKinds, ...unsignedKinds, ...nullKinds, scaled, withNulls(scaled, -32768), ...floats],
  complex: [complexKind('C', fc.float()), complexKind('M', fc.double())],
  logical: [logical],
  bit: [bit],
};

const text = fc
  .string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)), maxLength: 9 })
  .map((value) => value.replace(/ +$/, ''));

function fixedColumn(kind: Kind, repeat: number, rowCount: number): fc.Arbitrary<ColumnCase> {
  const row = fc.array(kind.value, { minLength: repeat, maxLength: repeat });
  return fc.array(row, { minLength: rowCount, maxLength: rowCount }).map((rows) => ({
    spec: {
      name: '',
      form: `${repeat}${kind.code}`,
      ...kind.attributes,
      values: rows.flatMap((values) => values.flatMap(({ given }) => given)) as ColumnValues,
    },
    expected: rows.map((values) => values.map(({ read }) => read)),
  }));
}

function arrayColumn(kind: Kind, descriptor: string, rowCount: number): fc.Arbitrary<ColumnCase> {
  const row = fc.array(kind.value, { maxLength: 5 });
  return fc.array(row, { minLength: rowCount, maxLength: rowCount }).map((rows) => ({
    spec: {
      name: '',
      form: `${descriptor}${kind.code}`,
      ...kind.attributes,
      values: rows.map((values) => values.flatMap(({ given }) => given)) as ColumnValues,
    },
    expected: rows.map((values) => values.map(({ read }) => read)),
  }));
}

function textColumn(rowCount: number): fc.Arbitrary<ColumnCase> {
  const shapes = fc.constantFrom<{ form: string; dim?: number[]; count: number }>(
    { form: '9A', count: 1 },
    { form: '12A', count: 1 },
    { form: '27A9', count: 3 },
    { form: '20A', dim: [10, 2], count: 2 },
    { form: '1PA', count: 1 },
    { form: '1QA', count: 1 },
  );
  return shapes.chain(({ form, dim, count }) =>
    fc.array(text, { minLength: count * rowCount, maxLength: count * rowCount }).map((values) => ({
      spec: { name: '', form, values, ...(dim === undefined ? {} : { dim }) },
      expected: Array.from({ length: rowCount }, (_, row) => values.slice(row * count, (row + 1) * count)),
    })),
  );
}

/** A column of any type of a family, fixed or of variable length. */
export function arbitraryColumn(family: KindFamily, rowCount: number): fc.Arbitrary<ColumnCase> {
  if (family === 'text') return textColumn(rowCount);
  const kind = fc.constantFrom(...KINDS[family]);
  return fc.oneof(
    fc.tuple(kind, fc.constantFrom(1, 1, 2, 9)).chain(([each, repeat]) => fixedColumn(each, repeat, rowCount)),
    fc.tuple(kind, fc.constantFrom('P', 'Q')).chain(([each, code]) => arrayColumn(each, code, rowCount)),
  );
}

export const arbitraryFamily: fc.Arbitrary<KindFamily> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<KindFamily>('number') },
  { weight: 3, arbitrary: fc.constantFrom<KindFamily>('complex', 'logical', 'bit', 'text') },
);

/** Columns of one table, named C0, C1, … */
export function arbitraryColumns(rowCount: number): fc.Arbitrary<ColumnCase[]> {
  return fc
    .array(
      arbitraryFamily.chain((family) => arbitraryColumn(family, rowCount)),
      { minLength: 1, maxLength: 6 },
    )
    .map((columns) => columns.map((each, i) => ({ ...each, spec: { ...each.spec, name: `C${i}` } })));
}
