import type { ColumnValues } from './table.ts';
import type { ExprType } from './type.ts';

/**
 * The values of one node for a run of consecutive rows. Every block has the same four arrays, so that the engine sees
 * one shape of object; those of other types are empty.
 */
export interface Block {
  /** Integers and reals. */
  numbers: Float64Array;
  /** Truth values (0, 1) or bits (0, 1, and 2 for `x`). */
  flags: Uint8Array;
  texts: string[];
  /** 1 for each element that is null; meaningless while {@link hasNulls} is false. What else a null element holds is undefined. */
  nulls: Uint8Array;
  hasNulls: boolean;
}

/** The run of rows at hand. */
export interface Frame {
  /** The first row, counted from 0. */
  firstRow: number;
  /** How many rows. */
  rows: number;
  /** Rows of the whole table. */
  readonly tableRows: number;
  /** The data of a column of the schema. */
  readonly column: (index: number) => ColumnValues;
}

/** Computes the values of a node for a run of rows from those of its operands. */
export type Kernel = (out: Block, args: readonly Block[], frame: Frame) => void;

const NO_NUMBERS = new Float64Array(0);
const NO_FLAGS = new Uint8Array(0);

/** Where the values of a type are kept. */
export function storageOf(type: ExprType): 'numbers' | 'flags' | 'texts' {
  if (type === 'string') return 'texts';
  return type === 'logical' || type === 'bit' ? 'flags' : 'numbers';
}

/** A block for `length` elements. */
export function makeBlock(storage: 'numbers' | 'flags' | 'texts', length: number): Block {
  return {
    numbers: storage === 'numbers' ? new Float64Array(length) : NO_NUMBERS,
    flags: storage === 'flags' ? new Uint8Array(length) : NO_FLAGS,
    texts: storage === 'texts' ? new Array<string>(length).fill('') : [],
    nulls: new Uint8Array(length),
    hasNulls: false,
  };
}

/** The operand at `index`; the number of operands is fixed when a node is made. */
export function operand(args: readonly Block[], index: number): Block {
  const block = args[index];
  if (block === undefined) throw new RangeError(`operand ${index} of ${args.length}`);
  return block;
}

/** A result is null where its operand is. */
export function copyNulls(out: Block, a: Block, length: number): void {
  out.hasNulls = a.hasNulls;
  if (a.hasNulls) out.nulls.set(a.nulls.subarray(0, length));
}

/** A result is null where any of its operands is. */
export function mergeNulls(out: Block, args: readonly Block[], length: number): void {
  out.hasNulls = false;
  for (const arg of args) {
    if (!arg.hasNulls) continue;
    if (out.hasNulls) {
      for (let i = 0; i < length; i++) out.nulls[i] = (out.nulls[i] as number) | (arg.nulls[i] as number);
    } else {
      out.nulls.set(arg.nulls.subarray(0, length));
      out.hasNulls = true;
    }
  }
}

/** For kernels that may add nulls of their own: makes `nulls` valid and all zero, if it is not valid yet. */
export function ensureNulls(out: Block, length: number): Uint8Array {
  if (!out.hasNulls) {
    out.nulls.fill(0, 0, length);
    out.hasNulls = true;
  }
  return out.nulls;
}
