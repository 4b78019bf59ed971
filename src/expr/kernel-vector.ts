import { type Block, copyNulls, ensureNulls, type Frame, type Kernel, operand } from './block.ts';

/** Repeats the value of each row `times` times: a scalar beside a vector. */
export function spread(times: number): Kernel {
  return (out, args, frame) => {
    const from = operand(args, 0);
    out.hasNulls = from.hasNulls;
    for (let row = 0; row < frame.rows; row++) {
      const [start, end] = [row * times, (row + 1) * times];
      if (out.numbers.length > 0) out.numbers.fill(from.numbers[row] as number, start, end);
      else out.flags.fill(from.flags[row] as number, start, end);
      if (from.hasNulls) out.nulls.fill(from.nulls[row] as number, start, end);
    }
  };
}

/** Puts vectors and scalars of one storage one after the other: `{a, b, c}`. */
export function concatenate(sizes: readonly number[]): Kernel {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return (out, args, frame) => {
    const length = frame.rows * total;
    out.hasNulls = false;
    let offset = 0;
    args.forEach((arg, index) => {
      const size = sizes[index] ?? 0;
      for (let row = 0; row < frame.rows; row++) {
        for (let element = 0; element < size; element++) {
          const [to, from] = [row * total + offset + element, row * size + element];
          if (out.numbers.length > 0) out.numbers[to] = arg.numbers[from] as number;
          else out.flags[to] = arg.flags[from] as number;
          if (arg.hasNulls && arg.nulls[from] === 1) ensureNulls(out, length)[to] = 1;
        }
      }
      offset += size;
    });
  };
}

/** What a function of a vector makes of the elements that are not null; undefined is null. */
export type Reduction = (values: readonly number[]) => number | undefined;

/** A function of a whole vector, for each row: of numbers, or of truth values as 1 and 0. */
export function reduce(size: number, reduction: Reduction): Kernel {
  const known: number[] = [];
  return (out, args, frame) => {
    const from = operand(args, 0);
    const values: ArrayLike<number> = from.numbers.length > 0 ? from.numbers : from.flags;
    out.hasNulls = false;
    for (let row = 0; row < frame.rows; row++) {
      known.length = 0;
      for (let i = row * size; i < (row + 1) * size; i++) {
        if (!from.hasNulls || from.nulls[i] === 0) known.push(values[i] as number);
      }
      const result = reduction(known);
      out.numbers[row] = result ?? 0;
      if (result === undefined) ensureNulls(out, frame.rows)[row] = 1;
    }
  };
}

/** Sums from the last element to the first, as CFITSIO does: the order decides the last digit. */
export function sum(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduceRight((total, value) => total + value, 0);
}

export function average(values: readonly number[]): number | undefined {
  const total = sum(values);
  return total === undefined ? undefined : total / values.length;
}

/** The sample standard deviation (n - 1); 0 for fewer than two values. */
export function standardDeviation(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const mean = average(values) ?? 0;
  return Math.sqrt(values.reduceRight((total, value) => total + (value - mean) ** 2, 0) / (values.length - 1));
}

/** The middle value; of an even number of values the lower one of the two in the middle. */
export function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[(values.length - 1) >> 1];
}

/** The least value. What CFITSIO makes of NaN, which only arithmetic gives, depends on the order: from the last on. */
export function least(values: readonly number[]): number | undefined {
  let found = values.at(-1);
  for (const value of values.toReversed()) if (!(Number(found) < value)) found = value;
  return found;
}

/** The greatest value; NaN as for {@link least}. */
export function greatest(values: readonly number[]): number | undefined {
  let found = values.at(-1);
  for (const value of values.toReversed()) if (!(Number(found) > value)) found = value;
  return found;
}

/** The smaller or greater of two numbers, element by element; null only where both are. */
export function pickOfTwo(size: number, takeFirst: (a: number, b: number) => boolean): Kernel {
  return (out, args, frame) => {
    const length = frame.rows * size;
    const [a, b] = [operand(args, 0), operand(args, 1)];
    out.hasNulls = a.hasNulls && b.hasNulls;
    for (let i = 0; i < length; i++) {
      const [x, y] = [a.numbers[i] as number, b.numbers[i] as number];
      const aNull = a.hasNulls && a.nulls[i] === 1;
      const bNull = b.hasNulls && b.nulls[i] === 1;
      out.numbers[i] = bNull || (!aNull && takeFirst(x, y)) ? x : y;
      if (out.hasNulls) out.nulls[i] = aNull && bNull ? 1 : 0;
    }
  };
}

/** The position of each element along one axis (counted from 1; 0 for the first axis), or in the whole vector. */
export function positions(dims: readonly number[], axis?: number): Kernel {
  const size = dims.reduce((product, dim) => product * dim, 1);
  const step = axis === undefined ? 1 : dims.slice(0, axis).reduce((product, dim) => product * dim, 1);
  const count = axis === undefined ? size : (dims[axis] ?? 1);
  return (out, _args, frame) => {
    out.hasNulls = false;
    for (let i = 0; i < frame.rows * size; i++) out.numbers[i] = (Math.floor((i % size) / step) % count) + 1;
  };
}

/** Running sum over all elements of all rows so far; nulls count as 0. */
export function accumulate(size: number): Kernel {
  let total = 0;
  return (out, args, frame) => {
    const from = operand(args, 0);
    const values: ArrayLike<number> = from.numbers.length > 0 ? from.numbers : from.flags;
    out.hasNulls = false;
    for (let i = 0; i < frame.rows * size; i++) {
      if (!from.hasNulls || from.nulls[i] === 0) total += values[i] as number;
      out.numbers[i] = total;
    }
  };
}

/** Difference to the element before (the first one: to 0); null where either is null. */
export function difference(size: number): Kernel {
  let previous = 0;
  let previousNull = 0;
  return (out, args, frame) => {
    const length = frame.rows * size;
    const from = operand(args, 0);
    copyNulls(out, from, length);
    for (let i = 0; i < length; i++) {
      const value = from.numbers[i] as number;
      if (previousNull === 1) ensureNulls(out, length)[i] = 1;
      out.numbers[i] = value - previous;
      previous = value;
      previousNull = from.hasNulls ? (from.nulls[i] as number) : 0;
    }
  };
}

/** How many elements of each row are not null. */
export function countKnown(size: number): Kernel {
  return (out, args, frame) => {
    const from = operand(args, 0);
    out.hasNulls = false;
    for (let row = 0; row < frame.rows; row++) {
      let nulls = 0;
      if (from.hasNulls) for (let i = row * size; i < (row + 1) * size; i++) nulls += from.nulls[i] as number;
      out.numbers[row] = size - nulls;
    }
  };
}

/** Copies one element, or one slice, of each row's vector to the result. */
export function copySlice(out: Block, from: Block, frame: Frame, row: number, start: number, count: number): void {
  const to = row * count;
  if (out.numbers.length > 0) out.numbers.set(from.numbers.subarray(start, start + count), to);
  else out.flags.set(from.flags.subarray(start, start + count), to);
  if (!from.hasNulls) return;
  ensureNulls(out, frame.rows * count).set(from.nulls.subarray(start, start + count), to);
}
