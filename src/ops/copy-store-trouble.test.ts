import { mkdir, readdir, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { copy, filesIn, idsOf, places } from '../../test/support/copy.ts';
import { customStore, hduIndexTable, readRows, simulatedStore } from '../../test/support/store.ts';
import { tempDirectory } from '../../test/support/temp.ts';
import { IactError } from '../core/index.ts';
import { LocalDestination, LocalSource } from '../storage/index.ts';
import { lockDestination } from '../transfer/index.ts';

const times = <T>(count: number, values: readonly T[]) => values.flatMap((value) => Array<T>(count).fill(value));

describe('copyStore() when files fail', () => {
  it('names a missing file, copies the others, lists only what arrived, and a rerun completes it', async () => {
    const { from, to } = await places();
    const store = await simulatedStore(from, { observations: 3 });
    const [a, b, c] = store.ids as [number, number, number];
    await rename(join(from, store.fileOf(b)), join(from, 'hidden'));
    const result = await copy(store, to);
    expect(result.failed.map(({ path, error }) => [path, error.code])).toEqual([[store.fileOf(b), 'not-found']]);
    expect(await idsOf(to)).toEqual({ hdu: times(6, [a, c]), obs: [a, c] });
    await rename(join(from, 'hidden'), join(from, store.fileOf(b)));
    expect(await copy(store, to)).toMatchObject({ failed: [], filesCopied: 1 });
    expect((await idsOf(to)).obs).toEqual([...store.ids]);
    expect(await filesIn(to)).toEqual(await filesIn(from));
  });

  it('says that a directory is no file', async () => {
    const { from, to } = await places();
    const store = await customStore(from, [
      { id: 1, name: 'a' },
      { id: 2, name: 'b' },
    ]);
    await rm(join(from, 'data/a'));
    await mkdir(join(from, 'data/a'));
    const { failed } = await copy(store, to);
    expect(failed.map(({ error }) => error.message)).toEqual([`"${join(from, 'data/a')}" is no file.`]);
    await expect(copy(store, join(from, 'data/b'))).rejects.toMatchObject({
      code: 'exists',
      message: `"${join(from, 'data/b')}" is no directory, and a copy goes to one. Choose another destination.`,
    });
  });

  it('names a file that nobody may ask about any more, and copies the others', async () => {
    const { from, to } = await places();
    const store = await customStore(from, [
      { id: 1, name: 'a' },
      { id: 2, name: 'b' },
    ]);
    await rm(join(from, 'data/a'));
    const { stat } = LocalSource.prototype;
    let looks = 0;
    const spy = vi.spyOn(LocalSource.prototype, 'stat').mockImplementation(function (this: LocalSource, path) {
      const isAsked = path === 'data/a' && !(this instanceof LocalDestination);
      // It is absent first, and when it is looked at again, out of reach.
      if (isAsked && ++looks > 1) throw new IactError('unreadable', 'Permission denied.');
      return stat.call(this, path);
    });
    onTestFinished(() => void spy.mockRestore());
    const { failed, filesCopied } = await copy(store, to);
    expect(failed.map(({ path, error }) => [path, error.code])).toEqual([['data/a', 'unreadable']]);
    expect(filesCopied).toBe(1);
  });

  it('keeps an observation that lacks its responses only, and leaves out one that lacks its events', async () => {
    const { from, to } = await places();
    const rows = [
      { id: 1, name: 'e1' },
      { id: 1, name: 'irf', type: 'aeff' },
      { id: 2, name: 'e2' },
      { id: 2, name: 'i2', type: 'aeff' },
    ];
    const store = await customStore(from, rows, { files: ['data/e1', 'data/i2'] });
    await copy(store, to);
    expect((await readRows(join(to, 'hdu-index.fits.gz'))).map((row) => row['FILE_NAME'])).toEqual(['e1', 'i2']);
    expect((await idsOf(to)).obs).toEqual([1]);
  });

  it('leaves the older rows of an observation that arrives in part only', async () => {
    const { from, to } = await places();
    const store = await customStore(from, [{ id: 1, name: 'old' }]);
    await copy(store, to);
    const next = await customStore(
      join(from, '../next'),
      [
        { id: 1, name: 'new' },
        { id: 1, name: 'gone', type: 'aeff' },
      ],
      { files: ['data/new'] },
    );
    expect((await copy(next, to)).failed).toHaveLength(1);
    expect((await readRows(join(to, 'hdu-index.fits.gz'))).map((row) => row['FILE_NAME'])).toEqual(['old']);
  });

  it('completes what another program left truncated although files that are there stay, and only that', async () => {
    const { from, to } = await places();
    const store = await simulatedStore(from, { observations: 3 });
    await copy(store, to);
    const [a, b, c] = store.ids.map((id) => join(to, store.fileOf(id))) as [string, string, string];
    await truncate(a, 1000);
    await writeFile(b, 'edited by hand');
    await truncate(c, 0);
    expect(await copy(store, to, { prefer: 'local' })).toMatchObject({ filesCopied: 2 });
    expect(await readFile(b, 'utf8')).toBe('edited by hand');
    for (const [path, id] of [
      [a, store.ids[0]],
      [c, store.ids[2]],
    ] as const) {
      expect((await readFile(path)).equals(await readFile(join(from, store.fileOf(id as number))))).toBe(true);
    }
  });

  it('stopped in the middle shows no index, and the next run fetches only the rest', async () => {
    const { from, to } = await places();
    const store = await customStore(
      from,
      Array.from({ length: 600 }, (_, index) => ({ id: index, name: `f${index}` })),
    );
    const controller = new AbortController();
    const stopped = copy(store, to, {
      signal: controller.signal,
      onEvent: ({ type }) => type === 'file' && controller.abort(),
    });
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
    expect(await readdir(to)).not.toContain('hdu-index.fits.gz');
    const before = (await readdir(join(to, 'data'))).length;
    expect(await copy(store, to)).toMatchObject({ filesFound: 600, filesCopied: 600 - before, failed: [] });
    expect(await filesIn(to)).toEqual(await filesIn(from));
  });

  it('removes what a killed run left half written', async () => {
    const { from, to } = await places();
    const store = await customStore(from, [{ id: 1, name: 'a' }]);
    await mkdir(join(to, 'data'), { recursive: true });
    await writeFile(join(to, 'data/.iact-0123456789abcdef.part'), 'half');
    await writeFile(join(to, '.iact-0123456789abcdef.part'), 'half');
    await copy(store, to);
    expect(await filesIn(to)).toEqual(await filesIn(from));
  });
});

describe('copyStore() refuses', () => {
  const hostile = [
    [
      'a FILE_DIR that leaves',
      { id: 1, dir: '../..', name: 'x' },
      /hdu-index.fits.gz", row 2 \(OBS_ID 1\).*leaves the store/,
    ],
    ['a FILE_NAME that leaves', { id: 1, name: '../../x' }, /row 2 .*leaves the store/],
    ['an absolute FILE_DIR', { id: 1, dir: '/etc', name: 'passwd' }, /row 2 .*is absolute/],
    ['an absolute FILE_NAME', { id: 1, name: '/etc/passwd' }, /row 2 .*is absolute/],
    [
      'a data file in place of the master index',
      { id: 1, dir: '', name: 'master.json' },
      /names "master.json" as a data file/,
    ],
    ['a data file in place of our state', { id: 1, dir: '.iact', name: 'lock' }, /names ".iact\/lock" as a data file/],
  ] as const;

  it.each(hostile)('%s, and copies nothing', async (_, row, message) => {
    const { from, to } = await places();
    const store = await customStore(from, [{ id: 5, name: 'ok' }, row], { files: ['data/ok'] });
    const attempt = copy(store, to);
    await expect(attempt).rejects.toMatchObject({ code: 'unsafe-path' });
    await expect(attempt).rejects.toThrow(message);
    await expect(readdir(to)).rejects.toThrow('ENOENT');
    expect(await copy(store, to, { runs: [5] })).toMatchObject({ filesCopied: 1 });
  });

  it.each(['hduindx', 'obsindx'])('a %s that leaves the store', async (key) => {
    const { from, to } = await places();
    const store = await customStore(from, [{ id: 1, name: 'a' }]);
    for (const path of ['../x.fits', '/x.fits']) {
      const entry = { name: 'custom', hduindx: 'hdu-index.fits.gz', obsindx: 'obs-index.fits.gz', [key]: path };
      await writeFile(store.master, JSON.stringify({ datasets: [entry] }));
      await expect(copy(store, to)).rejects.toThrow(
        new RegExp(`dataset "custom", key "${key}".*(leaves the store|is absolute)`),
      );
    }
  });

  it('a BASE_DIR that leads out of the store', async () => {
    const { from, to } = await places();
    const table = hduIndexTable([{ id: 1, name: 'a' }]);
    table.header.set('BASE_DIR', '../somewhere');
    const store = await customStore(from, [{ id: 1, name: 'a' }], { hduTables: [table] });
    await expect(copy(store, to)).rejects.toMatchObject({ code: 'unsafe-path' });
  });

  it('to write through a link that leads out of the destination', async () => {
    const { from, to } = await places();
    const store = await customStore(from, [{ id: 1, name: 'a' }]);
    const outside = await tempDirectory();
    await mkdir(to);
    await symlink(outside, join(to, 'data'));
    await expect(copy(store, to)).rejects.toMatchObject({ code: 'unsafe-path' });
    expect(await readdir(outside)).toEqual([]);
    expect(await readdir(to)).not.toContain('hdu-index.fits.gz');
  });

  it('a source that is the destination, also through a link', async () => {
    const { from, to } = await places();
    const store = await customStore(from, [{ id: 1, name: 'a' }]);
    await symlink(from, to);
    await expect(copy(store, to)).rejects.toThrow('Source and destination are the same directory');
  });

  it('a destination that another copy works on, and says who', async () => {
    const { from, to } = await places();
    const store = await customStore(from, [{ id: 1, name: 'a' }]);
    await mkdir(to);
    const lock = await lockDestination(new LocalDestination(to), 'csiactcopy');
    await expect(copy(store, to)).rejects.toMatchObject({ code: 'locked' });
    await expect(copy(store, to)).rejects.toThrow(/in use by another copy \(csiactcopy since .*, process \d+ on/);
    await lock.release();
    expect(await copy(store, to)).toMatchObject({ filesCopied: 1 });
  });

  it('a destination whose own files are broken, before it copies', async () => {
    const { from, to } = await places();
    const store = await customStore(from, [{ id: 1, name: 'a' }]);
    await mkdir(to);
    for (const [name, content] of [
      ['master.json', '{'],
      ['hdu-index.fits.gz', 'no FITS'],
      ['obs-index.fits.gz', ''],
    ] as const) {
      await writeFile(join(to, name), content);
      await expect(copy(store, to)).rejects.toThrow(join(to, name));
      await expect(copy(store, to)).rejects.toMatchObject({ code: 'bad-data' });
      expect(await readFile(join(to, name), 'utf8')).toBe(content);
      await rm(join(to, name));
    }
    expect(await readdir(to)).not.toContain('data');
  });

  it('a dataset that is not there, and lists what is', async () => {
    const { from, to } = await places();
    const store = await customStore(from, [{ id: 1, name: 'a' }]);
    await expect(copy(store, to, { dataset: 'x' })).rejects.toThrow(
      /There is no dataset "x" in ".*master.json", which lists "custom"\./,
    );
  });
});
