import { type ArrayCell, type ArrayReader, arrayReader, cellKey, sharesArrays } from './concat-array.ts';
import { cannotJoin } from './concat-coding.ts';
import type { RowRange } from './concat-move.ts';
import type { Source } from './concat-pair.ts';
import type { TargetColumn } from './concat-plan.ts';
import { codingIn, elementOf, hasNumbers } from './concat-values.ts';
import { decodeCells } from './decode.ts';
import { badValue, type ElementSource, encodeCells } from './encode.ts';
import { putDescriptor } from './heap.ts';
import { elementsBytes, valueCode } from './tform.ts';

/** What the arrays of a source need. */
export interface ArrayNeeds {
  /** Bytes in the joined heap. */
  readonly bytes: number;
  /** Elements of the longest. */
  readonly maxLength: number;
}

/** How much of the joined heap the arrays of a source will take, arrays that rows share counted once. */
export function measureArrays(source: Source, target: TargetColumn): ArrayNeeds {
  const seen = sharesArrays(source) ? new Set<string>() : undefined;
  const reader = arrayReader(source);
  let bytes = 0;
  let maxLength = 0;
  for (let row = 0; row < source.rowCount; row += 1) {
    const cell = reader.get(row);
    maxLength = Math.max(maxLength, cell.count);
    if (seen?.has(cellKey(cell)) === true) continue;
    seen?.add(cellKey(cell));
    bytes += elementsBytes(valueCode(target.form), cell.count);
  }
  return { bytes, maxLength };
}

/**
 * Copies the arrays of a source into the joined heap and writes their descriptors.
 *
 * @returns the end of the heap's used part
 */
export function moveArrays(
  source: Source,
  target: TargetColumn,
  range: RowRange,
  heap: Uint8Array,
  start: number,
): number {
  const copied = sharesArrays(source) ? new Map<string, number>() : undefined;
  const reader = arrayReader(source);
  const put = arrayWriter(source, target, reader, heap);
  let end = start;
  for (let row = 0; row < range.count; row += 1) {
    const cell = reader.get(row);
    if (cell.count === 0) continue;
    const key = copied === undefined ? '' : cellKey(cell);
    const known = copied?.get(key);
    const offset = known ?? end;
    if (known === undefined) {
      put(cell, end, row);
      copied?.set(key, end);
      end += elementsBytes(valueCode(target.form), cell.count);
    }
    const at = (range.first + row) * range.rowBytes + target.offset;
    if (!putDescriptor(range.bytes, at, target.form.code, cell.count, offset)) {
      throw cannotJoin(target.joined, `${cell.count} elements at byte ${offset} of the heap are beyond P`);
    }
  }
  return end;
}

type ArrayWriter = (cell: ArrayCell, at: number, row: number) => void;

function arrayWriter(source: Source, target: TargetColumn, reader: ArrayReader, heap: Uint8Array): ArrayWriter {
  const { column } = source;
  const code = valueCode(column.form);
  const sameBytes =
    code === valueCode(target.form) &&
    column.scale === target.scale &&
    column.zero === target.zero &&
    (column.nullValue === undefined || column.nullValue === target.nullValue);
  if (sameBytes) {
    return ({ count, offset }, at) => heap.set(reader.memory.subarray(offset, offset + elementsBytes(code, count)), at);
  }
  const from = codingIn(target.domain, column);
  const to = codingIn(target.domain, target);
  return ({ count, offset }, at, row) => {
    const cells = { bytes: reader.memory, start: offset, stride: 0, rows: undefined, count: 1, width: count };
    const data = decodeCells(from, cells);
    const get: ElementSource = (_, element) => (hasNumbers(data) ? elementOf(data, element) : undefined);
    encodeCells(to, get, 1, count, { bytes: heap, start: at, stride: 0 }, (_, reason) => {
      throw badValue(target.name, row, reason);
    });
  };
}
