import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { inflatePieces } from './inflate-pieces.ts';

const CHUNK_BYTES = 64 * 1024;
/** Compression gains nothing, so that each chunk gives about its own size. */
const CONTENT = randomBytes(3_000_000);

function counted(bytes: Uint8Array): AsyncIterable<Uint8Array> & { asked: number; closed: boolean } {
  const chunks = {
    asked: 0,
    closed: false,
    async *[Symbol.asyncIterator]() {
      try {
        for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
          chunks.asked += 1;
          yield bytes.subarray(at, at + CHUNK_BYTES);
        }
      } finally {
        chunks.closed = true;
      }
    },
  };
  return chunks;
}

async function expanded(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of inflatePieces(chunks)) pieces.push(piece);
  return Buffer.concat(pieces);
}

describe('inflatePieces()', () => {
  it('gives the content, of one member and of several', async () => {
    const half = CONTENT.length >> 1;
    const members = [gzipSync(CONTENT.subarray(0, half)), gzipSync(CONTENT.subarray(half))];
    expect((await expanded(counted(gzipSync(CONTENT)))).equals(CONTENT)).toBe(true);
    expect((await expanded(counted(Buffer.concat(members)))).equals(CONTENT)).toBe(true);
  });

  it('asks for no more than gives what is taken, and closes what it was given', async () => {
    const chunks = counted(gzipSync(CONTENT));
    const pieces = inflatePieces(chunks);
    const first = (await pieces.next()).value as Uint8Array;
    await setTimeout(20);
    expect(chunks.asked).toBeLessThanOrEqual(Math.ceil(first.length / CHUNK_BYTES) + 1);
    await pieces.return();
    expect(chunks.closed).toBe(true);
  });

  it('throws for what is cut off and for what is no gzip', async () => {
    await expect(expanded(counted(gzipSync(CONTENT).subarray(0, -9)))).rejects.toThrow('unexpected end of file');
    await expect(expanded(counted(CONTENT))).rejects.toThrow('incorrect header check');
  });
});
