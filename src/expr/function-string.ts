import { argument, type Call, type FunctionEntry, type FunctionTable, NUMBER, STRING } from './function.ts';
import { findString, middleOfString } from './kernel-string.ts';
import { make, stateless } from './make.ts';
import { constantOf, type Node } from './node.ts';
import { problem } from './problem.ts';

/** The longest part of a string that `strmid` takes, as in CFITSIO. */
const MAX_PART = 255;

function strmid(call: Call): Node {
  const { scope, span, args } = call;
  const { text } = scope;
  for (const index of [1, 2]) {
    const node = argument(call, index);
    if (node.type === 'integer' && node.size === 1) continue;
    throw problem('usage', text, node, 'The position and the length that strmid takes must be single integers.');
  }
  const length = constantOf(argument(call, 2));
  if (typeof length === 'number' && (length < 1 || length > MAX_PART)) {
    throw problem('usage', text, argument(call, 2), `The length that strmid takes must be 1 to ${MAX_PART}.`);
  }
  const size = typeof length === 'number' ? length : argument(call, 0).size;
  const refuse = (row: number): never => {
    throw problem('bad-data', text, argument(call, 1), `Row ${row}: the position of strmid is negative.`);
  };
  // Not folded: position 0 gives null, which is no constant.
  const begin = stateless(middleOfString(refuse));
  return make(text, { type: 'string', size, dims: [1], args, span, begin, folds: false });
}

function strstr({ scope, span, args }: Call): Node {
  const begin = stateless(findString);
  return make(scope.text, { type: 'integer', size: 1, dims: [1], args, span, begin, folds: false });
}

/** Functions of strings. */
export const STRING_FUNCTIONS: FunctionTable = new Map<string, FunctionEntry>([
  [
    'strmid',
    {
      usage: 'strmid(string, position, length) with a string and two integers',
      forms: [[STRING, NUMBER, NUMBER]],
      build: strmid,
    },
  ],
  ['strstr', { usage: 'strstr(string, sought) with two strings', forms: [[STRING, STRING]], build: strstr }],
]);
