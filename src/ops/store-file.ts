import { IactError } from '../core/index.ts';
import { type Hdu, readFits } from '../fits/index.ts';
import { type FileInfo, inflate, type Source } from '../storage/index.ts';

/** A file that is there, under its own name or that of its compressed sibling. */
export interface StoreFile {
  readonly path: string;
  readonly info: FileInfo;
}

/** A master index or run list that is larger is none. */
const MAX_TEXT_BYTES = 64 * 1024 * 1024;

/**
 * Finds a file under its name or, as CFITSIO does, as `name.gz`.
 *
 * @returns `undefined` if neither is a regular file.
 */
export async function findFile(source: Source, path: string): Promise<StoreFile | undefined> {
  for (const candidate of [path, `${path}.gz`]) {
    const info = await source.stat(candidate);
    if (info?.kind === 'file') return { path: candidate, info };
  }
  return undefined;
}

/** Reads a text file as UTF-8. @throws `not-found`, `unreadable`, or `bad-data` if it is too large for a text. */
export async function readText(source: Source, path: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of source.read(path)) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_TEXT_BYTES) {
      const uri = source.uriOf(path);
      throw new IactError('bad-data', `"${uri}" is too large for a text file (more than 64 MB).`, { uri });
    }
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

/** Reads all HDUs of a FITS file into memory. Meant for index files. */
export async function readFitsFile(source: Source, file: StoreFile): Promise<Hdu[]> {
  const uri = source.uriOf(file.path);
  return readFits(source.read(file.path), { uri, inflate, sourceBytes: file.info.sizeBytes });
}

/**
 * Whether a file, or its compressed sibling, opens as FITS: its primary header can be read. What ctools calls
 * available.
 */
export async function opensAsFits(source: Source, path: string): Promise<boolean> {
  const file = await findFile(source, path);
  if (file === undefined) return false;
  try {
    await readFits(source.read(file.path), { uri: source.uriOf(file.path), inflate, select: () => 'stop' });
    return true;
  } catch (error) {
    if (error instanceof IactError && error.code === 'bad-data') return false;
    throw error;
  }
}
