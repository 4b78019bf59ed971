import { describe, expect, it } from 'vitest';
import type { FileInfo, ReadOptions, Source } from '../storage/index.ts';
import { bytesOf } from '../storage/testing/conformance.ts';
import { OpenedFile } from './opened-file.ts';

const content = bytesOf(1000);
const info: FileInfo = { kind: 'file', sizeBytes: 1000, mtimeMs: 1, mode: undefined, identity: undefined };

/** A source that notes what is read of it. */
function noting(tells = true) {
  const reads: string[] = [];
  const ends: string[] = [];
  const source: Source = {
    uri: 'test://',
    traits: { initialReads: 1, maxReads: 1, parallelRanges: true, tellsOnOpening: true },
    uriOf: (path) => `test://${path}`,
    stat: async () => info,
    list: async () => [],
    close: async () => undefined,
    async *read(path: string, { start = 0, end = 1000, expected, onOpened, signal }: ReadOptions = {}) {
      reads.push(`${path} ${start}-${end}${expected === undefined ? '' : ' as it was'}`);
      if (tells) onOpened?.(info);
      let isWhole = false;
      try {
        for (let at = start; at < Math.min(end, 1000); at += 100) {
          signal?.throwIfAborted();
          yield content.subarray(at, Math.min(end, at + 100));
        }
        isWhole = true;
      } finally {
        ends.push(isWhole ? 'whole' : 'left');
      }
    },
  };
  return { source, reads, ends };
}

async function bytesFrom(source: Source, options?: ReadOptions): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source.read('a', options)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('OpenedFile', () => {
  it.each([
    ['all of it', undefined, 1000, 1000, ['a 0-1000'], 'whole'],
    ['the part that was asked for', 250, 250, 250, ['a 0-250'], 'whole'],
    ['more than was asked for', 250, undefined, 1000, ['a 0-250', 'a 250-1000 as it was'], 'whole'],
    ['less than was asked for', undefined, 250, 250, ['a 0-1000'], 'left'],
  ])('gives %s from the read that is under way', async (_, opened, wanted, length, reads, end) => {
    const noted = noting();
    const file = await OpenedFile.open(noted.source, 'a', opened ?? Number.POSITIVE_INFINITY);
    expect(file?.info).toBe(info);
    const source = file?.asSource() as Source;
    const found = await bytesFrom(source, { expected: info, ...(wanted && { end: wanted }) });
    expect(Buffer.compare(found, content.subarray(0, length))).toBe(0);
    expect(noted.reads).toEqual(reads);
    expect(noted.ends[0]).toBe(end);
    // A second read is one of its own.
    await bytesFrom(source);
    expect(noted.reads.at(-1)).toBe('a 0-1000');
  });

  it('ends the read that nobody took over, and that of a source that does not tell', async () => {
    const noted = noting();
    await (await OpenedFile.open(noted.source, 'a', 500))?.close();
    expect(noted.ends).toEqual(['left']);
    const silent = noting(false);
    expect(await OpenedFile.open(silent.source, 'a', 500)).toBeUndefined();
    expect(silent.ends).toEqual(['left']);
  });

  it('ends its read with the signal of whoever took it over', async () => {
    const noted = noting();
    const file = await OpenedFile.open(noted.source, 'a', 500);
    const stop = new AbortController();
    const chunks = file?.asSource().read('a', { signal: stop.signal })[Symbol.asyncIterator]();
    await chunks?.next();
    stop.abort(new Error('stopped'));
    await expect(chunks?.next()).rejects.toThrow('stopped');
    expect(noted.ends).toEqual(['left']);
  });
});
