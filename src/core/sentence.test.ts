import { expect, it } from 'vitest';
import { asClause, asSentence } from './sentence.ts';

it.each([
  ['"x" is truncated', '"x" is truncated.'],
  ['It is empty.', 'It is empty.'],
  ['needed "SIMPLE  ="', 'needed "SIMPLE  =".'],
  ['(of 3)', '(of 3).'],
  ['Did you mean "a"?', 'Did you mean "a"?'],
  ['Cannot read\n  A >\n    ^', 'Cannot read\n  A >\n    ^'],
  ['', ''],
])('asSentence(%j)', (message, wanted) => {
  expect(asSentence(message)).toBe(wanted);
});

it('asClause() takes one full stop away', () => {
  expect(['It is.', 'it is', 'and so on...'].map(asClause)).toEqual(['It is', 'it is', 'and so on..']);
});
