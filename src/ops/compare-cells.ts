import type { BinTable, Column, ColumnData } from '../fits/index.ts';

/** A column that two tables share, decoded. */
export interface SharedColumn {
  readonly name: string;
  readonly a: ColumnData;
  readonly b: ColumnData;
}

/** Columns that both tables have, by name in any case; and the names of the others. */
export interface ColumnPairs {
  readonly shared: readonly SharedColumn[];
  readonly onlyA: readonly string[];
  readonly onlyB: readonly string[];
  /** Shared columns of different units. */
  readonly units: readonly { readonly name: string; readonly a: string; readonly b: string }[];
}

/** Pairs the columns of two tables. Nothing but strings that are asked for is decoded later. */
export function pairColumns(a: BinTable, b: BinTable, skip: ReadonlySet<string>): ColumnPairs {
  const wanted = ({ name }: Column): boolean => name !== '' && !skip.has(name.toUpperCase());
  const shared: SharedColumn[] = [];
  const onlyA: string[] = [];
  const units: { name: string; a: string; b: string }[] = [];
  for (const column of a.columns.filter(wanted)) {
    const other = b.column(column.name);
    if (other === undefined) {
      onlyA.push(column.name);
      continue;
    }
    shared.push({ name: column.name, a: a.read(column), b: b.read(other) });
    const [one = '', two = ''] = [column.unit, other.unit];
    if (one !== two) units.push({ name: column.name, a: one, b: two });
  }
  const onlyB = b.columns.filter((column) => wanted(column) && a.column(column.name) === undefined);
  return { shared, onlyA, onlyB: onlyB.map(({ name }) => name), units };
}

/** Whether a table has the columns and rows of another one, in its order and with its values, and perhaps more columns. */
export function holdsAll(table: BinTable, wanted: BinTable): boolean {
  if (table.rowCount !== wanted.rowCount) return false;
  const layout = ({ columns }: BinTable): string => JSON.stringify(columns.map(({ name, form }) => [name, form]));
  if (layout(table) === layout(wanted) && Buffer.compare(table.rows, wanted.rows) === 0) return true;
  const { shared, onlyB, units } = pairColumns(table, wanted, new Set());
  if (onlyB.length > 0 || units.length > 0) return false;
  const rows = Array.from({ length: wanted.rowCount }, (_, row) => row);
  return shared.every(({ a, b }) => rows.every((row) => sameCell(a, row, b, row)));
}

/**
 * Whether two cells hold the same values: numbers by value whatever their type, nulls and NaN alike, text without trailing
 * blanks.
 */
export function sameCell(a: ColumnData, rowA: number, b: ColumnData, rowB: number): boolean {
  if (a.kind === 'array' || b.kind === 'array') return sameArray(a, rowA, b, rowB);
  if (widthOf(a) !== widthOf(b)) return false;
  const width = widthOf(a);
  for (let i = 0; i < width; i++) {
    if (!sameElement(a, rowA * width + i, b, rowB * width + i)) return false;
  }
  return true;
}

type Flat = Exclude<ColumnData, { kind: 'array' }>;

function sameArray(a: ColumnData, rowA: number, b: ColumnData, rowB: number): boolean {
  if (a.kind !== 'array' || b.kind !== 'array') return false;
  const [one, two] = [a.get(rowA), b.get(rowB)];
  const length = lengthOf(one);
  if (length !== lengthOf(two)) return false;
  for (let i = 0; i < length; i++) {
    if (!sameElement(one, i, two, i)) return false;
  }
  return true;
}

/** Elements in a row; a complex number is two. */
function widthOf(data: Flat): number {
  return data.kind === 'complex' ? 2 * data.width : data.width;
}

function lengthOf(data: Flat): number {
  return data.kind === 'string' ? data.length : data.values.length;
}

function sameElement(a: Flat, i: number, b: Flat, j: number): boolean {
  if (a.kind === 'string' || b.kind === 'string') {
    return a.kind === 'string' && b.kind === 'string' && a.get(i) === b.get(j);
  }
  const [one, two] = [numberAt(a, i), numberAt(b, j)];
  // BigInt and number are compared by value.
  // biome-ignore lint/suspicious/noDoubleEquals: one may be a bigint
  return one === two || (one !== null && two !== null && one == two);
}

function numberAt(data: Exclude<Flat, { kind: 'string' }>, index: number): number | bigint | null {
  if ('nulls' in data && data.nulls?.[index] === 1) return null;
  const value = data.values[index] ?? null;
  if (data.kind === 'logical' && value === 255) return null;
  return typeof value === 'number' && Number.isNaN(value) ? null : value;
}
