import type { Kernel } from './block.ts';
import type { Span } from './problem.ts';
import type { ExprClass, ExprType } from './type.ts';

/** The value of a constant: bits are spelled in `0`, `1` and `x`. */
export type Constant = number | boolean | string;

/** How the values of a node come about. */
export type Source =
  | { readonly kind: 'constant'; readonly value: Constant }
  /** A column of the schema; `rowOffset` says from which row, relative to the current one. */
  | { readonly kind: 'column'; readonly column: number; readonly rowOffset: number }
  /** The values of another node under another type (an integer used as real). */
  | { readonly kind: 'same'; readonly of: Node }
  | {
      readonly kind: 'apply';
      readonly args: readonly Node[];
      readonly begin: KernelFactory;
      /** Set for `{a, b, c}`: the operands are its elements. */
      readonly isVector?: boolean;
      /** Set where the values are separations from one place, so that a comparison can become a cone search. */
      readonly separationFrom?: Place;
    };

/** One place on the sky, and the directions whose separation from it is computed. */
export interface Place {
  readonly ra: Node;
  readonly dec: Node;
  readonly raDeg: number;
  readonly decDeg: number;
}

/** Makes the kernel for one evaluation of a table, with fresh state for running sums and random numbers. */
export type KernelFactory = (run: Run) => Kernel;

/** What holds for one evaluation of a table. */
export interface Run {
  /** Uniform random numbers in [0, 1). */
  readonly random: () => number;
}

/**
 * A typed expression. Nodes form a graph without cycles; the parser makes operands before the nodes that use them.
 */
export interface Node extends Span {
  readonly type: ExprType;
  /** Elements in a row; for a string the most characters it can have, for bits their number. */
  readonly size: number;
  /** Size along each axis, fastest first. */
  readonly dims: readonly number[];
  readonly source: Source;
}

export function classOf(node: Node): ExprClass {
  return node.type === 'integer' || node.type === 'real' ? 'number' : node.type;
}

export function isConstant(node: Node): boolean {
  return underlying(node).source.kind === 'constant';
}

/** The value of a constant node, undefined for others. */
export function constantOf(node: Node): Constant | undefined {
  const { source } = underlying(node);
  return source.kind === 'constant' ? source.value : undefined;
}

/** The node that holds the values, without changes of type in between. */
export function underlying(node: Node): Node {
  let found = node;
  while (found.source.kind === 'same') found = found.source.of;
  return found;
}

/** The elements that a node takes in a block of one row: a string is one element. */
export function elementsPerRow(node: Node): number {
  return node.type === 'string' ? 1 : node.size;
}

export function constantNode(type: ExprType, value: Constant, span: Span): Node {
  const size = typeof value === 'string' ? value.length : 1;
  return { type, size, dims: [1], source: { kind: 'constant', value }, at: span.at, end: span.end };
}

/** In words, for "this is ...". */
export function describeType(node: Node): string {
  const many = classOf(node) !== 'string' && classOf(node) !== 'bit' && node.size !== 1;
  const nouns = { integer: 'number', real: 'number', logical: 'truth value', string: 'string', bit: 'bit field' };
  const noun = nouns[node.type];
  return many ? `vector of ${node.size} ${noun}s` : noun;
}
