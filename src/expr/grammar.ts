import type { Mark } from './token.ts';
import type { ExprClass } from './type.ts';

/** How tightly operators bind, from loose to tight. Those of one level go from left to right, except `?:` and powers. */
export const LEVEL = {
  range: 1,
  choice: 2,
  or: 3,
  and: 4,
  equality: 5,
  order: 6,
  sum: 7,
  product: 8,
  bits: 9,
  power: 10,
  not: 11,
  cast: 12,
  sign: 13,
} as const;

export type Level = (typeof LEVEL)[keyof typeof LEVEL];

/** An operator between two operands. */
export interface Infix {
  readonly level: Level;
  /** The classes that may stand on its left, each with those that may then stand on its right. */
  readonly operands: Readonly<Partial<Record<ExprClass, readonly ExprClass[]>>>;
}

const NUMBERS = { number: ['number'] } as const;
const ORDERED = { number: ['number'], string: ['string'], bit: ['bit'] } as const;
const EQUAL = { ...ORDERED, logical: ['logical'] } as const;
const LOGICALS = { logical: ['logical'] } as const;

/** All infix operators but `?:`, ranges and indices, which have parts of their own. */
export const INFIX: Readonly<Partial<Record<Mark, Infix>>> = {
  '||': { level: LEVEL.or, operands: LOGICALS },
  '&&': { level: LEVEL.and, operands: LOGICALS },
  '==': { level: LEVEL.equality, operands: EQUAL },
  '!=': { level: LEVEL.equality, operands: EQUAL },
  '~': { level: LEVEL.equality, operands: NUMBERS },
  '<': { level: LEVEL.order, operands: ORDERED },
  '<=': { level: LEVEL.order, operands: ORDERED },
  '>': { level: LEVEL.order, operands: ORDERED },
  '>=': { level: LEVEL.order, operands: ORDERED },
  '+': { level: LEVEL.sum, operands: ORDERED },
  '-': { level: LEVEL.sum, operands: NUMBERS },
  '%': { level: LEVEL.sum, operands: NUMBERS },
  '*': { level: LEVEL.product, operands: { number: ['number', 'logical'], logical: ['number'] } },
  '/': { level: LEVEL.product, operands: NUMBERS },
  '|': { level: LEVEL.bits, operands: { number: ['number'], bit: ['bit'] } },
  '&': { level: LEVEL.bits, operands: { number: ['number'], bit: ['bit'] } },
  '^^': { level: LEVEL.bits, operands: NUMBERS },
  '^': { level: LEVEL.power, operands: NUMBERS },
  '=': { level: LEVEL.range, operands: NUMBERS },
  '?': { level: LEVEL.choice, operands: LOGICALS },
};

/** What waits on the left of an operand. */
export interface Pending {
  readonly level: Level;
  /** The classes with which the waiting operator is complete; none where a mark must follow. */
  readonly accepts: readonly ExprClass[];
}

/** Nothing waits: an operand takes all operators that follow it. */
export const NOTHING_PENDING: Pending = { level: LEVEL.range, accepts: [] };

/**
 * Whether an operand is taken by the operator after it rather than by the one before it.
 *
 * CFITSIO's grammar has rules for each class of operands, so precedence only decides where both are possible:
 * `!a == b` is `(!a) == b` for truth values, but `!(a == b)` for numbers, of which there is no `!`.
 */
export function goesToTheRight(operand: ExprClass, next: Infix, pending: Pending): boolean {
  if (!pending.accepts.includes(operand)) return true;
  const toTheRight = next.level === LEVEL.choice || next.level === LEVEL.power;
  return next.level > pending.level || (next.level === pending.level && toTheRight);
}
