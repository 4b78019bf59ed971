import { IactError } from '../core/index.ts';
import { setSizes } from './column-cards.ts';
import { joinHeaders } from './concat-header.ts';
import { measureArrays, moveArrays } from './concat-heap.ts';
import { convertCells, fillNulls, moveSegment, movesBytes, type RowRange, type Segment } from './concat-move.ts';
import { pairColumns, partRows, type TablePart } from './concat-pair.ts';
import { type ConcatNote, notesOf, placeColumns, planColumns, type TargetColumn } from './concat-plan.ts';
import { allocate } from './records.ts';
import { BinTable } from './table.ts';
import { makeTForm, valueCode } from './tform.ts';

export type { TablePart } from './concat-pair.ts';
export type { ConcatNote } from './concat-plan.ts';

/** How tables are joined. */
export interface ConcatOptions {
  /** Told what differed between the parts and how it was settled. */
  onNote?: ((note: ConcatNote) => void) | undefined;
}

/**
 * Joins tables, or rows of them, one below the other, without loss.
 *
 * The header is that of the first part. Columns are matched by name (exactly, else in any case); those that only later
 * parts have are added with their keywords. Where a part lacks a column its rows are null: TNULL (declared with a value
 * that is not in use where there is none, in a wider type where all are), NaN, blank text, the zero byte of a logical,
 * bits 0, an empty array. Types that differ become the narrowest that holds both; integers with floats become doubles
 * if they are exact, numbers with text become decimal text. Vectors and texts take the greatest width, on each axis of
 * TDIM. Arrays of the heap are copied as far as rows use them, and P becomes Q where the heap passes 2^31 − 1 bytes.
 *
 * Where the first unit is kept although another differs, and where a type changes, `onNote` is told.
 *
 * @throws IactError 'bad-data' naming the column when there is no type for the values of all parts, or when a descriptor
 *   points outside its heap; 'usage' when there is no part, or a row is asked for that a part does not have
 */
export function concatTables(parts: readonly TablePart[], options: ConcatOptions = {}): BinTable {
  const [first] = parts;
  if (first === undefined) throw new IactError('usage', 'Cannot join tables: none is given');
  for (const part of parts) checkRows(part);
  const joined = pairColumns(parts);
  const { columns, rowBytes, heapBytes } = layOut(planColumns(joined));
  const rowCount = parts.reduce((sum, part) => sum + partRows(part), 0);
  const purpose = `the joined table of ${rowCount} rows`;
  const heap = allocate(heapBytes, purpose);
  const bytes = allocate(rowBytes * rowCount, purpose);
  let heapEnd = 0;
  let firstRow = 0;
  parts.forEach((part, index) => {
    const count = partRows(part);
    const range: RowRange = { bytes, rowBytes, first: firstRow, count };
    if (count > 0) heapEnd = movePart(part, index, columns, range, heap, heapEnd);
    firstRow += count;
  });
  for (const note of notesOf(columns)) options.onNote?.(note);
  const header = joinHeaders(first.table.header, columns, first.table.uri);
  setSizes(header, rowBytes, rowCount, heapBytes);
  return new BinTable(header, bytes, heap, first.table.uri);
}

function checkRows({ table, rows }: TablePart): void {
  const wrong = rows?.find((row) => row >= table.rowCount);
  if (wrong === undefined) return;
  throw new IactError('usage', `Cannot take row ${wrong + 1} of "${table.uri}": the table has ${table.rowCount} rows`);
}

/** Finds the size of the heap and with it the places of the columns. */
function layOut(planned: readonly TargetColumn[]): { columns: TargetColumn[]; rowBytes: number; heapBytes: number } {
  let heapBytes = 0;
  const measured = planned.map((column) => {
    if (column.form.elementCode === undefined) return column;
    let maxLength = 0;
    for (const source of column.joined.present) {
      const needs = measureArrays(source, column);
      heapBytes += needs.bytes;
      maxLength = Math.max(maxLength, needs.maxLength);
    }
    const { code, repeat } = column.form;
    return { ...column, form: makeTForm(code, repeat, { elementCode: valueCode(column.form), maxLength }) };
  });
  return { ...placeColumns(measured, heapBytes > 2 ** 31 - 1), heapBytes };
}

/** Fills the rows of one part. */
function movePart(
  { table, rows }: TablePart,
  index: number,
  columns: readonly TargetColumn[],
  range: RowRange,
  heap: Uint8Array,
  heapStart: number,
): number {
  const segments: Segment[] = [];
  let heapEnd = heapStart;
  for (const target of columns) {
    const source = target.joined.sources[index];
    if (source === undefined) fillNulls(target, range);
    else if (target.form.elementCode !== undefined) heapEnd = moveArrays(source, target, range, heap, heapEnd);
    else if (movesBytes(source, target)) addSegment(segments, source.column.offset, target);
    else convertCells(source, target, range);
  }
  for (const segment of segments) moveSegment(table, rows, range, segment);
  return heapEnd;
}

/** Adds the bytes of a column, to the last segment where they follow it on both sides. */
function addSegment(segments: Segment[], from: number, target: TargetColumn): void {
  const last = segments.at(-1);
  if (last !== undefined && last.from + last.length === from && last.to + last.length === target.offset) {
    last.length += target.form.bytes;
  } else segments.push({ from, to: target.offset, length: target.form.bytes });
}
