import { cellAt } from './cells.ts';
import { type Column, textShape } from './column.ts';
import { textEnd } from './concat-array.ts';
import { familyOf } from './concat-coding.ts';
import type { Source } from './concat-pair.ts';
import type { TargetColumn } from './concat-plan.ts';
import { axesOf, elements, sameAxes } from './concat-shape.ts';
import { codingIn, elementOf, hasNumbers, numberText } from './concat-values.ts';
import { decodeCells } from './decode.ts';
import { badValue, type Element, type ElementSource, elementsPerValue, encodeCells } from './encode.ts';
import { valueCode } from './tform.ts';

/** The rows being filled by one part. */
export interface RowRange {
  readonly bytes: Uint8Array;
  readonly rowBytes: number;
  /** The first row of the part. */
  readonly first: number;
  readonly count: number;
}

/** Whether the bytes of a source's cells are those of the target's. */
export function movesBytes(source: Source, target: TargetColumn): boolean {
  const { form, scale, zero, nullValue, dim } = source.column;
  const sameForm =
    form.elementCode === undefined &&
    form.code === target.form.code &&
    form.repeat === target.form.repeat &&
    form.substring === target.form.substring;
  const sameShape = sameAxes(dim, target.dim) || (dim === undefined && form.code !== 'A');
  const sameNumbers = scale === target.scale && zero === target.zero;
  return sameForm && sameShape && sameNumbers && (nullValue === undefined || nullValue === target.nullValue);
}

/** Bytes that go from rows to rows unchanged. */
export interface Segment {
  readonly from: number;
  readonly to: number;
  length: number;
}

/** Copies a segment of each row of a part. */
export function moveSegment(
  table: { rows: Uint8Array; rowBytes: number },
  rows: Uint32Array | undefined,
  range: RowRange,
  segment: Segment,
): void {
  const { from, to, length } = segment;
  const { rows: source, rowBytes } = table;
  if (length === rowBytes && length === range.rowBytes) {
    moveWholeRows(source, rows, range);
    return;
  }
  let at = range.first * range.rowBytes + to;
  for (let i = 0; i < range.count; i += 1, at += range.rowBytes) {
    const start = (rows === undefined ? i : (rows[i] as number)) * rowBytes + from;
    // A call of set costs as much as the copy of some dozen bytes.
    if (length > 64) range.bytes.set(source.subarray(start, start + length), at);
    else for (let b = 0; b < length; b += 1) range.bytes[at + b] = source[start + b] as number;
  }
}

/** Copies whole rows, runs of rows that follow one another at once. */
function moveWholeRows(source: Uint8Array, rows: Uint32Array | undefined, range: RowRange): void {
  const { rowBytes, count } = range;
  let at = range.first * rowBytes;
  if (rows === undefined) {
    range.bytes.set(source, at);
    return;
  }
  for (let i = 0; i < count; ) {
    const start = rows[i] as number;
    let run = 1;
    while (i + run < count && rows[i + run] === start + run) run += 1;
    range.bytes.set(source.subarray(start * rowBytes, (start + run) * rowBytes), at);
    at += run * rowBytes;
    i += run;
  }
}

/** Fills a column with nulls in the rows of a part that has no such column. */
export function fillNulls(target: TargetColumn, range: RowRange): void {
  if (target.form.elementCode !== undefined) return;
  const cell = new Uint8Array(target.form.bytes);
  encodeCells(
    target,
    () => undefined,
    1,
    target.form.repeat,
    { bytes: cell, start: 0, stride: 0 },
    refuse(target.name),
  );
  if (cell.every((byte) => byte === 0)) return;
  let at = range.first * range.rowBytes + target.offset;
  for (let i = 0; i < range.count; i += 1, at += range.rowBytes) range.bytes.set(cell, at);
}

/** Converts the cells of a source of fixed width. */
export function convertCells(source: Source, target: TargetColumn, range: RowRange): void {
  if (familyOf(target) === 'text' && familyOf(source.column) === 'text') {
    moveTexts(source, target, range);
    return;
  }
  const { table, column, rows } = source;
  const data = decodeCells(codingIn(target.domain, column), table.cells(column, rows));
  const place = { bytes: range.bytes, start: range.first * range.rowBytes + target.offset, stride: range.rowBytes };
  const coding = codingIn(target.domain, target);
  encodeCells(coding, elementsOf(data, source, target), range.count, target.form.repeat, place, refuse(target.name));
}

function refuse(column: string): (row: number, reason: string) => never {
  return (row, reason) => {
    throw badValue(column, row, reason);
  };
}

/** Decoded values at the places that they have in the target; undefined where the source has none. */
function elementsOf(data: ReturnType<typeof decodeCells>, source: Source, target: TargetColumn): ElementSource {
  if (data.kind === 'string') return (row, element) => data.get(row * data.width + element);
  const perValue = elementsPerValue(valueCode(source.column.form));
  const width = data.width * perValue;
  const single = valueCode(source.column.form) === 'E';
  const value: (index: number) => Element = hasNumbers(data)
    ? (index) => elementOf(data, index)
    : (index) => data.values[index];
  const text: (index: number) => Element = hasNumbers(data)
    ? (index) => numberText(elementOf(data, index), single)
    : value;
  const get = familyOf(target) === 'text' ? text : value;
  const from = placement(source.column, target);
  return (row, element) => {
    const own = from(Math.floor(element / perValue));
    return own < 0 || own >= data.width ? undefined : get(row * width + own * perValue + (element % perValue));
  };
}

/** For each element of the target the one of the source that stands at the same coordinates, −1 where there is none. */
function placement(source: Column, target: TargetColumn): (element: number) => number {
  const to = target.dim;
  if (to === undefined || valueCode(target.form) === 'A') return (element) => element;
  const from = axesOf(source, target.joined);
  if (sameAxes(from, to)) return (element) => element;
  const inside = elements(to);
  return (element) => {
    if (element >= inside) return -1;
    let rest = element;
    let own = 0;
    let step = 1;
    for (let axis = 0; axis < to.length; axis += 1) {
      const length = to[axis] ?? 1;
      const coordinate = rest % length;
      rest = Math.floor(rest / length);
      const ownLength = from[axis] ?? 1;
      if (coordinate >= ownLength) return -1;
      own += coordinate * step;
      step *= ownLength;
    }
    return own;
  };
}

/** Copies texts into wider fields, byte by byte: what is no ASCII must survive. */
function moveTexts(source: Source, target: TargetColumn, range: RowRange): void {
  const own = textShape(source.column);
  const shape = textShape(target);
  const cells = source.table.cells(source.column, source.rows);
  let at = range.first * range.rowBytes + target.offset;
  for (let row = 0; row < range.count; row += 1, at += range.rowBytes) {
    range.bytes.fill(0x20, at, at + target.form.bytes);
    const start = cellAt(cells, row);
    for (let e = 0; e < own.count; e += 1) {
      const from = start + e * own.length;
      const length = textEnd(cells.bytes, from, own.length);
      range.bytes.set(cells.bytes.subarray(from, from + length), at + e * shape.length);
    }
  }
}
