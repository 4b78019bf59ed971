import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempDirectory } from '../../../test/support/temp.ts';
import { bytesOf, contentOf } from '../testing/conformance.ts';
import { openBlocks, WAYS } from './testing/open-blocks.ts';
import { END, memberBlocks } from './testing/tar-blocks.ts';

describe('ArchiveSource.open() of an archive that is unpacked', () => {
  it('leaves no name in the temporary directory, and says where it has no room', async () => {
    const temporary = await tempDirectory();
    const source = await openBlocks([memberBlocks({ name: 'a', body: 'A' }), END], 'unpacked', {
      tempDirectory: temporary,
    });
    expect(await readdir(temporary)).toEqual([]);
    expect(Buffer.from(await contentOf(source, 'a')).toString()).toBe('A');
    const missing = openBlocks([END], 'unpacked', { tempDirectory: join(temporary, 'absent') });
    await expect(missing).rejects.toMatchObject({ code: 'unwritable', message: expect.stringContaining('TMPDIR') });
    await expect(openBlocks([memberBlocks({ name: 'a' })], 'unpacked', { tempDirectory: temporary })).rejects.toThrow();
    expect(await readdir(temporary)).toEqual([]);
  });

  it('needs no temporary directory for a plain archive of this machine', async () => {
    const source = await openBlocks([memberBlocks({ name: 'a', body: 'A' }), END], 'in place', {
      tempDirectory: '/nonexistent',
    });
    expect(Buffer.from(await contentOf(source, 'a')).toString()).toBe('A');
  });

  it('tells how much was fetched, and ends when it is told to', async () => {
    const seen: [number, number][] = [];
    const content = [memberBlocks({ name: 'a', body: bytesOf(3_000_000) }), END];
    await openBlocks(content, 'unpacked', { onProgress: (done, total) => seen.push([done, total]) });
    const [done, total] = seen.at(-1) ?? [0, 1];
    expect(done).toBe(total);
    expect(seen.length).toBeGreaterThan(1);
    const controller = new AbortController();
    const stopped = openBlocks(content, 'unpacked', {
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('enough')),
    });
    await expect(stopped).rejects.toThrow('enough');
  });

  it.each(WAYS)('ends what is read later when it is told to (%s)', async (how) => {
    const controller = new AbortController();
    const content = [memberBlocks({ name: 'a', body: bytesOf(3_000_000) }), END];
    const source = await openBlocks(content, how, { signal: controller.signal });
    const reading = contentOf(source, 'a');
    controller.abort(new Error('enough'));
    await expect(reading).rejects.toThrow('enough');
  });
});
