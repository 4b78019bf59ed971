import { IactError } from '../core/index.ts';
import { type Block, ensureNulls, type Frame, type Kernel } from './block.ts';
import { fieldText } from './kernel-string.ts';
import type { BitValues, ColumnShape, LogicalValues, NumberValues, StringValues } from './table.ts';

const SMALLEST_DOUBLE = 2 ** -1022;
const SMALLEST_SINGLE = 2 ** -126;
const NULL_LOGICAL = 255;

/**
 * Loads a column for a run of rows, each taken `rowOffset` rows further on. Rows outside the table are null
 * (bits: all zero).
 */
export function loadColumn(shape: ColumnShape, column: number, rowOffset: number): Kernel {
  const load = LOADERS[shape.kind === 'integer' || shape.kind === 'real' ? 'number' : shape.kind];
  const width = shape.kind === 'string' ? 1 : shape.width;
  return (out, _args, frame) => {
    const values = frame.column(column);
    const wanted = shape.kind === 'integer' || shape.kind === 'real' ? 'number' : shape.kind;
    if (values.kind !== wanted) {
      throw new IactError(
        'bad-data',
        `Cannot read column "${shape.name}": expected ${wanted} values, found ${values.kind} values.`,
      );
    }
    const from = frame.firstRow + rowOffset;
    const skipped = Math.min(frame.rows, Math.max(0, -from));
    const end = Math.max(skipped, Math.min(frame.rows, frame.tableRows - from));
    out.hasNulls = false;
    const piece: Piece = { shape, frame, start: from + skipped, to: skipped, rows: end - skipped };
    if (piece.rows > 0) load(out, values as never, piece);
    blank(out, frame, shape, 0, skipped * width);
    blank(out, frame, shape, end * width, frame.rows * width);
  };
}

/** Rows of the table (`start` on) that go to rows of the block (`to` on). */
interface Piece {
  readonly shape: ColumnShape;
  readonly frame: Frame;
  readonly start: number;
  readonly to: number;
  readonly rows: number;
}

function blank(out: Block, frame: Frame, shape: ColumnShape, start: number, end: number): void {
  if (start >= end) return;
  if (shape.kind === 'string') out.texts.fill('', start, end);
  else if (shape.kind === 'bit' || shape.kind === 'logical') out.flags.fill(0, start, end);
  else out.numbers.fill(0, start, end);
  if (shape.kind === 'bit') return;
  const width = shape.kind === 'string' ? 1 : shape.width;
  ensureNulls(out, frame.rows * width).fill(1, start, end);
}

const LOADERS = {
  number: loadNumbers,
  logical: loadLogicals,
  bit: loadBits,
  string: loadStrings,
  unsupported: () => {},
} as const;

function loadNumbers(out: Block, { values, nulls }: NumberValues, { shape, frame, start, to, rows }: Piece): void {
  const [first, length, target] = [start * shape.width, rows * shape.width, to * shape.width];
  const all = frame.rows * shape.width;
  out.numbers.set(values.subarray(first, first + length), target);
  if (nulls !== undefined) {
    const some = nulls.subarray(first, first + length);
    if (some.includes(1)) ensureNulls(out, all).set(some, target);
  }
  if (!(values instanceof Float32Array || values instanceof Float64Array)) return;
  const smallest = values instanceof Float32Array ? SMALLEST_SINGLE : SMALLEST_DOUBLE;
  const numbers = out.numbers;
  for (let i = target; i < target + length; i++) {
    const value = numbers[i] as number;
    // CFITSIO tells by the exponent: infinities are null like NaN, and numbers without a leading one are 0.
    if (value - value !== 0) ensureNulls(out, all)[i] = 1;
    else if (value < smallest && value > -smallest) numbers[i] = 0;
  }
}

function loadLogicals(out: Block, { values }: LogicalValues, { shape, frame, start, to, rows }: Piece): void {
  const [first, length, target] = [start * shape.width, rows * shape.width, to * shape.width];
  for (let i = 0; i < length; i++) {
    const value = values[first + i] as number;
    out.flags[target + i] = value === 1 ? 1 : 0;
    if (value === NULL_LOGICAL) ensureNulls(out, frame.rows * shape.width)[target + i] = 1;
  }
}

function loadBits(out: Block, { values }: BitValues, { shape, start, to, rows }: Piece): void {
  out.flags.set(values.subarray(start * shape.width, (start + rows) * shape.width), to * shape.width);
}

function loadStrings(out: Block, values: StringValues, { shape, start, to, rows }: Piece): void {
  for (let i = 0; i < rows; i++) out.texts[to + i] = fieldText(values, start + i, shape.width);
}
