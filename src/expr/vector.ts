import { type Block, type Kernel, operand } from './block.ts';
import { concatenate, copySlice } from './kernel-vector.ts';
import { make, promote, stateless } from './make.ts';
import { constantOf, describeType, type Node } from './node.ts';
import { problem, type Span } from './problem.ts';
import type { Scope } from './scope.ts';

/** Arrays have five axes at most. */
const MAX_AXES = 5;

/** `{a, b, c}`: numbers and truth values; vectors among them are laid out. */
export function vector(scope: Scope, span: Span, elements: readonly Node[]): Node {
  const { text } = scope;
  const wrong = elements.find((node) => node.type === 'string' || node.type === 'bit');
  if (wrong !== undefined) {
    throw problem('usage', text, wrong, `A vector holds numbers or truth values; this is a ${describeType(wrong)}.`);
  }
  const allLogical = elements.every((node) => node.type === 'logical');
  const args = allLogical ? elements : promote(text, elements);
  const sizes = args.map((node) => node.size);
  const size = sizes.reduce((total, each) => total + each, 0);
  const type = args[0]?.type ?? 'integer';
  const node = make(text, { type, size, dims: [size], args, span, begin: stateless(concatenate(sizes)), folds: false });
  return node.source.kind === 'apply' ? { ...node, source: { ...node.source, isVector: true } } : node;
}

/** `V[i]`, `V[i,j]`: one element, or with one index of an array of several axes, the slice along the last axis. */
export function element(scope: Scope, span: Span, of: Node, indices: readonly Node[]): Node {
  const { text } = scope;
  if (of.size === 1 || constantOf(of) !== undefined) {
    throw problem('usage', text, span, 'Only vectors have elements; this is a single value.');
  }
  for (const index of indices) {
    if (index.type === 'integer' && index.size === 1) continue;
    throw problem('usage', text, index, `An index must be one integer; this is a ${describeType(index)}.`);
  }
  const whole = indices.length === of.dims.length;
  if (indices.length > MAX_AXES || (!whole && indices.length !== 1)) {
    const needed = of.dims.length === 1 ? 'one index' : `${of.dims.length} indices, or one`;
    throw problem('usage', text, span, `This array needs ${needed}; found ${indices.length}.`);
  }
  // One index of several axes belongs to the last axis, the slowest one.
  const axes = whole ? of.dims : of.dims.slice(-1);
  const dims = whole ? [1] : of.dims.slice(0, -1);
  const size = dims.reduce((product, dim) => product * dim, 1);
  const kernel = pickSlice(scope, span, of, axes, size);
  return make(text, {
    type: of.type,
    size,
    dims,
    args: [of, ...indices],
    span,
    begin: stateless(kernel),
    folds: false,
  });
}

function pickSlice(scope: Scope, span: Span, of: Node, axes: readonly number[], size: number): Kernel {
  const refuse = (row: number, what: string): never => {
    throw problem('bad-data', scope.text, span, `Row ${row}: ${what}.`);
  };
  const position = (indices: readonly Block[], row: number, firstRow: number): number => {
    let place = 0;
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      const block = operand(indices, axis);
      const count = axes[axis] ?? 1;
      const index = block.numbers[row] as number;
      if (block.hasNulls && block.nulls[row] === 1) refuse(firstRow + row + 1, 'the index is null');
      if (index < 1 || index > count) refuse(firstRow + row + 1, `the index ${index} is outside 1 to ${count}`);
      place = place * count + index - 1;
    }
    return place * size;
  };
  return (out, [from, ...indices], frame) => {
    if (from === undefined) return;
    out.hasNulls = false;
    for (let row = 0; row < frame.rows; row++) {
      const start = row * of.size + position(indices, row, frame.firstRow);
      copySlice(out, from, frame, row, start, size);
    }
  };
}

/** The sizes that a constant or a vector of constants gives, for `array(x, {2, 3})`. */
export function constantDims(scope: Scope, node: Node): readonly number[] {
  const { source } = node;
  const parts = source.kind === 'apply' && source.isVector ? source.args : [node];
  const dims = parts.map((part) => constantOf(part));
  const valid = dims.every((dim) => typeof dim === 'number' && Math.trunc(dim) >= 1);
  if (!valid || dims.length > MAX_AXES || dims.length === 0) {
    throw problem(
      'usage',
      scope.text,
      node,
      `Expected a constant size, or a vector of up to ${MAX_AXES} of them such as {2,3}.`,
    );
  }
  return dims.map((dim) => Math.trunc(dim as number));
}
