import type { Source } from '../storage/index.ts';

/**
 * Whether the destination's file is a true beginning of the source's: what a copy leaves that writes to the final name
 * and is interrupted. Reads only the shorter file's length of both, and nothing if lengths rule it out.
 */
export async function isTrueBeginning(
  source: Source,
  sourcePath: string,
  sourceBytes: number,
  destination: Source,
  path: string,
  destinationBytes: number,
): Promise<boolean> {
  if (destinationBytes >= sourceBytes) return false;
  const wanted = chunksOf(source.read(sourcePath, { end: destinationBytes }));
  const found = chunksOf(destination.read(path));
  try {
    let left = Buffer.alloc(0);
    for (;;) {
      const chunk = await found.next();
      if (chunk.done) return true;
      while (left.length < chunk.value.length) {
        const more = await wanted.next();
        if (more.done) return false;
        left = Buffer.concat([left, more.value]);
      }
      if (left.compare(chunk.value, 0, chunk.value.length, 0, chunk.value.length) !== 0) return false;
      left = left.subarray(chunk.value.length);
    }
  } finally {
    await Promise.all([wanted.return?.(), found.return?.()]);
  }
}

function chunksOf(content: AsyncIterable<Uint8Array>): AsyncIterator<Uint8Array> {
  return content[Symbol.asyncIterator]();
}
