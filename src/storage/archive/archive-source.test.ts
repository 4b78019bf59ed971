import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { create } from 'tar';
import { describe, expect, it } from 'vitest';
import { tempDirectory } from '../../../test/support/temp.ts';
import type { ReadOptions, Source } from '../contract.ts';
import { LocalSource } from '../local-source.ts';
import { bytesOf, contentOf, sourceConformance, type TestFiles } from '../testing/conformance.ts';
import { ArchiveSource } from './archive-source.ts';
import { openBlocks, WAYS } from './testing/open-blocks.ts';
import { END, memberBlocks, paxBlocks } from './testing/tar-blocks.ts';

async function packed(files: TestFiles, name: string): Promise<string> {
  const folder = await tempDirectory();
  for (const [path, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(folder, 'store', path)), { recursive: true });
    await writeFile(join(folder, 'store', path), bytes);
  }
  await create({ cwd: folder, file: join(folder, name), gzip: name.endsWith('gz') }, ['store']);
  return folder;
}

for (const name of ['store.tar', 'store.tar.gz']) {
  sourceConformance(`ArchiveSource of a local ${name}`, async (files) => {
    const folder = await packed(files, name);
    return { source: await ArchiveSource.open(new LocalSource(folder), name), stop: async () => undefined };
  });
}

async function textOf(source: Source, path: string): Promise<string> {
  return Buffer.from(await contentOf(source, path)).toString();
}

describe('ArchiveSource.open()', () => {
  it('leaves out names that no system has, which would take a thousand times their memory', async () => {
    const deep = 'a/'.repeat(300_000);
    const blocks = [
      paxBlocks({ path: `${deep}x` }),
      memberBlocks({ name: 'x', body: 'content' }),
      paxBlocks({ linkpath: deep }),
      memberBlocks({ name: 'link', type: '2', link: 'x' }),
      memberBlocks({ name: 'there', body: 'content' }),
      END,
    ];
    const source = await openBlocks(blocks, 'in place');
    expect(await source.list('')).toEqual([{ name: 'there', kind: 'file' }]);
    expect(source.notes).toEqual([
      expect.stringMatching(/^"a\/[a/.]{200,300}x" is left out: it has more than 4096 characters\.$/),
      '"link" is left out: it has more than 4096 characters.',
    ]);
  });

  for (const how of WAYS) {
    it(`takes off the one folder that everything lies in (${how})`, async () => {
      const blocks = [
        memberBlocks({ name: './' }),
        memberBlocks({ name: 'hess/', type: '5', mode: 0o755 }),
        memberBlocks({ name: './hess/data/a.fits', body: 'AAA' }),
        memberBlocks({ name: '._hess', body: 'of a Mac' }),
        END,
      ];
      const source = await openBlocks(blocks, how);
      expect(source.name).toBe('hess');
      expect(await source.list('')).toEqual([{ name: 'data', kind: 'directory' }]);
      expect(await source.list('data/a.fits')).toEqual([]);
      expect(await textOf(source, 'data/a.fits')).toBe('AAA');
      expect(source.uriOf('data/a.fits')).toBe(`${source.uri}/data/a.fits`);
    });

    it(`keeps the root if there are several things in it (${how})`, async () => {
      const blocks = [memberBlocks({ name: 'a/b', body: 'AB' }), memberBlocks({ name: 'master.json' }), END];
      const source = await openBlocks(blocks, how);
      expect(source.name).toBe('x');
      expect(await textOf(source, 'a/b')).toBe('AB');
    });

    it(`reads pax names, sizes and times, and lets them win over the header (${how})`, async () => {
      const long = `deep/${'d'.repeat(200)}/${'f'.repeat(200)} with\na line.fits`;
      const source = await openBlocks(
        [
          paxBlocks({ comment: 'of all', mtime: '5' }, 'g'),
          memberBlocks({ name: 'first', body: '1' }),
          paxBlocks({ path: long, mtime: '1234567890.75', size: '3' }),
          memberBlocks({ name: 'short', prefix: 'not/this', size: '00000000000\0', body: 'abc' }),
          memberBlocks({ name: 'second', prefix: 'p/q', body: '2' }),
          END,
        ],
        how,
      );
      expect(await source.stat(long)).toMatchObject({ sizeBytes: 3, mtimeMs: 1_234_567_890_000 });
      expect(await textOf(source, long)).toBe('abc');
      expect((await source.stat('first'))?.mtimeMs).toBe(5000);
      expect(await textOf(source, 'p/q/second')).toBe('2');
    });

    it(`passes over no content of links, whatever their size (${how})`, async () => {
      const size = '00000000700\0';
      const source = await openBlocks(
        [
          memberBlocks({ name: 'a', body: 'A' }),
          memberBlocks({ name: 'b', type: '1', link: 'a', size }),
          memberBlocks({ name: 'c', type: '2', link: 'a', size }),
          memberBlocks({ name: 'd/', type: '5', size }),
          memberBlocks({ name: 'e', body: 'E' }),
          END,
        ],
        how,
      );
      for (const path of ['a', 'b', 'c']) expect(await textOf(source, path)).toBe('A');
      expect(await textOf(source, 'e')).toBe('E');
    });

    it(`reads long names of GNU and sizes in base 256 (${how})`, async () => {
      const long = `${'d'.repeat(150)}/${'f'.repeat(150)}`;
      const size = Buffer.alloc(12);
      size[0] = 0x80;
      size[11] = 5;
      const source = await openBlocks(
        [
          memberBlocks({ name: '././@LongLink', type: 'L', body: `${long}\0`, magic: 'ustar  \0' }),
          memberBlocks({ name: long.slice(0, 100), size, body: 'hello', magic: 'ustar  \0' }),
          memberBlocks({ name: '././@LongLink', type: 'K', body: `${long}\0`, magic: 'ustar  \0' }),
          memberBlocks({ name: 'same', type: '1', link: 'x', magic: 'ustar  \0' }),
          END,
        ],
        how,
      );
      expect(await textOf(source, long)).toBe('hello');
      expect((await source.stat('same'))?.identity).toBe((await source.stat(long))?.identity);
    });

    it(`follows links within the archive, and none that leave it or go in circles (${how})`, async () => {
      const link = (name: string, to: string, type = '2') => memberBlocks({ name, type, link: to });
      const source = await openBlocks(
        [
          memberBlocks({ name: 's/data/a', body: 'first' }),
          link('s/hard', 's/data/a', '1'),
          memberBlocks({ name: 's/data/a', body: 'second' }),
          link('s/soft', 'data/../data/./a'),
          link('s/folder', 'data'),
          link('s/up', '../s/data/a'),
          link('s/out', '../../etc/passwd'),
          link('s/absolute', '/data/a'),
          link('s/circle', 'circle'),
          link('s/dangling', 'nothing'),
          link('s/lost', 's/nothing', '1'),
          END,
        ],
        how,
      );
      expect(await textOf(source, 'hard')).toBe('first');
      for (const path of ['soft', 'folder/a', 'up', 'data/a']) expect(await textOf(source, path), path).toBe('second');
      for (const path of ['out', 'absolute', 'circle', 'dangling', 'lost', 'hard/x']) {
        expect(await source.stat(path), path).toBeUndefined();
      }
      const names = (await source.list(''))?.map(({ name, kind }) => `${name} ${kind}`);
      expect(names).toEqual(['data directory', 'folder directory', 'hard file', 'soft file', 'up file']);
      expect(source.notes).toEqual([expect.stringContaining('"s/lost" is left out')]);
    });
  }

  it('leaves out what lies outside or is no file, and says so', async () => {
    const source = await openBlocks([
      memberBlocks({ name: '../evil' }),
      memberBlocks({ name: 's/../../evil' }),
      memberBlocks({ name: '/etc/evil' }),
      memberBlocks({ name: 's/null', type: '3' }),
      memberBlocks({ name: 's/pipe', type: '6' }),
      memberBlocks({ name: 's/a', body: 'A' }),
      memberBlocks({ name: 's/a/b', body: 'B' }),
      END,
    ]);
    expect(source.notes.map((note) => note.split(':')[0])).toEqual([
      '"../evil" is left out',
      '"s/../../evil" is left out',
      '"/etc/evil" is left out',
      '"s/null" is left out',
      '"s/pipe" is left out',
      '"s/a/b" is left out',
    ]);
    expect(await source.list('')).toEqual([{ name: 'a', kind: 'file' }]);
  });

  it('does not keep more than a hundred notes', async () => {
    const evil = Array.from({ length: 150 }, (_, i) => memberBlocks({ name: `../${i}` }));
    const source = await openBlocks([...evil, END]);
    expect(source.notes.length).toBe(101);
    expect(source.notes.at(-1)).toBe('50 more are left out.');
  });

  it('reads gzip of several members, and goes by the content, not by the name', async () => {
    const folder = await tempDirectory();
    const tar = Buffer.concat([memberBlocks({ name: 'a', body: bytesOf(100_000) }), END]);
    await writeFile(
      join(folder, 'x.tar'),
      Buffer.concat([gzipSync(tar.subarray(0, 777)), gzipSync(tar.subarray(777))]),
    );
    await writeFile(join(folder, 'y.tgz'), tar);
    await writeFile(join(folder, 'z.tar'), 'BZh91AY&SY');
    for (const name of ['x.tar', 'y.tgz']) {
      const source = await ArchiveSource.open(new LocalSource(folder), name);
      expect(Buffer.compare(await contentOf(source, 'a'), bytesOf(100_000))).toBe(0);
      await source.close();
    }
    const refused = ArchiveSource.open(new LocalSource(folder), 'z.tar');
    await expect(refused).rejects.toMatchObject({ code: 'bad-data', message: expect.stringContaining('bzip2') });
    await expect(ArchiveSource.open(new LocalSource(folder), 'absent.tar')).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(ArchiveSource.open(new LocalSource(folder), '')).rejects.toMatchObject({ code: 'unreadable' });
  });
});

describe('ArchiveSource.read()', () => {
  it('notices that an archive became another while it was open', async () => {
    const folder = await packed({ a: bytesOf(5000) }, 'store.tar');
    const source = await ArchiveSource.open(new LocalSource(folder), 'store.tar');
    await writeFile(join(folder, 'store.tar'), await readFile(join(folder, 'store.tar')));
    await utimes(join(folder, 'store.tar'), 1, 1);
    await expect(contentOf(source, 'a')).rejects.toMatchObject({ code: 'changed', retryable: true });
  });

  it('notices that an archive was cut while it was read', async () => {
    class CutSource extends LocalSource {
      override async *read(path: string, options?: ReadOptions): AsyncGenerator<Uint8Array, void> {
        for await (const chunk of super.read(path, options)) yield chunk.subarray(0, 700);
      }
    }
    const folder = await packed({ a: bytesOf(5000) }, 'store.tar');
    const source = await ArchiveSource.open(new CutSource(folder), 'store.tar');
    expect((await contentOf(source, 'a', { end: 700 })).length).toBe(700);
    const uri = source.uriOf('a');
    await expect(contentOf(source, 'a')).rejects.toMatchObject({ code: 'changed', retryable: true, uri });
  });

  it('refuses a directory', async () => {
    const source = await openBlocks([memberBlocks({ name: 's/a/b' }), END]);
    await expect(contentOf(source, 'a')).rejects.toMatchObject({ code: 'unreadable' });
  });
});
