import { mkdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runIact } from '../../src/cli/testing/run-iact.ts';
import { copy, filesIn } from '../support/copy.ts';
import { customStore, readRows, simulatedStore, type TestStore } from '../support/store.ts';
import { type Sandbox, sandbox, snapshot, tryAll } from './sandbox.ts';

// Symbolic links: where they lead in a store that is read is the business of its owner, and ordinary (data on another
// disk); in a destination nothing is written through one that leaves.

const ROWS = [
  { id: 1, name: 'a.fits' },
  { id: 2, name: 'b.fits' },
];

async function storeIn(place: Sandbox): Promise<TestStore> {
  return customStore(place.from, ROWS);
}

describe('links in a store that is read', () => {
  it('are followed, wherever they lead, and arrive as files', async () => {
    const place = await sandbox();
    const rows = [...ROWS, { id: 3, dir: 'elsewhere', name: 'precious.txt' }, { id: 4, name: 'link.fits' }];
    const store = await customStore(place.from, rows, { files: ['data/a.fits', 'data/b.fits'] });
    await symlink(join(place.outside, 'data'), join(place.from, 'elsewhere'));
    await symlink('../../outside/precious.txt', join(place.from, 'data/link.fits'));
    const done = await tryAll(place, store);
    expect(done.copy.value).toMatchObject({ filesFound: 4, filesCopied: 4, failed: [] });
    for (const path of ['elsewhere/precious.txt', 'data/link.fits']) {
      expect(await readFile(join(place.to, path), 'utf8')).toBe('precious');
      await expect(readlink(join(place.to, path))).rejects.toThrow('EINVAL');
    }
  });

  it('that lead nowhere or in a circle are named, and the rest is copied', async () => {
    const place = await sandbox();
    const rows = [
      ...ROWS,
      { id: 3, name: 'nowhere.fits' },
      { id: 4, name: 'circle.fits' },
      { id: 5, dir: 'round', name: 'x' },
    ];
    const store = await customStore(place.from, rows, { files: ['data/a.fits', 'data/b.fits'] });
    await symlink('absent', join(place.from, 'data/nowhere.fits'));
    await symlink('circle.fits', join(place.from, 'data/circle.fits'));
    await symlink('round', join(place.from, 'round'));
    const done = await tryAll(place, store);
    expect(done.copy.value?.failed.map(({ error }) => error.message)).toEqual([
      expect.stringContaining('nowhere.fits" does not exist'),
      expect.stringMatching(/circle\.fits.*too many symbolic links/),
      expect.stringMatching(/round\/x.*too many symbolic links/),
    ]);
    expect(done.copy.value?.filesCopied).toBe(2);
  });

  it('that lead to a directory above do not make `iact init` find other stores', async () => {
    const place = await sandbox();
    await simulatedStore(place.from, { observations: 1 });
    await simulatedStore(join(place.root, 'other'), { observations: 2, name: 'other' });
    await symlink('..', join(place.from, 'up'));
    await symlink('/', join(place.from, 'root'));
    await symlink('.', join(place.from, 'here'));
    const { status, stdout } = await runIact(['init', place.from, '--force']);
    expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringMatching(/simulated: 1 observation,/) });
    expect(stdout).not.toContain('other');
  });

  it('that lead to devices are not read', async () => {
    const place = await sandbox();
    const rows = [...ROWS, { id: 3, name: 'zero.fits' }];
    const store = await customStore(place.from, rows, { files: ['data/a.fits', 'data/b.fits'] });
    await symlink('/dev/zero', join(place.from, 'data/zero.fits'));
    const done = await tryAll(place, store);
    expect(done.copy.value?.failed).toHaveLength(1);
    expect(done.copy.value?.filesCopied).toBe(2);
  });
});

describe('links in a destination', () => {
  async function copyOver(make: (place: Sandbox) => Promise<void>): Promise<{ place: Sandbox; result: unknown }> {
    const place = await sandbox();
    const store = await storeIn(place);
    await mkdir(place.to);
    await make(place);
    const before = await snapshot(place.root, place.to);
    const result = await copy(store, place.to).catch((error: unknown) => error);
    expect(await snapshot(place.root, place.to)).toEqual(before);
    return { place, result };
  }

  it.each([
    ['leads out', (place: Sandbox) => place.outside],
    ['leads out by a relative path', () => '../outside'],
    ['leads to the directory above', () => '..'],
  ])('a directory that %s is refused', async (_, target) => {
    const { result } = await copyOver((place) => symlink(target(place), join(place.to, 'data')));
    expect(result).toMatchObject({
      code: 'unsafe-path',
      message: expect.stringContaining('symbolic link leads from there'),
    });
  });

  it('a directory that is a circle is refused', async () => {
    const { result } = await copyOver((place) => symlink('data', join(place.to, 'data')));
    expect(result).toMatchObject({ message: expect.stringContaining('too many symbolic links') });
  });

  it('a directory that leads to another one inside is used', async () => {
    const { place, result } = await copyOver(async ({ to }) => {
      await mkdir(join(to, 'disk'));
      await symlink('disk', join(to, 'data'));
    });
    expect(result).toMatchObject({ filesCopied: 2 });
    expect(await filesIn(join(place.to, 'disk'))).toEqual(['a.fits', 'b.fits']);
  });

  it('a directory that leads nowhere is no place to write to', async () => {
    const { result } = await copyOver(({ to }) => symlink('../outside/new', join(to, 'data')));
    expect(result).toMatchObject({ name: 'IactError' });
  });

  it.each(['data/a.fits', 'hdu-index.fits.gz', 'obs-index.fits.gz', 'master.json'])(
    'one in the place of %s is replaced, and what it led to stays',
    async (path) => {
      const { place, result } = await copyOver(async ({ outside, to }) => {
        await mkdir(join(to, 'data'));
        // Of an index or a master index only one that can be read is replaced.
        const content = join(outside, 'precious.txt');
        if (path === 'data/a.fits') await symlink(content, join(to, path));
        else await symlink('../outside/absent', join(to, path));
      });
      expect(result).toMatchObject({ filesCopied: 2 });
      await expect(readlink(join(place.to, path))).rejects.toThrow('EINVAL');
    },
  );

  it('one in the place of an index that is merged is replaced, and what it led to stays', async () => {
    const { place, result } = await copyOver(async ({ outside, to }) => {
      const other = await customStore(join(outside, 'other'), [{ id: 9, name: 'z.fits' }]);
      for (const name of ['hdu-index.fits.gz', 'obs-index.fits.gz', 'master.json']) {
        await symlink(join(other.directory, name), join(to, name));
      }
    });
    expect(result).toMatchObject({ filesCopied: 2, datasets: ['custom'] });
    const ids = (await readRows(join(place.to, 'obs-index.fits.gz'))).map((row) => row['OBS_ID']);
    expect(ids).toEqual([9, 1, 2]);
  });

  it('a file in the place of a directory, and a directory in the place of a file, are named', async () => {
    const file = await copyOver(({ to }) => writeFile(join(to, 'data'), 'x'));
    expect(file.result).toMatchObject({ code: 'unwritable', message: expect.stringContaining('/to/data') });
    const directory = await copyOver(
      async ({ to }) => void (await mkdir(join(to, 'data/a.fits'), { recursive: true })),
    );
    expect(directory.result).toMatchObject({
      code: 'exists',
      message: expect.stringContaining('a.fits" is a directory'),
    });
  });
});
