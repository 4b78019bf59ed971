import { copyNulls, ensureNulls, type Frame, type Kernel, mergeNulls, operand } from './block.ts';

/** The value that a C cast to a 64-bit integer gives where the number does not fit (x86-64), NaN included. */
const NO_INTEGER = -(2 ** 63);
const EXACT_INTEGERS = 2 ** 53;
/** Numbers that differ by less are equal to the operator `~`. */
const APPROXIMATELY = 1e-7;

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | '^';
export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | '~';
export type BitwiseOperator = '&' | '|' | '^^';

/** A C cast from double to a 64-bit integer: cuts off the fraction. */
export function toInteger(value: number): number {
  const cut = Math.trunc(value) + 0;
  return cut >= NO_INTEGER && cut < -NO_INTEGER ? cut : NO_INTEGER;
}

/** The opposite of an integer. There is none of the smallest one, which stays, as in C; 0 has no sign. */
export function negated(value: number): number {
  return value === NO_INTEGER ? value : 0 - value;
}

/** Sums and products beyond 2^53 wrap around at 64 bits, as in C, and are rounded to the nearest double. */
function wrapped(a: number, b: number, operator: '+' | '-' | '*'): number {
  const [x, y] = [BigInt(a), BigInt(b)];
  return Number(BigInt.asIntN(64, operator === '+' ? x + y : operator === '-' ? x - y : x * y));
}

/** Arithmetic of two integers, element by element. Division by zero gives null. */
export function integerArithmetic(operator: ArithmeticOperator, size: number): Kernel {
  return (out, args, frame) => {
    const length = frame.rows * size;
    const [a, b, to] = [operand(args, 0).numbers, operand(args, 1).numbers, out.numbers];
    mergeNulls(out, args, length);
    if (operator === '+' || operator === '-' || operator === '*') {
      for (let i = 0; i < length; i++) {
        const x = a[i] as number;
        const y = b[i] as number;
        // The "+ 0" turns -0, which integers do not have, into 0.
        const exact = operator === '+' ? x + y : operator === '-' ? x - y : x * y + 0;
        to[i] = exact <= EXACT_INTEGERS && exact >= -EXACT_INTEGERS ? exact : wrapped(x, y, operator);
      }
    } else if (operator === '^') {
      for (let i = 0; i < length; i++) to[i] = toInteger(power(a[i] as number, b[i] as number));
    } else {
      divideIntegers(operator, a, b, to, length);
      nullWhereZero(out, b, length);
    }
  };
}

function divideIntegers(operator: '/' | '%', a: Float64Array, b: Float64Array, to: Float64Array, length: number): void {
  for (let i = 0; i < length; i++) {
    const x = a[i] as number;
    const y = b[i] as number;
    const rest = x % y;
    // Exact below 2^53, where a rounded quotient may reach the next integer.
    to[i] = (operator === '%' ? rest : (x - rest) / y) + 0;
  }
}

/** Arithmetic of two reals, element by element. Division by zero gives null. */
export function realArithmetic(operator: ArithmeticOperator, size: number): Kernel {
  return (out, args, frame) => {
    const length = frame.rows * size;
    const [a, b, to] = [operand(args, 0).numbers, operand(args, 1).numbers, out.numbers];
    mergeNulls(out, args, length);
    switch (operator) {
      case '+':
        for (let i = 0; i < length; i++) to[i] = (a[i] as number) + (b[i] as number);
        break;
      case '-':
        for (let i = 0; i < length; i++) to[i] = (a[i] as number) - (b[i] as number);
        break;
      case '*':
        for (let i = 0; i < length; i++) to[i] = (a[i] as number) * (b[i] as number);
        break;
      case '/':
        for (let i = 0; i < length; i++) to[i] = (a[i] as number) / (b[i] as number);
        nullWhereZero(out, b, length);
        break;
      case '%':
        for (let i = 0; i < length; i++) to[i] = remainder(a[i] as number, b[i] as number);
        nullWhereZero(out, b, length);
        break;
      case '^':
        for (let i = 0; i < length; i++) to[i] = power(a[i] as number, b[i] as number);
        break;
    }
  };
}

/** The quotient is cut to an integer of 32 bits, as in CFITSIO; one that does not fit becomes -2^31. */
function remainder(x: number, y: number): number {
  const quotient = Math.trunc(x / y);
  return x - y * (quotient >= -(2 ** 31) && quotient < 2 ** 31 ? quotient : -(2 ** 31));
}

/** `pow` of C: 1 to any power is 1, and so is anything to the power 0. Squares are rounded correctly. */
function power(x: number, y: number): number {
  if (x === 1) return 1;
  if (y === 2) return x * x;
  if (x === -1 && (y === Number.POSITIVE_INFINITY || y === Number.NEGATIVE_INFINITY)) return 1;
  return x ** y;
}

function nullWhereZero(out: Parameters<Kernel>[0], divisors: Float64Array, length: number): void {
  for (let i = 0; i < length; i++) {
    if (divisors[i] === 0) {
      ensureNulls(out, length)[i] = 1;
      out.numbers[i] = 0;
    }
  }
}

/** Comparison of two numbers, element by element. `~` of integers is `==`. */
export function compareNumbers(operator: ComparisonOperator, size: number): Kernel {
  return (out, args, frame) => {
    const length = frame.rows * size;
    const [a, b, to] = [operand(args, 0).numbers, operand(args, 1).numbers, out.flags];
    mergeNulls(out, args, length);
    switch (operator) {
      case '==':
        for (let i = 0; i < length; i++) to[i] = a[i] === b[i] ? 1 : 0;
        break;
      case '!=':
        for (let i = 0; i < length; i++) to[i] = a[i] !== b[i] ? 1 : 0;
        break;
      case '<':
        for (let i = 0; i < length; i++) to[i] = (a[i] as number) < (b[i] as number) ? 1 : 0;
        break;
      case '<=':
        for (let i = 0; i < length; i++) to[i] = (a[i] as number) <= (b[i] as number) ? 1 : 0;
        break;
      case '>':
        for (let i = 0; i < length; i++) to[i] = (a[i] as number) > (b[i] as number) ? 1 : 0;
        break;
      case '>=':
        for (let i = 0; i < length; i++) to[i] = (a[i] as number) >= (b[i] as number) ? 1 : 0;
        break;
      case '~':
        for (let i = 0; i < length; i++) to[i] = Math.abs((a[i] as number) - (b[i] as number)) < APPROXIMATELY ? 1 : 0;
        break;
    }
  };
}

/** Bitwise and, or, exclusive or of two integers of up to 64 bits. */
export function bitwise(operator: BitwiseOperator, size: number): Kernel {
  return (out, args, frame) => {
    const length = frame.rows * size;
    const [a, b, to] = [operand(args, 0).numbers, operand(args, 1).numbers, out.numbers];
    mergeNulls(out, args, length);
    for (let i = 0; i < length; i++) {
      const x = a[i] as number;
      const y = b[i] as number;
      if ((x | 0) !== x || (y | 0) !== y) to[i] = bitwiseWide(operator, x, y);
      else to[i] = operator === '&' ? x & y : operator === '|' ? x | y : x ^ y;
    }
  };
}

function bitwiseWide(operator: BitwiseOperator, a: number, b: number): number {
  if (!Number.isInteger(a) || !Number.isInteger(b)) return 0;
  const [x, y] = [BigInt.asIntN(64, BigInt(a)), BigInt.asIntN(64, BigInt(b))];
  return Number(operator === '&' ? x & y : operator === '|' ? x | y : x ^ y);
}

/** One number to one number; where `isDefined` says no, the result is null. */
export function mapNumber(
  size: number,
  compute: (value: number) => number,
  isDefined?: (value: number) => boolean,
): Kernel {
  return (out, args, frame) => {
    const length = frame.rows * size;
    const from = operand(args, 0).numbers;
    copyNulls(out, operand(args, 0), length);
    for (let i = 0; i < length; i++) {
      const value = from[i] as number;
      if (isDefined === undefined || isDefined(value)) {
        out.numbers[i] = compute(value);
      } else {
        ensureNulls(out, length)[i] = 1;
        out.numbers[i] = 0;
      }
    }
  };
}

/** Truth values as numbers 1 and 0. */
export function logicalToNumber(size: number): Kernel {
  return (out, args, frame: Frame) => {
    const length = frame.rows * size;
    copyNulls(out, operand(args, 0), length);
    out.numbers.set(operand(args, 0).flags.subarray(0, length));
  };
}
