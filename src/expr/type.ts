/** The type of a value. Integer and real are both numbers; they differ in division, powers and null values of columns. */
export type ExprType = 'logical' | 'integer' | 'real' | 'string' | 'bit';

/** The types among which the grammar tells: an operator takes numbers, truth values, strings or bits. */
export type ExprClass = 'number' | 'logical' | 'string' | 'bit';

export const CLASS_NOUNS: Readonly<Record<ExprClass, string>> = {
  number: 'a number',
  logical: 'a truth value',
  string: 'a string',
  bit: 'a bit field',
};
