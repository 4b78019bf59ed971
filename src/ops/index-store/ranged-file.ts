import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Inflate, RangedFile } from '../../fits/index.ts';
import { type FileInfo, fileInfo, inflate, type Source } from '../../storage/index.ts';
import type { StoreFile } from '../store-file.ts';

/** Compressed files up to this size are read and expanded in one step: streams take twice as long (measured). */
const SMALL_BYTES = 4 * 1024 * 1024;

/** What a small file may expand to in one step; beyond it is expanded piece by piece. */
const MAX_EXPANDED_BYTES = 64 * 1024 * 1024;

const EXPANDED_CHUNK_BYTES = 256 * 1024;

/** A file whose headers are to be read, and what expands it best. */
export interface HeaderFile {
  readonly file: RangedFile;
  readonly inflate: Inflate;
}

/** Opens nothing yet; reading throws what `Source.read` does. */
export function headerFile(source: Source, { path, info }: StoreFile, signal?: AbortSignal): HeaderFile {
  const { sizeBytes } = info;
  const onDisk = source.diskPath?.(path);
  const read = async function* (start: number, end: number): AsyncGenerator<Uint8Array> {
    const isSmall = onDisk !== undefined && end - start <= SMALL_BYTES;
    const bytes = isSmall ? readFromDisk(onDisk, info, start, end) : undefined;
    if (bytes !== undefined) yield bytes;
    else yield* source.read(path, { start, end, expected: info, signal });
  };
  if (!path.endsWith('.gz') || sizeBytes > SMALL_BYTES) return { file: { sizeBytes, read }, inflate };
  let whole: Promise<Uint8Array> | undefined;
  const readWhole = async function* (start: number, end: number): AsyncGenerator<Uint8Array> {
    whole ??= collect(read(0, sizeBytes));
    yield (await whole).subarray(start, end);
  };
  return { file: { sizeBytes, read: readWhole }, inflate: inflateSmall };
}

/**
 * A part of a file on a disk, by calls that block: they return in microseconds, while each round through the thread pool
 * costs more. Nothing where anything is not as expected: then the source tells what is wrong.
 */
function readFromDisk(path: string, expected: FileInfo, start: number, end: number): Uint8Array | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const { sizeBytes, mtimeMs } = fileInfo(fstatSync(file));
    if (sizeBytes !== expected.sizeBytes || mtimeMs !== expected.mtimeMs) return undefined;
    const bytes = Buffer.allocUnsafeSlow(Math.max(0, Math.min(end, sizeBytes) - start));
    return readSync(file, bytes, 0, bytes.length, start) === bytes.length ? bytes : undefined;
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

const expand = promisify<Uint8Array, { chunkSize: number; maxOutputLength: number }, Buffer>(gunzip);

async function* inflateSmall(compressed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const bytes = await collect(compressed);
  try {
    yield await expand(bytes, { chunkSize: chunkSizeOf(bytes), maxOutputLength: MAX_EXPANDED_BYTES });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') throw error;
    yield* inflate(once(bytes));
  }
}

/** One piece for all, by the size that the file gives for itself: pieces would have to be joined. @see RFC 1952 §2.3.1 */
function chunkSizeOf(bytes: Uint8Array): number {
  if (bytes.length < 4) return EXPANDED_CHUNK_BYTES;
  const size = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4, 4).getUint32(0, true) + 1;
  return size <= MAX_EXPANDED_BYTES ? Math.max(size, EXPANDED_CHUNK_BYTES) : EXPANDED_CHUNK_BYTES;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function collect(content: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}
