import { type Kernel, operand } from './block.ts';
import type { ComparisonOperator } from './kernel-number.ts';

/** The bit that is neither 0 nor 1, whatever it stands beside. */
const ANY = 2;

/** The bit of a right-justified field: shorter fields are filled with zeros at the left. */
function bitAt(bits: Uint8Array, row: number, size: number, position: number): number {
  return position < 0 ? 0 : (bits[row * size + position] as number);
}

/** And, or of two bit fields. An `x` makes `x` of "and" always, of "or" unless the other bit decides. */
export function combineBits(operator: '&' | '|', leftSize: number, rightSize: number): Kernel {
  const size = Math.max(leftSize, rightSize);
  return (out, args, frame) => {
    const [a, b] = [operand(args, 0).flags, operand(args, 1).flags];
    out.hasNulls = false;
    for (let row = 0; row < frame.rows; row++) {
      for (let i = 0; i < size; i++) {
        const x = bitAt(a, row, leftSize, i - (size - leftSize));
        const y = bitAt(b, row, rightSize, i - (size - rightSize));
        out.flags[row * size + i] = operator === '&' ? andBit(x, y) : orBit(x, y);
      }
    }
  };
}

function andBit(x: number, y: number): number {
  return x === ANY || y === ANY ? ANY : x & y;
}

function orBit(x: number, y: number): number {
  if (x === 1 || y === 1) return 1;
  return x === 0 || y === 0 ? 0 : ANY;
}

/** One bit field after the other. */
export function appendBits(leftSize: number, rightSize: number): Kernel {
  const size = leftSize + rightSize;
  return (out, args, frame) => {
    const [a, b] = [operand(args, 0).flags, operand(args, 1).flags];
    out.hasNulls = false;
    for (let row = 0; row < frame.rows; row++) {
      out.flags.set(a.subarray(row * leftSize, (row + 1) * leftSize), row * size);
      out.flags.set(b.subarray(row * rightSize, (row + 1) * rightSize), row * size + leftSize);
    }
  };
}

/**
 * Comparison of two bit fields. An `x` equals any bit; in comparisons of size, places where either field has an `x`
 * are left out of both.
 */
export function compareBits(operator: Exclude<ComparisonOperator, '~'>, leftSize: number, rightSize: number): Kernel {
  const size = Math.max(leftSize, rightSize);
  return (out, args, frame) => {
    const [a, b] = [operand(args, 0).flags, operand(args, 1).flags];
    out.hasNulls = false;
    for (let row = 0; row < frame.rows; row++) {
      let order = 0;
      for (let i = 0; i < size && order === 0; i++) {
        const x = bitAt(a, row, leftSize, i - (size - leftSize));
        const y = bitAt(b, row, rightSize, i - (size - rightSize));
        if (x !== ANY && y !== ANY) order = x - y;
      }
      out.flags[row] = holds(operator, order) ? 1 : 0;
    }
  };
}

/** Whether a comparison holds for two values whose difference has this sign. */
export function holds(operator: Exclude<ComparisonOperator, '~'>, order: number): boolean {
  switch (operator) {
    case '==':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

/** The number of bits that are 1. */
export function countOnes(size: number): Kernel {
  return (out, args, frame) => {
    const from = operand(args, 0).flags;
    out.hasNulls = false;
    for (let row = 0; row < frame.rows; row++) {
      let ones = 0;
      for (let i = row * size; i < (row + 1) * size; i++) if (from[i] === 1) ones++;
      out.numbers[row] = ones;
    }
  };
}

/** Whether any bit is 1 (`max`), or whether none is 0 (`min`), as a field of one bit. */
export function extremeBit(which: 'min' | 'max', size: number): Kernel {
  const sought = which === 'max' ? 1 : 0;
  return (out, args, frame) => {
    const from = operand(args, 0).flags;
    out.hasNulls = false;
    for (let row = 0; row < frame.rows; row++) {
      const found = from.subarray(row * size, (row + 1) * size).includes(sought);
      out.flags[row] = found ? sought : 1 - sought;
    }
  };
}
