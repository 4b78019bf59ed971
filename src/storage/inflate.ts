import { Readable } from 'node:stream';
import { constants, createGunzip, createGzip } from 'node:zlib';

/**
 * Expands gzip data of one or several members (RFC 1952). Errors of the data are those of `node:zlib`; an end within
 * a member is one of them.
 */
export async function* inflate(compressed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
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

/** Compresses to one gzip member without name and time, so that the same content gives the same bytes. */
export async function* deflate(content: Iterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  // CFITSIO compresses at level 1, too: index tables are written often, and shrink tenfold even so.
  const gzip = createGzip({ level: constants.Z_BEST_SPEED, chunkSize: 256 * 1024 });
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
