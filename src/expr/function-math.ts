import { type Kernel, mergeNulls, operand } from './block.ts';
import { argument, type Call, type FunctionEntry, type FunctionTable, numbers } from './function.ts';
import { mapNumber, negated } from './kernel-number.ts';
import { pickOfTwo } from './kernel-vector.ts';
import { align, make, promote, stateless, toReal } from './make.ts';
import type { Node } from './node.ts';
import { erf, erfc, gamma } from './special-function.ts';

interface RealFunction {
  readonly compute: (value: number) => number;
  /** Where the function is defined; elsewhere it is null. */
  readonly isDefined?: (value: number) => boolean;
}

const WITHIN_ONE = (value: number): boolean => !(value < -1 || value > 1);
const POSITIVE = (value: number): boolean => !(value <= 0);

const REAL_FUNCTIONS: Readonly<Record<string, RealFunction>> = {
  sin: { compute: Math.sin },
  cos: { compute: Math.cos },
  tan: { compute: Math.tan },
  arcsin: { compute: Math.asin, isDefined: WITHIN_ONE },
  asin: { compute: Math.asin, isDefined: WITHIN_ONE },
  arccos: { compute: Math.acos, isDefined: WITHIN_ONE },
  acos: { compute: Math.acos, isDefined: WITHIN_ONE },
  arctan: { compute: Math.atan },
  atan: { compute: Math.atan },
  sinh: { compute: Math.sinh },
  cosh: { compute: Math.cosh },
  tanh: { compute: Math.tanh },
  exp: { compute: Math.exp },
  log: { compute: Math.log, isDefined: POSITIVE },
  log10: { compute: Math.log10, isDefined: POSITIVE },
  sqrt: { compute: Math.sqrt, isDefined: (value) => !(value < 0) },
  floor: { compute: Math.floor },
  ceil: { compute: Math.ceil },
  // Halves go up, also negative ones.
  round: { compute: (value) => Math.floor(value + 0.5) },
  erf: { compute: erf },
  erfc: { compute: erfc },
  gamma: { compute: gamma, isDefined: (value) => !(value <= 0 && Number.isInteger(value)) },
};

function realFunction(name: string, { compute, isDefined }: RealFunction): FunctionEntry {
  return {
    usage: `${name}(x) with a number x`,
    forms: [numbers(1)],
    build: (call) => {
      const arg = toReal(call.scope.text, argument(call, 0));
      const { size, dims } = arg;
      return make(call.scope.text, {
        type: 'real',
        size,
        dims,
        args: [arg],
        span: call.span,
        begin: stateless(mapNumber(size, compute, isDefined)),
        undefinedBecause: `the argument of ${name} is out of range`,
      });
    },
  };
}

function absolute(call: Call): Node {
  const arg = argument(call, 0);
  const { type, size, dims } = arg;
  const kernel = mapNumber(size, (value) => (value > 0 ? value : negated(value)));
  return make(call.scope.text, { type, size, dims, args: [arg], span: call.span, begin: stateless(kernel) });
}

function arctan2(call: Call): Node {
  const { scope, span } = call;
  const { shape, args } = align(
    scope.text,
    span,
    call.args.map((node) => toReal(scope.text, node)),
  );
  const kernel: Kernel = (out, blocks, frame) => {
    const length = frame.rows * shape.size;
    const [y, x] = [operand(blocks, 0).numbers, operand(blocks, 1).numbers];
    mergeNulls(out, blocks, length);
    for (let i = 0; i < length; i++) out.numbers[i] = Math.atan2(y[i] as number, x[i] as number);
  };
  return make(scope.text, { type: 'real', ...shape, args, span, begin: stateless(kernel) });
}

/** `min(a, b)`, `max(a, b)`. */
export function extremeOfTwo(call: Call, takeFirst: (a: number, b: number) => boolean): Node {
  const { scope, span } = call;
  const { shape, args } = align(scope.text, span, promote(scope.text, call.args));
  const type = args[0]?.type ?? 'integer';
  return make(scope.text, { type, ...shape, args, span, begin: stateless(pickOfTwo(shape.size, takeFirst)) });
}

/** Functions of numbers, element by element. */
export const MATH_FUNCTIONS: FunctionTable = new Map<string, FunctionEntry>([
  ...Object.entries(REAL_FUNCTIONS).map(([name, entry]) => [name, realFunction(name, entry)] as const),
  ['abs', { usage: 'abs(x) with a number x', forms: [numbers(1)], build: absolute }],
  ['arctan2', { usage: 'arctan2(y, x) with numbers', forms: [numbers(2)], build: arctan2 }],
]);
