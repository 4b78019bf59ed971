import { ensureNulls, type Kernel, operand, storageOf } from './block.ts';
import {
  argument,
  type Call,
  type FunctionEntry,
  type FunctionTable,
  LOGICAL,
  NUMBER,
  numbers,
  STRING,
} from './function.ts';
import { isNull, replaceNulls } from './kernel-logical.ts';
import { commonShape, make, promote, spreadTo, stateless, toNumber } from './make.ts';
import { classOf, constantOf, elementsPerRow, type Node } from './node.ts';
import { problem } from './problem.ts';

function isnull(call: Call): Node {
  const arg = argument(call, 0);
  const size = elementsPerRow(arg);
  const dims = arg.type === 'string' ? [1] : arg.dims;
  const begin = stateless(isNull(size));
  return make(call.scope.text, { type: 'logical', size, dims, args: [arg], span: call.span, begin });
}

/** `defnull(x, y)`: the second argument may be a scalar beside a vector, not the other way round. */
function defnull(call: Call): Node {
  const { scope, span } = call;
  const [first, second] = [argument(call, 0), argument(call, 1)];
  const [x, y] = (classOf(first) === 'number' ? promote(scope.text, [first, second]) : [first, second]) as [Node, Node];
  if (x.type === 'string') {
    const size = Math.max(x.size, y.size);
    const begin = stateless(replaceNulls(1, 'texts'));
    return make(scope.text, { type: 'string', size, dims: [1], args: [x, y], span, begin });
  }
  const shape = commonShape([x, y]);
  const isMixed = first.size > 1 && second.size > 1 && first.type !== second.type;
  if (shape === undefined || shape.size !== x.size || isMixed) {
    const wanted = 'a single value, or a vector of the shape and type of the first';
    throw problem('usage', scope.text, span, `The second argument of defnull must be ${wanted}.`);
  }
  const args = spreadTo(scope.text, shape, [x, y]);
  const begin = stateless(replaceNulls(shape.size, storageOf(x.type)));
  return make(scope.text, { type: x.type, ...shape, args, span, begin });
}

/** `setnull(x, y)`: y, but null where it equals the constant x. */
function setnull(call: Call): Node {
  const { scope, span } = call;
  const [constant, values] = [argument(call, 0), argument(call, 1)];
  if (constantOf(constant) === undefined) {
    throw problem(
      'usage',
      scope.text,
      constant,
      'The first argument of setnull must be one number, the same for all rows.',
    );
  }
  const { type, size, dims } = values;
  const sought = constantOf(toNumber(scope.text, constant, type === 'real' ? 'real' : 'integer'));
  const kernel: Kernel = (out, blocks, frame) => {
    const length = frame.rows * size;
    const from = operand(blocks, 0);
    out.hasNulls = from.hasNulls;
    if (from.hasNulls) out.nulls.set(from.nulls.subarray(0, length));
    for (let i = 0; i < length; i++) {
      const value = from.numbers[i] as number;
      out.numbers[i] = value;
      if (value === sought) ensureNulls(out, length)[i] = 1;
    }
  };
  return make(scope.text, { type, size, dims, args: [values], span, begin: stateless(kernel), folds: false });
}

/** Functions that find, replace and make null values. */
export const NULL_FUNCTIONS: FunctionTable = new Map<string, FunctionEntry>([
  [
    'isnull',
    { usage: 'isnull(x) with a number, truth value or string', forms: [[NUMBER], [LOGICAL], [STRING]], build: isnull },
  ],
  [
    'defnull',
    {
      usage: 'defnull(x, y) with two numbers, truth values or strings',
      forms: [numbers(2), [LOGICAL, LOGICAL], [STRING, STRING]],
      build: defnull,
    },
  ],
  ['setnull', { usage: 'setnull(constant, x) with numbers', forms: [numbers(2)], build: setnull }],
]);
