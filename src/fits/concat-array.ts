import { IactError } from '../core/index.ts';
import { cellAt } from './cells.ts';
import { textShape } from './column.ts';
import type { Source } from './concat-pair.ts';
import { Descriptors } from './heap.ts';
import { valueCode } from './tform.ts';

/** Elements of one row, wherever they lie. */
export interface ArrayCell {
  /** Elements. */
  readonly count: number;
  /** Position in the reader's memory. */
  readonly offset: number;
}

/** Gives the cells of a column, of fixed or of variable length, as arrays. */
export interface ArrayReader {
  readonly memory: Uint8Array;
  get(row: number): ArrayCell;
}

/**
 * How often a heap may be used over when rows share arrays in part. Without a bound a small file could ask for rows
 * times heap bytes.
 */
const MAX_OVERLAP = 16;

/** A reader of the rows that a source takes. */
export function arrayReader(source: Source): ArrayReader {
  const { table, column, rows } = source;
  const cells = table.cells(column, rows);
  if (column.form.elementCode !== undefined) {
    const descriptors = new Descriptors(column, cells, table.heap.length);
    return { memory: table.heap, get: (row) => descriptors.get(row) };
  }
  const { repeat } = column.form;
  if (valueCode(column.form) !== 'A') {
    return { memory: table.rows, get: (row) => ({ count: repeat, offset: cellAt(cells, row) }) };
  }
  const { length } = textShape(column);
  return {
    memory: table.rows,
    get: (row) => {
      const offset = cellAt(cells, row);
      return { count: textEnd(table.rows, offset, length), offset };
    },
  };
}

/** Bytes of a text field up to the first NUL, without trailing blanks. */
export function textEnd(bytes: Uint8Array, offset: number, length: number): number {
  const nul = bytes.subarray(offset, offset + length).indexOf(0);
  let end = nul < 0 ? length : nul;
  while (end > 0 && bytes[offset + end - 1] === 0x20) end -= 1;
  return end;
}

/**
 * Whether rows of a source share arrays of the heap, so that the arrays must be copied once only.
 *
 * @throws IactError 'bad-data' when a descriptor points outside the heap, or arrays overlap without being the same
 */
export function sharesArrays(source: Source): boolean {
  if (source.column.form.elementCode === undefined) return false;
  const { table, column, rows } = source;
  const descriptors = new Descriptors(column, table.cells(column, rows), table.heap.length);
  let bytes = 0;
  for (let row = 0; row < source.rowCount; row += 1) bytes += descriptors.get(row).bytes;
  if (bytes <= table.heap.length) return false;
  const seen = new Set<string>();
  let distinct = 0;
  for (let row = 0; row < source.rowCount; row += 1) {
    const cell = descriptors.get(row);
    const key = cellKey(cell);
    if (!seen.has(key)) distinct += cell.bytes;
    seen.add(key);
  }
  if (distinct > MAX_OVERLAP * table.heap.length) {
    const found = `its arrays take ${distinct} bytes of a heap of ${table.heap.length}`;
    throw new IactError('bad-data', `Cannot join column "${column.name}" of "${table.uri}": ${found}`);
  }
  return true;
}

/** What two cells that are the same array have in common. */
export function cellKey(cell: ArrayCell): string {
  return `${cell.offset}:${cell.count}`;
}
