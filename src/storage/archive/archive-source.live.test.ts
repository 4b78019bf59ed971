import { execFileSync } from 'node:child_process';
import { link, mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import { startNginx } from '../../../test/support/nginx.ts';
import { itNeeds, program } from '../../../test/support/require.ts';
import { tempDirectory } from '../../../test/support/temp.ts';
import { HttpSource } from '../http/http-source.ts';
import { LocalSource } from '../local-source.ts';
import { bytesOf, contentOf, sourceConformance, type TestFiles } from '../testing/conformance.ts';
import { ArchiveSource } from './archive-source.ts';

const itPacked = itNeeds(program('tar'));

async function folderOf(files: TestFiles): Promise<string> {
  const folder = await tempDirectory();
  for (const [path, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(folder, 'store', path)), { recursive: true });
    await writeFile(join(folder, 'store', path), bytes);
  }
  return folder;
}

function pack(folder: string, name: string, ...options: string[]): void {
  execFileSync('tar', ['-C', folder, ...options, '-cf', join(folder, name), 'store']);
}

sourceConformance(
  'ArchiveSource of a .tgz at nginx',
  async (files) => {
    const folder = await folderOf(files);
    pack(folder, 'store.tgz', '-z');
    const server = await startNginx(folder);
    const http = await HttpSource.open({ kind: 'http', url: new URL(server.url) }, { env: { NETRC: '/nonexistent' } });
    return { source: await ArchiveSource.open(http, 'store.tgz'), stop: server.stop };
  },
  {},
  itNeeds(program('tar'), program('nginx')),
);

async function opened(folder: string, name: string): Promise<ArchiveSource> {
  const source = await ArchiveSource.open(new LocalSource(folder), name);
  onTestFinished(() => source.close());
  return source;
}

describe('ArchiveSource and GNU tar', () => {
  const veryLong = [...'abcdefg'].map((letter) => letter.repeat(99)).join('/') + 'x'.repeat(100);
  // How far each format goes: 100 bytes; 100 below 155; no end.
  const paths: Readonly<Record<string, string>> = {
    v7: `${'d'.repeat(40)}/${'f'.repeat(50)}`,
    ustar: `${'d'.repeat(90)}/${'e'.repeat(40)}/${'f'.repeat(90)}`,
    gnu: veryLong,
    pax: veryLong,
  };
  for (const [format, path] of Object.entries(paths)) {
    itPacked(`reads the format ${format}`, async () => {
      const files = { [path]: bytesOf(10_000), 'data/é b.fits': bytesOf(513), empty: bytesOf(0) };
      const folder = await folderOf(files);
      await symlink(path === veryLong ? `../${path}` : 'é b.fits', join(folder, 'store/data/soft'));
      await link(join(folder, 'store/data/é b.fits'), join(folder, 'store/zz'));
      for (const [name, more] of [
        ['x.tar', []],
        ['x.tar.gz', ['-z']],
      ] as const) {
        pack(folder, name, `--format=${format}`, '--mtime=@1234567890', ...more);
        const source = await opened(folder, name);
        expect(source.name).toBe('store');
        expect(source.notes).toEqual([]);
        for (const [each, bytes] of Object.entries(files)) {
          expect(await source.stat(each), each).toMatchObject({ sizeBytes: bytes.length, mtimeMs: 1_234_567_890_000 });
          expect(Buffer.compare(await contentOf(source, each), bytes), each).toBe(0);
        }
        const soft = bytesOf(path === veryLong ? 10_000 : 513);
        expect(Buffer.compare(await contentOf(source, 'data/soft'), soft)).toBe(0);
        expect(Buffer.compare(await contentOf(source, 'zz'), bytesOf(513))).toBe(0);
        expect((await source.stat('zz'))?.identity).toBe((await source.stat('data/é b.fits'))?.identity);
      }
    });
  }

  itPacked('refuses sparse files of every format', async () => {
    const folder = await folderOf({ a: bytesOf(1) });
    await writeFile(join(folder, 'store/hole'), '');
    await truncate(join(folder, 'store/hole'), 10_000_000);
    for (const options of [['--format=gnu'], ['--format=pax', '--sparse-version=0.1'], ['--format=pax']]) {
      pack(folder, 'x.tar', '--sparse', ...options);
      await expect(opened(folder, 'x.tar'), options.join(' ')).rejects.toMatchObject({
        code: 'bad-data',
        message: expect.stringContaining('without --sparse'),
      });
    }
  });

  itPacked('lets a member win over an earlier one of the same name', async () => {
    const folder = await folderOf({ a: bytesOf(10), b: bytesOf(20) });
    pack(folder, 'x.tar');
    await writeFile(join(folder, 'store/a'), bytesOf(30, 2));
    execFileSync('tar', ['-C', folder, '-rf', join(folder, 'x.tar'), 'store/a']);
    const source = await opened(folder, 'x.tar');
    expect(Buffer.compare(await contentOf(source, 'a'), bytesOf(30, 2))).toBe(0);
    expect((await source.list(''))?.length).toBe(2);
  });
});
