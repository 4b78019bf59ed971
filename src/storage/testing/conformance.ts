import { describe, expect, it, onTestFinished } from 'vitest';
import { IactError } from '../../core/index.ts';
import type { FileInfo, Source } from '../contract.ts';

/** Files of a store, by path. */
export type TestFiles = Readonly<Record<string, Uint8Array>>;

/** What a kind of store cannot do; the suite then asks that it says so. */
export interface Abilities {
  readonly lists?: boolean;
  readonly mtime?: boolean;
}

/**
 * The suite that every source must pass.
 *
 * @param serve puts the files in place and opens them as a source; `stop` ends what it started.
 */
export function sourceConformance(
  name: string,
  serve: (files: TestFiles) => Promise<{ source: Source; stop: () => Promise<void> }>,
  abilities: Abilities = {},
  test: (name: string, body: () => Promise<void>) => void = it,
): void {
  const open = async (files: TestFiles): Promise<Source> => {
    const { source, stop } = await serve(files);
    onTestFinished(async () => {
      await source.close();
      await stop();
    });
    return source;
  };

  describe(`${name}, as every source`, () => {
    test('stat() tells kind and size, and undefined for what is not there', async () => {
      const source = await open({
        'a.fits': bytesOf(2880),
        'data/b c+d#e%41é.fits': bytesOf(10),
        'data/empty': bytesOf(0),
      });
      expect(await source.stat('a.fits')).toMatchObject({ kind: 'file', sizeBytes: 2880 });
      expect(await source.stat('data/b c+d#e%41é.fits')).toMatchObject({ kind: 'file', sizeBytes: 10 });
      expect(await source.stat('data/empty')).toMatchObject({ kind: 'file', sizeBytes: 0 });
      expect(await source.stat('absent')).toBeUndefined();
      expect(await source.stat('data/absent')).toBeUndefined();
      expect(await source.stat('absent/b')).toBeUndefined();
      const root = await source.stat('');
      if (root !== undefined) expect(root.kind).toBe('directory');
      if (abilities.mtime !== false) expect((await source.stat('a.fits'))?.mtimeMs).toBeGreaterThan(Date.UTC(2000, 0));
    });

    test('stat() tells the same twice', async () => {
      const source = await open({ 'a.fits': bytesOf(2880) });
      expect(await source.stat('a.fits')).toEqual(await source.stat('a.fits'));
    });

    test('read() tells what the file is before its first chunk, where it says that it does', async () => {
      const source = await open({ 'a.fits': bytesOf(100_000) });
      if (!source.traits.tellsOnOpening) return;
      for (const end of [10, 200_000, undefined]) {
        const told: FileInfo[] = [];
        const onOpened = (info: FileInfo): void => void told.push(info);
        let count = 0;
        for await (const chunk of source.read('a.fits', { ...(end && { end }), onOpened })) {
          expect(told).toHaveLength(1);
          count += chunk.length;
        }
        expect(count).toBe(Math.min(end ?? 100_000, 100_000));
        expect(told).toEqual([await source.stat('a.fits')]);
      }
      const told: FileInfo[] = [];
      const absent = source.read('absent', { end: 10, onOpened: (info) => void told.push(info) });
      await expect(absent[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'not-found' });
      expect(told).toEqual([]);
    });

    test('read() gives every byte of small, large and empty files', async () => {
      const files = {
        empty: bytesOf(0),
        one: bytesOf(1),
        'data/small': bytesOf(20_000),
        'data/large': bytesOf(5_000_001),
      };
      const source = await open(files);
      for (const [path, content] of Object.entries(files)) {
        expect(Buffer.compare(await contentOf(source, path), content), path).toBe(0);
      }
    });

    test('read() gives a range, clipped to the file', async () => {
      const content = bytesOf(300_000);
      const source = await open({ 'data/a': content });
      const expected = (await source.stat('data/a')) ?? undefined;
      const ranges: [number, number | undefined][] = [
        [0, 1],
        [1, 70_000],
        [299_999, 300_000],
        [299_000, undefined],
        [100, 999_999],
        [300_000, undefined],
        [5, 5],
      ];
      for (const [start, end] of ranges) {
        const options = { start, ...(end === undefined ? {} : { end }) };
        for (const known of [{}, { ...(expected && { expected }) }]) {
          const found = await contentOf(source, 'data/a', { ...options, ...known });
          expect(Buffer.compare(found, content.subarray(start, end)), `${start}..${end}`).toBe(0);
        }
      }
    });

    test('read() gives chunks that are never empty and belong to the caller', async () => {
      const content = bytesOf(3_000_000);
      const source = await open({ a: content });
      const chunks: Uint8Array[] = [];
      for await (const chunk of source.read('a')) {
        expect(chunk.length).toBeGreaterThan(0);
        chunks.push(chunk);
      }
      expect(Buffer.compare(Buffer.concat(chunks), content)).toBe(0);
    });

    test('read() throws not-found for what is not there', async () => {
      const source = await open({ a: bytesOf(1) });
      await expect(contentOf(source, 'data/absent')).rejects.toMatchObject({ name: 'IactError', code: 'not-found' });
    });

    test('read() refuses a file that is not what was expected', async () => {
      const source = await open({ a: bytesOf(1000) });
      const info = await source.stat('a');
      if (info === undefined) throw new Error('no file');
      const other = { ...info, sizeBytes: 999, mtimeMs: 1, ...(info.version && { version: '"other"' }) };
      await expect(contentOf(source, 'a', { expected: other })).rejects.toMatchObject({
        code: 'changed',
        retryable: true,
      });
    });

    test('read() can be left early, and the source works on', async () => {
      const source = await open({ a: bytesOf(4_000_000), b: bytesOf(10) });
      for await (const chunk of source.read('a')) {
        expect(chunk.length).toBeGreaterThan(0);
        break;
      }
      expect((await contentOf(source, 'b')).length).toBe(10);
    });

    test('read() ends soon after its signal was aborted', async () => {
      const source = await open({ a: bytesOf(8_000_000), b: bytesOf(10) });
      const controller = new AbortController();
      const reading = (async () => {
        for await (const _ of source.read('a', { signal: controller.signal })) controller.abort(new Error('enough'));
      })();
      await expect(reading).rejects.toThrow();
      expect((await contentOf(source, 'b')).length).toBe(10);
    });

    test('many reads and looks at once do not mix', async () => {
      const files = Object.fromEntries(
        Array.from({ length: 60 }, (_, i) => [`data/f${i}`, bytesOf(10_000 + 997 * i, i)]),
      );
      const source = await open(files);
      const paths = Object.keys(files);
      const found = await Promise.all(
        paths.map(async (path) => [await source.stat(path), await contentOf(source, path)] as const),
      );
      for (const [i, path] of paths.entries()) {
        expect(found[i]?.[0]?.sizeBytes).toBe(files[path]?.length);
        expect(Buffer.compare(found[i]?.[1] ?? bytesOf(0), files[path] ?? bytesOf(0)), path).toBe(0);
      }
    });

    test('list() tells names and kinds in order, or that it cannot', async () => {
      const source = await open({
        'b.fits': bytesOf(1),
        'a z.fits': bytesOf(1),
        'data/é': bytesOf(1),
        'data/x/y': bytesOf(1),
      });
      const root = await source.list('');
      if (abilities.lists === false) {
        expect(root).toBeUndefined();
        return;
      }
      expect(root).toEqual([
        { name: 'a z.fits', kind: 'file' },
        { name: 'b.fits', kind: 'file' },
        { name: 'data', kind: 'directory' },
      ]);
      expect(await source.list('data')).toEqual([
        { name: 'x', kind: 'directory' },
        { name: 'é', kind: 'file' },
      ]);
      expect(await source.list('absent')).toEqual([]);
    });

    test('errors are ours and name the place', async () => {
      const source = await open({ a: bytesOf(1) });
      const error = await contentOf(source, 'absent').catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(IactError);
      expect((error as IactError).message).toContain(source.uriOf('absent'));
    });
  });
}

/** Bytes without a pattern that a shifted or repeated chunk could hide in. */
export function bytesOf(count: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(count);
  let state = (seed * 2_654_435_761 + 12_345) >>> 0;
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

/** The whole content, or a range, of a file. */
export async function contentOf(
  source: Source,
  path: string,
  options: Parameters<Source['read']>[1] = {},
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source.read(path, options)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
