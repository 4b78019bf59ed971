import type { Kernel } from './block.ts';
import { align, make, stateless, toReal } from './make.ts';
import { constantOf, type Node } from './node.ts';
import { problem, type Span } from './problem.ts';
import type { Scope } from './scope.ts';
import type { ExprClass } from './type.ts';

/** A call whose arguments are known to fit one of the forms of the function. */
export interface Call {
  readonly scope: Scope;
  readonly span: Span;
  readonly args: readonly Node[];
}

/** The classes that each argument may have. */
export type Form = readonly (readonly ExprClass[])[];

export interface FunctionEntry {
  /** The call as a user would write it, for errors: `near(a, b, tolerance)`. */
  readonly usage: string;
  readonly forms: readonly Form[];
  readonly build: (call: Call) => Node;
}

/** Functions by their names in lower case. */
export type FunctionTable = ReadonlyMap<string, FunctionEntry>;

export const NUMBER = ['number'] as const;
export const LOGICAL = ['logical'] as const;
export const STRING = ['string'] as const;
export const BIT = ['bit'] as const;

/** A form of so many numbers. */
export function numbers(count: number): Form {
  return Array.from({ length: count }, () => NUMBER);
}

/** The argument at `index` of a call that is known to have it. */
export function argument(call: Call, index: number): Node {
  const node = call.args[index];
  if (node === undefined) throw new RangeError(`argument ${index} of ${call.args.length}`);
  return node;
}

/** The value of an argument that must be a quoted string. */
export function quoted(call: Call, index: number): string {
  const node = argument(call, index);
  const value = constantOf(node);
  if (typeof value === 'string') return value;
  throw problem('usage', call.scope.text, node, 'This argument must be a quoted string, the same for all rows.');
}

/** A function of real numbers, element by element, null where any argument is. */
export function elementwise(call: Call, type: 'real' | 'logical', kernelFor: (size: number) => Kernel): Node {
  const { scope, span } = call;
  const reals = call.args.map((node) => toReal(scope.text, node));
  const { shape, args } = align(scope.text, span, reals);
  return make(scope.text, { type, ...shape, args, span, begin: stateless(kernelFor(shape.size)) });
}
