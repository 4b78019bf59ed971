import { IactError } from '../core/index.ts';
import { beginningOf } from './beginning-of.ts';
import type { FileInfo, Source } from './contract.ts';

/** A master index or run list that is larger is none. */
export const MAX_TEXT_BYTES: number = 64 * 1024 * 1024;

/** Reads a text file as UTF-8. @throws `not-found`, `unreadable`, or `bad-data` if it is too large for a text. */
export async function readText(
  source: Pick<Source, 'read' | 'uriOf'>,
  path: string,
  expected?: FileInfo,
): Promise<string> {
  const content = source.read(path, expected === undefined ? {} : { expected });
  const bytes = await beginningOf(content, MAX_TEXT_BYTES);
  if (bytes.length <= MAX_TEXT_BYTES) return new TextDecoder().decode(bytes);
  const uri = source.uriOf(path);
  throw new IactError('bad-data', `"${uri}" is too large for a text file (more than 64 MB).`, { uri });
}

/** A file, and what its store told of it as it was opened. */
export interface WholeFile {
  readonly info: FileInfo;
  readonly bytes: Uint8Array;
}

/**
 * Reads a small file as a whole, without asking before what it is.
 *
 * @returns `undefined` if the store does not tell that as it opens the file, and for a larger one.
 * @throws {IactError} what `read` throws.
 */
export async function readWhole(
  source: Source,
  path: string,
  mostBytes: number,
  signal?: AbortSignal,
): Promise<WholeFile | undefined> {
  let info: FileInfo | undefined;
  const onOpened = (found: FileInfo): void => {
    info = found;
  };
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of source.read(path, { onOpened, signal })) {
    size += chunk.length;
    if (info === undefined || Math.max(size, info.sizeBytes) > mostBytes) return undefined;
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  return info !== undefined && info.sizeBytes === bytes.length ? { info, bytes } : undefined;
}

/**
 * The lines of a text file as UTF-8, one after the other: a list of what a large store has is no small text.
 *
 * @param longest lines of more characters than this are passed over.
 * @throws `not-found`, `unreadable`.
 */
export function readLines(source: Source, path: string, longest: number): AsyncGenerator<string, void> {
  return linesOf(source.read(path), longest);
}

/** The lines of a text, as {@link readLines}. */
export async function* linesOf(content: AsyncIterable<Uint8Array>, longest: number): AsyncGenerator<string, void> {
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
  for await (const chunk of content) {
    for (const [position, text] of decoder.decode(chunk, { stream: true }).split('\n').entries()) {
      if (position > 0) yield* complete();
      add(text);
    }
  }
  add(decoder.decode());
  yield* complete();
}
