import { IactError } from '../core/index.ts';
import type { FileInfo, Source } from './contract.ts';

/** A master index or run list that is larger is none. */
export const MAX_TEXT_BYTES: number = 64 * 1024 * 1024;

/** Reads a text file as UTF-8. @throws `not-found`, `unreadable`, or `bad-data` if it is too large for a text. */
export async function readText(source: Source, path: string, expected?: FileInfo): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of source.read(path, expected === undefined ? {} : { expected })) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_TEXT_BYTES) {
      const uri = source.uriOf(path);
      throw new IactError('bad-data', `"${uri}" is too large for a text file (more than 64 MB).`, { uri });
    }
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

/**
 * The lines of a text file as UTF-8, one after the other: a list of what a large store has is no small text.
 *
 * @param longest lines of more characters than this are passed over.
 * @throws `not-found`, `unreadable`.
 */
export async function* readLines(source: Source, path: string, longest: number): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let begun: string[] = [];
  let length = 0;
  const add = (text: string): void => {
    length += text.length;
    if (length > longest) begun = [];
    else begun.push(text);
  };
  const complete = (): string[] => {
    const line = length > longest ? [] : [begun.join('')];
    begun = [];
    length = 0;
    return line;
  };
  for await (const chunk of source.read(path)) {
    for (const [position, text] of decoder.decode(chunk, { stream: true }).split('\n').entries()) {
      if (position > 0) yield* complete();
      add(text);
    }
  }
  add(decoder.decode());
  yield* complete();
}
