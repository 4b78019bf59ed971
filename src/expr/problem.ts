import { type ErrorDetails, IactError, printable } from '../core/index.ts';

/** A stretch of the expression: `at` is the first character, `end` the one after the last. */
export interface Span {
  readonly at: number;
  readonly end: number;
}

/** How much of a long expression an error shows. */
const SHOWN_CHARACTERS = 96;
/** How much of a long expression is shown before the place in question. */
const SHOWN_BEFORE = 60;

/**
 * An error about a place in an expression. The message has three lines: what is wrong and what was expected, the
 * expression (the part around the place, if it is long), and carets below the place.
 */
export function problem(
  code: 'usage' | 'bad-data',
  text: string,
  span: Span,
  what: string,
  details: ErrorDetails = {},
): IactError {
  return new IactError(code, `${printable(what)}\n${excerpt(text, span)}`, { ...details, lines: true });
}

function excerpt(text: string, span: Span): string {
  const at = Math.min(span.at, text.length);
  const first = at > SHOWN_CHARACTERS - 16 ? at - SHOWN_BEFORE : 0;
  const last = Math.min(text.length, first + SHOWN_CHARACTERS);
  // One blank for each code unit, so that the carets stay below their place.
  const shown = text.slice(first, last).replace(/[\s\u0000-\u001f\u007f-\u009f\ud800-\udfff]/g, ' ');
  const before = first > 0 ? '...' : '';
  const after = last < text.length ? '...' : '';
  const carets = '^'.repeat(Math.max(1, Math.min(span.end, last) - at));
  return `  ${before}${shown}${after}\n  ${' '.repeat(before.length + at - first)}${carets}`;
}
