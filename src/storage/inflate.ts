import { Readable } from 'node:stream';
import { constants, createGunzip, createGzip, gunzipSync } from 'node:zlib';

/**
 * Expands gzip data of one or several members (RFC 1952). Errors of the data are those of `node:zlib`; an end within
 * a member is one of them.
 */
export async function* inflate(compressed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const begin = await firstBytes(compressed);
  if (begin.isAll) yield gunzipSync(begin.bytes);
  else yield* inflateStream(begin.rest);
}

/** The index of most stores is this small; expanded at once it saves the setting up of streams (5 ms). */
const SMALL_BYTES = 64 * 1024;

type Beginning =
  | { readonly isAll: true; readonly bytes: Uint8Array }
  | { readonly isAll: false; readonly rest: AsyncIterable<Uint8Array> };

/** Reads until there is more than a little; `rest` is the whole content again. */
async function firstBytes(content: AsyncIterable<Uint8Array>): Promise<Beginning> {
  const iterator = content[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let size = 0;
  while (size <= SMALL_BYTES) {
    const next = await iterator.next();
    if (next.done) return { isAll: true, bytes: Buffer.concat(chunks) };
    chunks.push(next.value);
    size += next.value.length;
  }
  return { isAll: false, rest: resumed(chunks, iterator) };
}

async function* resumed(
  chunks: readonly Uint8Array[],
  iterator: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  } finally {
    await iterator.return?.();
  }
}

async function* inflateStream(compressed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const source = Readable.from(compressed, { objectMode: false });
  const gunzip = createGunzip({ chunkSize: 256 * 1024 });
  source.on('error', (error) => gunzip.destroy(error));
  source.pipe(gunzip);
  try {
    for await (const chunk of gunzip) yield chunk as Uint8Array;
  } finally {
    source.destroy();
    gunzip.destroy();
  }
}

/**
 * Compresses to one gzip member without name and time, so that the same content gives the same bytes.
 *
 * @param level of zlib. CFITSIO takes level 1, too: index tables are written often, and shrink tenfold even so.
 */
export async function* deflate(
  content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  level: number = constants.Z_BEST_SPEED,
): AsyncGenerator<Uint8Array, void> {
  const gzip = createGzip({ level, chunkSize: 256 * 1024 });
  const source = Readable.from(content, { objectMode: false });
  source.on('error', (error) => gzip.destroy(error));
  source.pipe(gzip);
  try {
    for await (const chunk of gzip) yield chunk as Uint8Array;
  } finally {
    source.destroy();
    gzip.destroy();
  }
}
