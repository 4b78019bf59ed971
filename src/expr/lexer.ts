import { parseBitMask, parseDecimal, parseRadix, parseReal } from './literal.ts';
import { problem } from './problem.ts';
import type { Mark, Token } from './token.ts';

/** Longest spellings first: the first that fits is taken. */
const MARKS: readonly (readonly [string, Mark])[] = [
  ['**', '^'],
  ['^^', '^^'],
  ['||', '||'],
  ['&&', '&&'],
  ['==', '=='],
  ['!=', '!='],
  ['>=', '>='],
  ['=>', '>='],
  ['<=', '<='],
  ['=<', '<='],
  ...Array.from('~<>+-%*/|&^!?:=,()[]{}', (mark) => [mark, mark as Mark] as const),
];

/** Fortran's spellings, between dots. The first dot may be left out, except of `.xor.`. */
const DOTTED: ReadonlyMap<string, Mark> = new Map<string, Mark>([
  ['or', '||'],
  ['and', '&&'],
  ['not', '!'],
  ['eq', '=='],
  ['ne', '!='],
  ['lt', '<'],
  ['le', '<='],
  ['gt', '>'],
  ['ge', '>='],
  ['xor', '^^'],
]);

const CONSTANTS: ReadonlyMap<string, number> = new Map([
  ['pi', Math.PI],
  ['e', Math.E],
  ['deg', Math.PI / 180],
]);

const CASTS = [
  ['(int)', 'integer'],
  ['(INT)', 'integer'],
  ['(float)', 'real'],
  ['(FLOAT)', 'real'],
  ['(double)', 'real'],
  ['(DOUBLE)', 'real'],
] as const;

const BLANK = /[ \t\r\n]*/y;
const DOTTED_WORD = /\.([A-Za-z]+)\./y;
const WORD = /[A-Za-z_][A-Za-z0-9_]*/y;
const RADIX_INTEGER = /0b[01]+|0o[0-7]+|0x[0-9a-fA-F]+/y;
const DIGITS = /[0-9]*/y;
const EXPONENT = /[eEdD][+-]?[0-9]+/y;
const KEYWORD = /#(?:([A-Za-z0-9_]+)|\$([^$\n]*)\$)/y;
const QUOTED = /"([^"\n]*)"|'([^'\n]*)'/y;
const QUOTED_NAME = /\$([^$\n]*)\$/y;

/**
 * Cuts an expression into tokens, by CFITSIO's rules: where several readings fit, the longest one is taken.
 * So `b01` is a bit mask, `T` a truth value and `sin (x)` no call; columns of such names are written `$b01$`, `$T$`.
 *
 * @throws IactError 'usage' at the first character that begins nothing
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = skipBlanks(text, 0);
  while (at < text.length) {
    const token = readToken(text, at);
    tokens.push(token);
    at = skipBlanks(text, token.end);
  }
  tokens.push({ kind: 'end', at: text.length, end: text.length });
  return tokens;
}

/** Blanks, line ends, and lines that begin with `//` (comments in files with long expressions). */
function skipBlanks(text: string, from: number): number {
  let at = from;
  for (;;) {
    const next = match(BLANK, text, at)?.[0].length ?? 0;
    const startsLine = at === 0 || text.slice(at, at + next).includes('\n');
    at += next;
    if (!startsLine || !text.startsWith('//', at)) return at;
    const lineEnd = text.indexOf('\n', at);
    at = lineEnd < 0 ? text.length : lineEnd;
  }
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function readToken(text: string, at: number): Token {
  const first = text.charAt(at);
  const token =
    readCast(text, at) ??
    (first === '#' ? readHash(text, at) : undefined) ??
    (first === '$' ? readQuotedName(text, at) : undefined) ??
    (first === '"' || first === "'" ? readString(text, at) : undefined) ??
    readWord(text, at) ??
    readDotted(text, at) ??
    readNumber(text, at) ??
    readMark(text, at);
  if (token !== undefined) return token;
  throw problem('usage', text, { at, end: at + 1 }, `Cannot read the expression: ${reasonFor(text, at)}.`);
}

function reasonFor(text: string, at: number): string {
  const first = text.charAt(at);
  if (first === '"' || first === "'") return `the closing ${first} is missing`;
  if (first === '$') return 'the closing $ of the name is missing';
  if (first === '#') return 'expected the name of a keyword after "#", as in #NAME or #$ODD-NAME$';
  if (first === '.') {
    const word = /^\.[A-Za-z]+\./.exec(text.slice(at, at + 12))?.[0];
    if (word === undefined) return 'expected a digit or an operator such as ".and." at the "."';
    return DOTTED.has(word.slice(1, -1).toLowerCase())
      ? `"${word}" must be all lower or all upper case`
      : `"${word}" is no operator`;
  }
  return `unexpected ${JSON.stringify(String.fromCodePoint(text.codePointAt(at) ?? 0))}`;
}

function readCast(text: string, at: number): Token | undefined {
  const cast = CASTS.find(([spelling]) => text.startsWith(spelling, at));
  return cast && { kind: 'cast', value: cast[1], at, end: at + cast[0].length };
}

function readHash(text: string, at: number): Token | undefined {
  const found = match(KEYWORD, text, at);
  if (found === null) return undefined;
  const span = { at, end: at + found[0].length };
  const plain = found[1]?.toLowerCase();
  const constant = CONSTANTS.get(plain ?? '');
  if (constant !== undefined) return { kind: 'real', value: constant, ...span };
  if (plain === 'row' || plain === 'null' || plain === 'snull') return { kind: 'special', value: plain, ...span };
  return { kind: 'keyword', value: found[1] ?? found[2] ?? '', ...span };
}

function readQuotedName(text: string, at: number): Token | undefined {
  const found = match(QUOTED_NAME, text, at);
  return found === null ? undefined : { kind: 'name', value: found[1] ?? '', at, end: at + found[0].length };
}

function readString(text: string, at: number): Token | undefined {
  const found = match(QUOTED, text, at);
  return found === null
    ? undefined
    : { kind: 'string', value: found[1] ?? found[2] ?? '', at, end: at + found[0].length };
}

function readWord(text: string, at: number): Token | undefined {
  const word = match(WORD, text, at)?.[0];
  if (word === undefined) return undefined;
  const end = at + word.length;
  const next = text.charAt(end);
  if (next === '(' && /^[A-Za-z][A-Za-z0-9]+$/.test(word)) {
    return { kind: 'call', value: word.toLowerCase(), at, end: end + 1 };
  }
  const mark = next === '.' ? dottedMark(word) : undefined;
  if (mark !== undefined && mark !== '^^') return { kind: 'mark', value: mark, at, end: end + 1 };
  const bits = parseBitMask(word);
  if (bits !== undefined) return { kind: 'bits', value: bits, at, end };
  if (/^[tf]$/i.test(word)) return { kind: 'logical', value: word.toLowerCase() === 't', at, end };
  return { kind: 'name', value: word, at, end };
}

function readDotted(text: string, at: number): Token | undefined {
  const found = match(DOTTED_WORD, text, at);
  const mark = found === null ? undefined : dottedMark(found[1] ?? '');
  return found === null || mark === undefined
    ? undefined
    : { kind: 'mark', value: mark, at, end: at + found[0].length };
}

function dottedMark(word: string): Mark | undefined {
  const lower = word.toLowerCase();
  return word === lower || word === word.toUpperCase() ? DOTTED.get(lower) : undefined;
}

function readNumber(text: string, at: number): Token | undefined {
  const radix = match(RADIX_INTEGER, text, at)?.[0];
  if (radix !== undefined) return { kind: 'integer', value: parseRadix(radix), at, end: at + radix.length };
  const whole = match(DIGITS, text, at)?.[0] ?? '';
  let end = at + whole.length;
  const hasPoint = text.charAt(end) === '.';
  const fraction = hasPoint ? (match(DIGITS, text, end + 1)?.[0] ?? '') : '';
  if (whole === '' && fraction === '') return undefined;
  if (hasPoint) end += 1 + fraction.length;
  const exponent = match(EXPONENT, text, end)?.[0] ?? '';
  end += exponent.length;
  if (!hasPoint && exponent === '') return { kind: 'integer', value: parseDecimal(whole), at, end };
  return { kind: 'real', value: parseReal(text.slice(at, end)), at, end };
}

function readMark(text: string, at: number): Token | undefined {
  const mark = MARKS.find(([spelling]) => text.startsWith(spelling, at));
  return mark && { kind: 'mark', value: mark[1], at, end: at + mark[0].length };
}
