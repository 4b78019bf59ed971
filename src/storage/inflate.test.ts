import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { deflate, inflate } from './inflate.ts';

async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all).toString();
}

describe('inflate()', () => {
  it('joins several members, however the chunks fall', async () => {
    const bytes = Buffer.concat([gzipSync('first '), gzipSync('second '), gzipSync('third')]);
    for (const size of [1, 7, 1000]) expect(await collect(inflate(chunksOf(bytes, size)))).toBe('first second third');
  });

  it('fails on data that are cut off or damaged', async () => {
    const bytes = gzipSync(Buffer.alloc(100_000, 'text'));
    await expect(collect(inflate(chunksOf(bytes.subarray(0, -9), 100)))).rejects.toThrow();
    const damaged = Buffer.from(bytes);
    damaged[bytes.length - 6] = (damaged[bytes.length - 6] ?? 0) ^ 1;
    await expect(collect(inflate(chunksOf(damaged, 100)))).rejects.toThrow();
  });

  it('hands on an error of the source', async () => {
    const failing = (async function* () {
      yield gzipSync('x').subarray(0, 5);
      throw new Error('cable cut');
    })();
    await expect(collect(inflate(failing))).rejects.toThrow('cable cut');
  });
});

describe('deflate()', () => {
  it('gives the same bytes for the same content, without a time', async () => {
    const make = async () => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of deflate([Buffer.from('some '), Buffer.from('text')])) chunks.push(chunk);
      return Buffer.concat(chunks);
    };
    const bytes = await make();
    expect(gunzipSync(bytes).toString()).toBe('some text');
    expect(bytes.equals(await make())).toBe(true);
    expect(bytes.readUInt32LE(4)).toBe(0);
  });
});
