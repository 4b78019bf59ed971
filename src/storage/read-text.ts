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
