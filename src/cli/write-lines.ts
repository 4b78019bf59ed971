import { printable, printableLines } from '../core/index.ts';
import type { CliIo } from './io.ts';

/** Large enough that a long output takes few calls of the system. */
const CHUNK_CHARACTERS = 64 * 1024;

/** @see ECMA-48 §8.3.117: SGR, which changes nothing but how text looks. */
const COLOR = /(\u001b\[[\d;]*m)/;

function printableInColor(line: string): string {
  if (!line.includes('\u001b')) return printable(line);
  return line
    .split(COLOR)
    .map((part, position) => (position % 2 === 1 ? part : printable(part)))
    .join('');
}

/**
 * Writes lines, many at once. Control characters in them are escaped, so that no terminal obeys the data of a store; only
 * sequences that colour text remain.
 *
 * @param exact the lines are data for a program and stay as they are, line breaks in them included, unless a person reads
 *   them at a terminal.
 */
export function writeLines(stream: CliIo['stdout'], lines: Iterable<string>, exact = false): void {
  const shown = !exact ? printableInColor : stream.columns === undefined ? String : printableLines;
  let text = '';
  for (const line of lines) {
    text += `${shown(line)}\n`;
    if (text.length < CHUNK_CHARACTERS) continue;
    stream.write(text);
    text = '';
  }
  if (text !== '') stream.write(text);
}
