import { printableLines } from '../core/index.ts';

/**
 * JSON in which what is not known is null: every key of a record is always there. Characters that a terminal obeys are
 * written as JSON's escapes, wherever it goes to: a program reads the same text, and no terminal is harmed.
 */
export function jsonText(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, (_, each: unknown) => (each === undefined ? null : each), indent);
  // JSON itself is ASCII: what is not printable stands in a text, where an escape means the same.
  return printableLines(text);
}
