import { nearestNames } from '../core/index.ts';
import type { FunctionTable } from './function.ts';
import { GOOD_TIME_FUNCTIONS } from './function-good-time.ts';
import { MATH_FUNCTIONS } from './function-math.ts';
import { NULL_FUNCTIONS } from './function-null.ts';
import { RANDOM_FUNCTIONS } from './function-random.ts';
import { REGION_FUNCTIONS } from './function-region.ts';
import { SKY_FUNCTIONS } from './function-sky.ts';
import { STRING_FUNCTIONS } from './function-string.ts';
import { VECTOR_FUNCTIONS } from './function-vector.ts';
import { classOf, describeType, type Node } from './node.ts';
import { problem, type Span } from './problem.ts';
import type { Scope } from './scope.ts';

const FUNCTIONS: FunctionTable = new Map([
  ...MATH_FUNCTIONS,
  ...SKY_FUNCTIONS,
  ...VECTOR_FUNCTIONS,
  ...NULL_FUNCTIONS,
  ...STRING_FUNCTIONS,
  ...RANDOM_FUNCTIONS,
  ...GOOD_TIME_FUNCTIONS,
  ...REGION_FUNCTIONS,
]);

/** The names of all functions, in lower case. */
export const FUNCTION_NAMES: readonly string[] = [...FUNCTIONS.keys()].sort();

/**
 * A call of a function.
 * @throws IactError 'usage' if there is no such function, or its arguments are not of the number and class it takes
 */
export function functionCall(scope: Scope, name: string, span: Span, args: readonly Node[]): Node {
  const found = FUNCTIONS.get(name);
  const nameSpan = { at: span.at, end: span.at + name.length };
  if (found === undefined) {
    const near = nearestNames(name, FUNCTION_NAMES).map((other) => `"${other}"`);
    const hint = near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : '';
    throw problem('usage', scope.text, nameSpan, `There is no function "${name}".${hint}`);
  }
  const fits = found.forms.some(
    (form) => form.length === args.length && args.every((arg, index) => form[index]?.includes(classOf(arg))),
  );
  if (!fits) {
    const given = args.length === 0 ? 'none' : args.map(describeType).join(', ');
    throw problem('usage', scope.text, span, `The arguments do not fit ${found.usage}; found: ${given}.`);
  }
  return found.build({ scope, span, args });
}
