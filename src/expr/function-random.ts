import { copyNulls, ensureNulls, type Kernel, operand } from './block.ts';
import { argument, type Call, type FunctionEntry, type FunctionTable, numbers } from './function.ts';
import { make, toReal } from './make.ts';
import type { Node } from './node.ts';
import { normalRandom, poissonRandom } from './random.ts';

/** `random()` once for each row, `random(V)` once for each element of V. */
function deviates(call: Call, draw: (random: () => number) => number): Node {
  const { size, dims } = call.args[0] ?? { size: 1, dims: [1] };
  return make(call.scope.text, {
    type: 'real',
    size,
    dims,
    args: [],
    span: call.span,
    begin:
      ({ random }): Kernel =>
      (out, _args, frame) => {
        out.hasNulls = false;
        for (let i = 0; i < frame.rows * size; i++) out.numbers[i] = draw(random);
      },
  });
}

/** `randomp(x)`: null for a negative mean. */
function poisson(call: Call): Node {
  const mean = toReal(call.scope.text, argument(call, 0));
  const { size, dims } = mean;
  return make(call.scope.text, {
    type: 'integer',
    size,
    dims,
    args: [mean],
    span: call.span,
    folds: false,
    begin:
      ({ random }): Kernel =>
      (out, blocks, frame) => {
        const length = frame.rows * size;
        const from = operand(blocks, 0);
        copyNulls(out, from, length);
        for (let i = 0; i < length; i++) {
          const value = from.numbers[i] as number;
          const isKnown = !out.hasNulls || out.nulls[i] === 0;
          out.numbers[i] = isKnown && value >= 0 && value < Number.POSITIVE_INFINITY ? poissonRandom(random, value) : 0;
          if (!(value >= 0)) ensureNulls(out, length)[i] = 1;
        }
      },
  });
}

/** Random numbers; see `seed` in the options for repeating them. */
export const RANDOM_FUNCTIONS: FunctionTable = new Map<string, FunctionEntry>([
  [
    'random',
    { usage: 'random() or random(V)', forms: [[], numbers(1)], build: (call) => deviates(call, (random) => random()) },
  ],
  [
    'randomn',
    { usage: 'randomn() or randomn(V)', forms: [[], numbers(1)], build: (call) => deviates(call, normalRandom) },
  ],
  ['randomp', { usage: 'randomp(mean) with a number', forms: [numbers(1)], build: poisson }],
]);
