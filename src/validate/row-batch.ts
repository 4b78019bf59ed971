import type { BinTable, ColumnData } from '../fits/index.ts';

/** Some rows of a table that follow each other, with their columns decoded once for all rules. */
export class RowBatch {
  readonly table: BinTable;
  /** Number of the first row in the whole table, from 0. */
  readonly firstRow: number;

  constructor(table: BinTable, firstRow: number) {
    this.table = table;
    this.firstRow = firstRow;
  }

  get length(): number {
    return this.table.rowCount;
  }

  /** A column of one number a row, null as NaN; `undefined` if there is no such column. */
  numbers(name: string): ArrayLike<number> | undefined {
    return numbersOf(this.table, name);
  }
}

/** Columns of tables that are in use: an index is asked for single cells by every observation. */
const DECODED = new WeakMap<BinTable, Map<string, unknown>>();

/** What is made of a table once for all rules, as long as it is in use. */
export function remember<T>(table: BinTable, key: string, decode: () => T): T {
  let known = DECODED.get(table);
  if (known === undefined) {
    known = new Map();
    DECODED.set(table, known);
  }
  if (!known.has(key)) known.set(key, decode());
  return known.get(key) as T;
}

/** A column of one number a row, null as NaN; `undefined` if there is none, or it is of another type. */
export function numbersOf(table: BinTable, name: string): ArrayLike<number> | undefined {
  return remember(table, `numbers ${name}`, () => {
    const column = table.column(name);
    return column === undefined || column.form.repeat !== 1 ? undefined : numbersIn(table.read(column));
  });
}

/** Decoded numbers, null as NaN; `undefined` if they are none. */
export function numbersIn(data: ColumnData): ArrayLike<number> | undefined {
  if (data.kind === 'bigint')
    return Float64Array.from(data.values, (value, i) => (data.nulls?.[i] ? NaN : Number(value)));
  if (data.kind !== 'number') return undefined;
  const { nulls, values } = data;
  return nulls === undefined ? values : Float64Array.from(values, (value, i) => (nulls[i] ? NaN : value));
}

/** The text of a column in a row; `undefined` if there is no such column of text. */
export function textOf(table: BinTable, name: string, row: number): string | undefined {
  const data = remember(table, `text ${name}`, () => {
    const column = table.column(name);
    return column && table.read(column);
  });
  return data?.kind === 'string' && data.width === 1 ? data.get(row).trim() : undefined;
}
