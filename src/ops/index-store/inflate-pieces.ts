import { createGunzip, type Gunzip } from 'node:zlib';

/** Large enough that a data file is a few pieces, small enough that little is expanded behind the last header. */
const PIECE_BYTES = 256 * 1024;

/** Pieces that are held ready: more would let a file of zeros fill the memory. */
const PIECES_AHEAD = 2;

/**
 * Expands gzip data in another thread, piece by piece, as far as they are asked for. Takes half the time of streams that
 * are piped into each other (measured). A chunk of `compressed` is not looked at again once the next is asked for.
 */
export async function* inflatePieces(compressed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const gunzip = createGunzip({ chunkSize: PIECE_BYTES });
  const pieces: Uint8Array[] = [];
  let end: { readonly error?: unknown } | undefined;
  let wake = (): void => undefined;
  const finish = (how: { readonly error?: unknown }): void => {
    end ??= how;
    wake();
  };
  gunzip.on('data', (piece: Uint8Array) => {
    pieces.push(piece);
    if (pieces.length >= PIECES_AHEAD) gunzip.pause();
    wake();
  });
  gunzip.on('end', () => finish({}));
  gunzip.on('error', (error) => finish({ error }));
  feed(gunzip, compressed).catch((error: unknown) => finish({ error }));
  try {
    for (;;) {
      const piece = pieces.shift();
      if (piece !== undefined) yield piece;
      else if (end === undefined) {
        const more = new Promise<void>((resolve) => {
          wake = resolve;
        });
        gunzip.resume();
        await more;
      } else if ('error' in end) throw end.error;
      else return;
    }
  } finally {
    gunzip.destroy();
  }
}

async function feed(gunzip: Gunzip, compressed: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of compressed) {
    await new Promise<void>((resolve) => gunzip.write(chunk, () => resolve()));
    if (gunzip.destroyed) return;
  }
  gunzip.end();
}
