import type { Span } from './problem.ts';

/** Operators and marks, each in the one spelling that the parser knows. */
export type Mark =
  | '||'
  | '&&'
  | '=='
  | '!='
  | '~'
  | '<'
  | '<='
  | '>'
  | '>='
  | '+'
  | '-'
  | '%'
  | '*'
  | '/'
  | '|'
  | '&'
  | '^^'
  | '^'
  | '!'
  | '?'
  | ':'
  | '='
  | ','
  | '('
  | ')'
  | '['
  | ']'
  | '{'
  | '}';

/** A word of the language, with its place in the text. */
export type Token = Span &
  (
    | { readonly kind: 'integer'; readonly value: number }
    | { readonly kind: 'real'; readonly value: number }
    | { readonly kind: 'logical'; readonly value: boolean }
    /** Quoted text, without the quotes. */
    | { readonly kind: 'string'; readonly value: string }
    /** A bit mask such as `b01x0`, `o17` or `h3F`, spelled out in `0`, `1` and `x`. */
    | { readonly kind: 'bits'; readonly value: string }
    /** `#row`, `#null`, `#snull`. */
    | { readonly kind: 'special'; readonly value: 'row' | 'null' | 'snull' }
    /** A column, or a keyword where there is no such column. */
    | { readonly kind: 'name'; readonly value: string }
    /** `#NAME`: a header keyword, whatever the columns are called. */
    | { readonly kind: 'keyword'; readonly value: string }
    /** A function with the parenthesis that opens its arguments; the value is in lower case. */
    | { readonly kind: 'call'; readonly value: string }
    | { readonly kind: 'cast'; readonly value: 'integer' | 'real' }
    | { readonly kind: 'mark'; readonly value: Mark }
    | { readonly kind: 'end' }
  );

/** A token in words, for "found ...". */
export function describeToken(token: Token): string {
  switch (token.kind) {
    case 'end':
      return 'the end of the expression';
    case 'mark':
      return `"${token.value}"`;
    case 'call':
      return `"${token.value}("`;
    case 'cast':
      return token.value === 'integer' ? '"(int)"' : '"(float)"';
    case 'string':
      return 'a string';
    case 'bits':
      return 'a bit mask';
    case 'logical':
      return 'a truth value';
    case 'special':
      return `"#${token.value}"`;
    case 'keyword':
      return `the keyword "${token.value}"`;
    case 'name':
      return `the name "${token.value}"`;
    default:
      return 'a number';
  }
}
