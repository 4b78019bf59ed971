import { type Block, copyNulls, type Kernel, mergeNulls, operand } from './block.ts';

/** And, or: null only where the known operand does not decide. */
export function andOr(operator: '&&' | '||', size: number): Kernel {
  const deciding = operator === '||' ? 1 : 0;
  return (out, args, frame) => {
    const length = frame.rows * size;
    const [left, right] = [operand(args, 0), operand(args, 1)];
    const [a, b, to] = [left.flags, right.flags, out.flags];
    if (operator === '&&') for (let i = 0; i < length; i++) to[i] = (a[i] as number) & (b[i] as number);
    else for (let i = 0; i < length; i++) to[i] = (a[i] as number) | (b[i] as number);
    out.hasNulls = left.hasNulls || right.hasNulls;
    if (!out.hasNulls) return;
    for (let i = 0; i < length; i++) {
      const leftNull = left.hasNulls && left.nulls[i] === 1;
      const rightNull = right.hasNulls && right.nulls[i] === 1;
      const decided = (!leftNull && a[i] === deciding) || (!rightNull && b[i] === deciding);
      out.nulls[i] = !decided && (leftNull || rightNull) ? 1 : 0;
      if (decided) to[i] = deciding;
    }
  };
}

/** Equality of two truth values, element by element. */
export function compareLogicals(operator: '==' | '!=', size: number): Kernel {
  const whenEqual = operator === '==' ? 1 : 0;
  return (out, args, frame) => {
    const length = frame.rows * size;
    const [a, b] = [operand(args, 0).flags, operand(args, 1).flags];
    mergeNulls(out, args, length);
    for (let i = 0; i < length; i++) out.flags[i] = a[i] === b[i] ? whenEqual : 1 - whenEqual;
  };
}

/** Negation of truth values, or of bits: an `x` stays. */
export function negate(size: number): Kernel {
  return (out, args, frame) => {
    const length = frame.rows * size;
    const from = operand(args, 0).flags;
    copyNulls(out, operand(args, 0), length);
    for (let i = 0; i < length; i++) out.flags[i] = from[i] === 2 ? 2 : 1 - (from[i] as number);
  };
}

/** `condition ? a : b`, element by element: null where the condition is, else as null as the chosen value. */
export function choose(size: number, storage: 'numbers' | 'flags' | 'texts'): Kernel {
  return (out, args, frame) => {
    const length = frame.rows * size;
    const condition = operand(args, 0);
    const [whenTrue, whenFalse] = [operand(args, 1), operand(args, 2)];
    out.hasNulls = condition.hasNulls || whenTrue.hasNulls || whenFalse.hasNulls;
    for (let i = 0; i < length; i++) {
      const chosen = condition.flags[i] === 1 ? whenTrue : whenFalse;
      take(out, chosen, i, storage);
      if (!out.hasNulls) continue;
      const unknown = condition.hasNulls && condition.nulls[i] === 1;
      out.nulls[i] = unknown || (chosen.hasNulls && chosen.nulls[i] === 1) ? 1 : 0;
    }
  };
}

/** `defnull(a, b)`: b where a is null. */
export function replaceNulls(size: number, storage: 'numbers' | 'flags' | 'texts'): Kernel {
  return (out, args, frame) => {
    const length = frame.rows * size;
    const [first, second] = [operand(args, 0), operand(args, 1)];
    out.hasNulls = first.hasNulls && second.hasNulls;
    for (let i = 0; i < length; i++) {
      const isNull = first.hasNulls && first.nulls[i] === 1;
      take(out, isNull ? second : first, i, storage);
      if (out.hasNulls) out.nulls[i] = isNull ? (second.nulls[i] as number) : 0;
    }
  };
}

function take(out: Block, from: Block, index: number, storage: 'numbers' | 'flags' | 'texts'): void {
  if (storage === 'numbers') out.numbers[index] = from.numbers[index] as number;
  else if (storage === 'flags') out.flags[index] = from.flags[index] as number;
  else out.texts[index] = from.texts[index] as string;
}

/** `isnull(x)`: never null itself. */
export function isNull(size: number): Kernel {
  return (out, args, frame) => {
    const length = frame.rows * size;
    const from = operand(args, 0);
    out.hasNulls = false;
    if (from.hasNulls) out.flags.set(from.nulls.subarray(0, length));
    else out.flags.fill(0, 0, length);
  };
}
