import {
  type ColumnKind,
  type ColumnShape,
  type ColumnValues,
  type CompileOptions,
  compileExpression,
  compileFilter,
  type ExprTable,
  type KeywordValue,
} from '../index.ts';

/** A value of a cell; null is a null value, an array a vector. Bits are spelled `0110`. */
export type Cell = number | boolean | string | null | readonly (number | boolean | null)[];

/** A column: its kind, its cells, and for arrays of several axes their sizes. */
export interface MemoryColumn {
  readonly kind: Exclude<ColumnKind, 'unsupported'>;
  readonly cells: readonly Cell[];
  readonly dims?: readonly number[];
}

export const integers = (...cells: readonly Cell[]): MemoryColumn => ({ kind: 'integer', cells });
export const reals = (...cells: readonly Cell[]): MemoryColumn => ({ kind: 'real', cells });
export const logicals = (...cells: readonly Cell[]): MemoryColumn => ({ kind: 'logical', cells });
export const strings = (...cells: readonly string[]): MemoryColumn => ({ kind: 'string', cells });
export const bits = (...cells: readonly string[]): MemoryColumn => ({ kind: 'bit', cells });

/** A table made of plain values, and keywords (whole numbers are integers). */
export function memoryTable(
  columns: Readonly<Record<string, MemoryColumn>>,
  keywords: Readonly<Record<string, KeywordValue | number | boolean | string>> = {},
): ExprTable {
  const entries = Object.entries(columns);
  return {
    rowCount: entries[0]?.[1].cells.length ?? 0,
    columns: entries.map(([name, column]) => shapeOf(name, column)),
    keyword: (name) => keywordValue(keywords[name.toUpperCase()]),
    read: (index) => valuesOf(entries[index]?.[1] as MemoryColumn),
  };
}

function shapeOf(name: string, { kind, cells, dims }: MemoryColumn): ColumnShape {
  const lengths = cells.map((cell) => (typeof cell === 'string' || Array.isArray(cell) ? cell.length : 1));
  return { name, kind, width: Math.max(1, ...lengths), ...(dims && { dims }) };
}

function keywordValue(value: KeywordValue | number | boolean | string | undefined): KeywordValue | undefined {
  if (typeof value === 'number') return { kind: Number.isInteger(value) ? 'integer' : 'real', value };
  if (typeof value === 'boolean') return { kind: 'logical', value };
  return typeof value === 'string' ? { kind: 'string', value } : value;
}

function valuesOf(column: MemoryColumn): ColumnValues {
  const { kind, cells } = column;
  const width = shapeOf('', column).width;
  if (kind === 'string') {
    const text = cells.map((cell) => String(cell).padEnd(width, ' ')).join('');
    return { kind, bytes: Uint8Array.from(text, (character) => character.charCodeAt(0)), offset: 0, stride: width };
  }
  if (kind === 'bit')
    return {
      kind,
      values: Uint8Array.from(
        cells.flatMap((cell) => [...String(cell)]),
        Number,
      ),
    };
  const flat = cells.flatMap((cell) => (Array.isArray(cell) ? cell : [cell]));
  if (kind === 'logical')
    return { kind, values: Uint8Array.from(flat, (value) => (value === null ? 255 : Number(value))) };
  const nulls = Uint8Array.from(flat, (value) => (value === null ? 1 : 0));
  return { kind: 'number', values: Float64Array.from(flat, Number), nulls };
}

/** The value of an expression in each row: null for null, arrays for vectors, `0101` for bits. */
export function valuesIn(table: ExprTable, text: string, options?: CompileOptions): Cell[] {
  const result = compileExpression(text, table, options).evaluate(table);
  const known = (index: number): number | boolean | string | null => {
    if (result.nulls?.[index] === 1) return null;
    const value = result.values[index] ?? null;
    return result.type === 'logical' ? value === 1 : value;
  };
  return Array.from({ length: table.rowCount }, (_, row) => {
    const cells = Array.from({ length: result.width }, (_unused, element) => known(row * result.width + element));
    if (result.type === 'bit') return cells.join('');
    return result.width === 1 ? (cells[0] ?? null) : (cells as (number | boolean | null)[]);
  });
}

/** The rows that a filter selects, counted from 0. */
export function rowsOf(table: ExprTable, text: string, options?: CompileOptions): number[] {
  return [...compileFilter(text, table, options).select(table)];
}

/** The message of the error that compiling or evaluating an expression gives. */
export function errorOf(table: ExprTable, text: string, options?: CompileOptions): string {
  try {
    valuesIn(table, text, options);
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
  throw new Error(`no error: ${text}`);
}
