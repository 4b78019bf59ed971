import { type Block, type Kernel, makeBlock, storageOf } from './block.ts';
import { logicalToNumber, toInteger } from './kernel-number.ts';
import { spread } from './kernel-vector.ts';
import {
  type Constant,
  classOf,
  constantNode,
  constantOf,
  elementsPerRow,
  isConstant,
  type KernelFactory,
  type Node,
  type Run,
} from './node.ts';
import { problem, type Span } from './problem.ts';
import type { ExprType } from './type.ts';

/** The largest vector that an expression may make. */
const MAX_VECTOR = 65_536;

/** A node to be made from others. */
export interface Making {
  readonly type: ExprType;
  readonly size: number;
  readonly dims: readonly number[];
  readonly args: readonly Node[];
  readonly span: Span;
  /** Called for each evaluation, for kernels with state (then set `folds` to false). */
  readonly begin: KernelFactory;
  /** Whether constants give a constant. Default true. */
  readonly folds?: boolean;
  /** What is wrong when constants give null, for example "division by zero". */
  readonly undefinedBecause?: string;
}

/**
 * Makes a node, at once as a constant if all operands are constants.
 * @throws IactError 'usage' when constants give null (`1/0`, `sqrt(-1)`), and for vectors beyond {@link MAX_VECTOR}
 */
export function make(text: string, making: Making): Node {
  const { type, size, dims, args, span, begin } = making;
  if (size > MAX_VECTOR) {
    throw problem(
      'usage',
      text,
      span,
      `A vector may have ${MAX_VECTOR} elements at most, this one would have ${size}.`,
    );
  }
  const node: Node = { type, size, dims, source: { kind: 'apply', args, begin }, at: span.at, end: span.end };
  if (making.folds === false || args.length === 0 || !args.every(isConstant)) return node;
  const value = evaluateConstant(node, args, begin);
  if (value === undefined) {
    const reason = making.undefinedBecause ?? 'undefined';
    throw problem('usage', text, span, `Cannot compute this part of the expression: ${reason}.`);
  }
  return constantNode(type, value, span);
}

/** A stateless kernel as a factory. */
export function stateless(kernel: Kernel): KernelFactory {
  return () => kernel;
}

const NO_RUN: Run = { random: () => 0 };

function evaluateConstant(node: Node, args: readonly Node[], begin: KernelFactory): Constant | undefined {
  const blocks = args.map(constantBlock);
  const out = makeBlock(storageOf(node.type), Math.max(1, elementsPerRow(node)));
  const column = (): never => {
    throw new RangeError('a constant needs no column');
  };
  begin(NO_RUN)(out, blocks, { firstRow: 0, rows: 1, tableRows: 1, column });
  if (out.hasNulls && out.nulls[0] === 1) return undefined;
  if (node.type === 'string') return out.texts[0] ?? '';
  if (node.type === 'bit') return Array.from(out.flags, (bit) => '01x'.charAt(bit)).join('');
  return node.type === 'logical' ? out.flags[0] === 1 : (out.numbers[0] ?? 0);
}

function constantBlock(node: Node): Block {
  const value = constantOf(node);
  const block = makeBlock(storageOf(node.type), Math.max(1, elementsPerRow(node)));
  if (typeof value === 'number') block.numbers[0] = value;
  else if (typeof value === 'boolean') block.flags[0] = value ? 1 : 0;
  else if (node.type === 'string') block.texts[0] = value ?? '';
  else block.flags.set(Array.from(value ?? '', (bit) => '01x'.indexOf(bit)));
  return block;
}

/** The node as a real number: integers keep their value, truth values become 1 and 0. */
export function toReal(text: string, node: Node): Node {
  return toNumber(text, node, 'real');
}

/** The node as a number of this type; reals become integers by cutting off the fraction. */
export function toNumber(text: string, node: Node, type: 'integer' | 'real'): Node {
  const { size, dims } = node;
  if (node.type === type) return node;
  if (classOf(node) === 'logical') {
    return make(text, { type, size, dims, args: [node], span: node, begin: stateless(logicalToNumber(size)) });
  }
  if (type === 'real') return { ...node, type, source: { kind: 'same', of: node } };
  const cut: Kernel = (out, [from], frame) => {
    if (from === undefined) return;
    const length = frame.rows * size;
    out.hasNulls = from.hasNulls;
    if (from.hasNulls) out.nulls.set(from.nulls.subarray(0, length));
    for (let i = 0; i < length; i++) out.numbers[i] = toInteger(from.numbers[i] as number);
  };
  return make(text, { type, size, dims, args: [node], span: node, begin: stateless(cut) });
}

/** Both numbers as integers, if both are, else as reals; truth values count as integers. */
export function promote(text: string, nodes: readonly Node[]): Node[] {
  const type = nodes.some((node) => node.type === 'real') ? 'real' : 'integer';
  return nodes.map((node) => toNumber(text, node, type));
}

/** A common shape for operands that are taken element by element. */
export interface Shape {
  readonly size: number;
  readonly dims: readonly number[];
}

/**
 * The shape that scalars and vectors of one size have in common; undefined if vectors of different shape are among them.
 */
export function commonShape(nodes: readonly Node[]): Shape | undefined {
  const vectors = nodes.filter((node) => node.size !== 1);
  const [first] = vectors;
  if (first === undefined) return { size: 1, dims: [1] };
  return vectors.every((node) => sameDims(node.dims, first.dims)) ? { size: first.size, dims: first.dims } : undefined;
}

function sameDims(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((dim, axis) => dim === b[axis]);
}

/** The operands, scalars repeated where the common shape is a vector. */
export function spreadTo(text: string, shape: Shape, nodes: readonly Node[]): Node[] {
  return nodes.map((node) =>
    node.size === shape.size
      ? node
      : make(text, {
          type: node.type,
          ...shape,
          args: [node],
          span: node,
          begin: stateless(spread(shape.size)),
          folds: false,
        }),
  );
}

/**
 * The operands in their common shape.
 * @throws IactError 'usage' naming the shapes if they do not fit
 */
export function align(text: string, span: Span, nodes: readonly Node[]): { shape: Shape; args: Node[] } {
  const shape = commonShape(nodes);
  if (shape === undefined) {
    const shapes = nodes.filter((node) => node.size !== 1).map((node) => node.dims.join(' x '));
    throw problem(
      'usage',
      text,
      span,
      `Vectors of different shape cannot be combined: ${shapes.join(' and ')} elements.`,
    );
  }
  return { shape, args: spreadTo(text, shape, nodes) };
}
