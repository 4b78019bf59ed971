import type { Kernel } from './block.ts';
import {
  argument,
  BIT,
  type Call,
  type Form,
  type FunctionEntry,
  type FunctionTable,
  LOGICAL,
  NUMBER,
  numbers,
  STRING,
} from './function.ts';
import { extremeOfTwo } from './function-math.ts';
import { countOnes, extremeBit } from './kernel-bit.ts';
import {
  accumulate,
  average,
  copySlice,
  countKnown,
  difference,
  greatest,
  least,
  median,
  positions,
  type Reduction,
  reduce,
  spread,
  standardDeviation,
  sum,
} from './kernel-vector.ts';
import { make, stateless } from './make.ts';
import { constantNode, constantOf, elementsPerRow, isConstant, type Node } from './node.ts';
import { problem } from './problem.ts';
import { constantDims } from './vector.ts';

const SCALAR = { size: 1, dims: [1] } as const;
const ANYTHING: readonly Form[] = [[NUMBER], [LOGICAL], [STRING], [BIT]];

/** One number made of all elements of a vector. */
function reduction(call: Call, type: 'integer' | 'real', of: Reduction): Node {
  const arg = argument(call, 0);
  const begin = stateless(reduce(arg.size, of));
  return make(call.scope.text, { type, ...SCALAR, args: [arg], span: call.span, begin });
}

/** The type of a result that is one of the elements, or a sum of them. */
function elementType(call: Call): 'integer' | 'real' {
  return argument(call, 0).type === 'real' ? 'real' : 'integer';
}

function sumOf(call: Call): Node {
  const arg = argument(call, 0);
  if (arg.type !== 'bit') return reduction(call, elementType(call), sum);
  const begin = stateless(countOnes(arg.size));
  return make(call.scope.text, { type: 'integer', ...SCALAR, args: [arg], span: call.span, begin });
}

function extreme(call: Call, which: 'min' | 'max'): Node {
  const arg = argument(call, 0);
  if (call.args.length === 2) return extremeOfTwo(call, which === 'min' ? (a, b) => a < b : (a, b) => a > b);
  if (arg.type !== 'bit') return reduction(call, elementType(call), which === 'min' ? least : greatest);
  const begin = stateless(extremeBit(which, arg.size));
  return make(call.scope.text, { type: 'bit', ...SCALAR, args: [arg], span: call.span, begin });
}

function nelem(call: Call): Node {
  return constantNode('integer', argument(call, 0).size, call.span);
}

function nvalid(call: Call): Node {
  const arg = argument(call, 0);
  if (arg.type === 'bit') return nelem(call);
  const begin = stateless(countKnown(elementsPerRow(arg)));
  return make(call.scope.text, { type: 'integer', ...SCALAR, args: [arg], span: call.span, begin });
}

function naxis(call: Call): Node {
  return constantNode('integer', isConstant(argument(call, 0)) ? 1 : argument(call, 0).dims.length, call.span);
}

/** A constant integer among the arguments: the number of an axis. */
function axisNumber(call: Call): number {
  const axis = constantOf(argument(call, 1));
  if (typeof axis === 'number') return Math.trunc(axis);
  throw problem('usage', call.scope.text, argument(call, 1), 'The number of the axis must be a constant.');
}

/** `naxes(V, n)`: the size of axis n; axis 0 gives the number of axes. */
function naxes(call: Call): Node {
  const { dims } = argument(call, 0);
  const axis = axisNumber(call);
  if (axis < 0)
    throw problem('usage', call.scope.text, argument(call, 1), 'The number of the axis must not be negative.');
  const size = axis === 0 ? dims.length : (dims[axis - 1] ?? 1);
  return constantNode('integer', isConstant(argument(call, 0)) ? 1 : size, call.span);
}

function axiselem(call: Call): Node {
  const arg = argument(call, 0);
  const axis = axisNumber(call);
  if (isConstant(arg)) return constantNode('integer', 1, call.span);
  if (axis < 1 || axis > 5)
    throw problem('usage', call.scope.text, argument(call, 1), 'The number of the axis must be 1 to 5.');
  return positionsIn(call, axis - 1);
}

function positionsIn(call: Call, axis?: number): Node {
  const { size, dims } = argument(call, 0);
  if (isConstant(argument(call, 0))) return constantNode('integer', 1, call.span);
  const begin = stateless(positions(dims, axis));
  return make(call.scope.text, { type: 'integer', size, dims, args: [], span: call.span, begin });
}

/** `array(x, n)`, `array(x, {n, m})`: a single value in every element. */
function array(call: Call): Node {
  const { scope, span } = call;
  const value = argument(call, 0);
  const dims = constantDims(scope, argument(call, 1));
  const size = dims.reduce((product, dim) => product * dim, 1);
  if (value.size !== 1) {
    throw problem('usage', scope.text, value, 'The first argument of array must be a single value, not a vector.');
  }
  const kernel: Kernel = size === 1 ? copyOne : spread(size);
  return make(scope.text, {
    type: value.type,
    size,
    dims,
    args: [value],
    span,
    begin: stateless(kernel),
    folds: false,
  });
}

const copyOne: Kernel = (out, [from], frame) => {
  out.hasNulls = false;
  for (let row = 0; from !== undefined && row < frame.rows; row++) copySlice(out, from, frame, row, row, 1);
};

function accum(call: Call): Node {
  const arg = argument(call, 0);
  const { text } = call.scope;
  const counted =
    arg.type === 'bit'
      ? make(text, { type: 'integer', ...SCALAR, args: [arg], span: arg, begin: stateless(countOnes(arg.size)) })
      : arg;
  const { size, dims } = counted;
  const type = counted.type === 'real' ? 'real' : 'integer';
  return make(text, {
    type,
    size,
    dims,
    args: [counted],
    span: call.span,
    begin: () => accumulate(size),
    folds: false,
  });
}

function seqdiff(call: Call): Node {
  const arg = argument(call, 0);
  const { size, dims } = arg;
  const begin = (): Kernel => difference(size);
  return make(call.scope.text, {
    type: elementType(call),
    size,
    dims,
    args: [arg],
    span: call.span,
    begin,
    folds: false,
  });
}

function entry(usage: string, forms: readonly Form[], build: (call: Call) => Node): FunctionEntry {
  return { usage, forms, build };
}

/** Functions of whole vectors, of their shape, and of all rows so far. */
export const VECTOR_FUNCTIONS: FunctionTable = new Map<string, FunctionEntry>([
  ['sum', entry('sum(V) with numbers, truth values or bits', [[NUMBER], [LOGICAL], [BIT]], sumOf)],
  ['average', entry('average(V) with numbers', [[NUMBER]], (call) => reduction(call, 'real', average))],
  ['stddev', entry('stddev(V) with numbers', [[NUMBER]], (call) => reduction(call, 'real', standardDeviation))],
  ['median', entry('median(V) with numbers', [[NUMBER]], (call) => reduction(call, elementType(call), median))],
  ['min', entry('min(V) or min(a, b) with numbers', [[NUMBER], [BIT], numbers(2)], (call) => extreme(call, 'min'))],
  ['max', entry('max(V) or max(a, b) with numbers', [[NUMBER], [BIT], numbers(2)], (call) => extreme(call, 'max'))],
  ['nelem', entry('nelem(V)', ANYTHING, nelem)],
  ['nvalid', entry('nvalid(V) with numbers, strings or bits', [[NUMBER], [STRING], [BIT]], nvalid)],
  ['naxis', entry('naxis(V) with numbers', [[NUMBER]], naxis)],
  ['naxes', entry('naxes(V, n) with a constant n', [numbers(2), [LOGICAL, NUMBER]], naxes)],
  ['axiselem', entry('axiselem(V, n) with a constant n', [numbers(2), [LOGICAL, NUMBER]], axiselem)],
  ['elementnum', entry('elementnum(V) with numbers', [[NUMBER]], (call) => positionsIn(call))],
  ['array', entry('array(x, n) or array(x, {n, m})', [numbers(2), [LOGICAL, NUMBER]], array)],
  ['accum', entry('accum(x) with numbers, truth values or bits', [[NUMBER], [LOGICAL], [BIT]], accum)],
  ['seqdiff', entry('seqdiff(x) with numbers', [[NUMBER]], seqdiff)],
]);
