import type { CliIo } from './io.ts';

/** Large enough that a long output takes few calls of the system. */
const CHUNK_CHARACTERS = 64 * 1024;

/** Writes lines, many at once. */
export function writeLines(stream: CliIo['stdout'], lines: Iterable<string>): void {
  let text = '';
  for (const line of lines) {
    text += `${line}\n`;
    if (text.length < CHUNK_CHARACTERS) continue;
    stream.write(text);
    text = '';
  }
  if (text !== '') stream.write(text);
}
