import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readRows, readTables, simulatedStore, writeTables } from '../../../test/support/store.ts';
import { tempDirectory } from '../../../test/support/temp.ts';
import { buildTable, concatTables } from '../../fits/index.ts';
import { initStore } from '../init-store.ts';
import { openStore } from '../open-store.ts';
import { events, hduRows, index, obsRows, writeFiles } from './testing/data-files.ts';

/** A folder with data files of one observation. */
async function folder(name = 'crab'): Promise<string> {
  const directory = join(await tempDirectory(), name);
  await writeFiles(directory, { 'data/a.fits': [events(1)] });
  return directory;
}

describe('indexStore() and what is around a store', () => {
  it('does not follow links to the directories above it', async () => {
    const directory = await folder();
    await writeFiles(join(directory, '../other'), { 'b.fits': [events(2)] });
    await symlink('../..', join(directory, 'data/up'));
    await symlink('..', join(directory, 'out'));
    const { files, problems } = await index(directory);
    expect([files, problems]).toEqual([1, []]);
    expect(await hduRows(directory)).toEqual(['1 events data/a.fits[EVENTS]']);
    // Nor do those that look for index files.
    await simulatedStore(join(directory, '../third'), { observations: 1, name: 'third' });
    await rm(join(directory, 'master.json'));
    await mkdir(join(directory, 'index'));
    for (const kind of ['hdu', 'obs'])
      await rename(join(directory, `${kind}-index.fits.gz`), join(directory, 'index', `${kind}-index.fits.gz`));
    expect((await openStore(directory)).master.datasets).toMatchObject([{ hduindx: 'index/hdu-index.fits.gz' }]);
  });

  it('takes a place by URL, and refuses one on a server', async () => {
    const directory = await folder('my store');
    const url = pathToFileURL(directory).href;
    expect((await index(url)).datasets).toMatchObject([{ name: 'my store' }]);
    await rm(join(directory, 'master.json'));
    expect((await openStore(url)).master.datasets).toMatchObject([{ name: 'my store' }]);
    expect(await initStore({ directory: url, force: false, program: 'test' })).toMatchObject({
      master: join(directory, 'master.json'),
      datasets: [{ name: 'my store' }],
    });
    expect((await openStore(`${url}/master.json`)).master.datasets).toHaveLength(1);
    expect((await readdir(join(directory, '..'))).sort()).toEqual(['my store']);
    await expect(index('sftp://host/x')).rejects.toMatchObject({ code: 'usage' });
    await expect(initStore({ directory: 'sftp://host/x', force: true, program: 'test' })).rejects.toMatchObject({
      code: 'usage',
    });
  });
});

describe('indexStore() and the index that is there', () => {
  it.each([true, false])(
    'keeps SIZE and MD5 of one with an unusual file name (master index: %s)',
    async (hasMaster) => {
      const directory = await folder();
      await index(directory, { withSize: true, withMd5: true });
      for (const [kind, name] of [
        ['hdu', 'one.fits'],
        ['obs', 'two.fits'],
      ] as const) {
        await writeTables(join(directory, name), await readTables(join(directory, `${kind}-index.fits.gz`)));
        await rm(join(directory, `${kind}-index.fits.gz`));
      }
      const entry = { name: 'crab', hduindx: 'one.fits', obsindx: 'two.fits' };
      await writeFile(join(directory, 'master.json'), JSON.stringify({ datasets: hasMaster ? [entry] : [] }));
      await writeFiles(directory, { 'data/b.fits': [events(2)] });
      const read: string[] = [];
      await index(directory, {
        existing: 'update',
        onEvent: (event) => event.type === 'file' && read.push(event.path),
      });
      const rows = await readRows(join(directory, 'one.fits'));
      expect(rows).toMatchObject([1, 2].map((OBS_ID) => ({ OBS_ID, MD5: expect.stringMatching(/^[0-9a-f]{32}$/) })));
      for (const row of rows) expect(Number(row['SIZE'])).toBeGreaterThan(2880);
      // Only what is new was read whole.
      expect(read.filter((path) => path === 'data/a.fits')).toEqual([]);
      expect(await index(directory, { existing: 'update' })).toMatchObject({ written: false, isCurrent: true });
    },
  );

  it.each(['./hdu-index.fits.gz', 'x/../hdu-index.fits.gz', 'hdu-index.fits'])(
    'knows its entry in the master index as %s',
    async (hduindx) => {
      const directory = await folder();
      await index(directory);
      const master = join(directory, 'master.json');
      const others = [{ name: 'z', hduindx: 'z.fits', obsindx: 'z.fits' }];
      const entry = { name: 'mine', hduindx, obsindx: hduindx.replace('hdu', 'obs'), note: 'by hand' };
      const names = async () =>
        JSON.parse(await readFile(master, 'utf8')).datasets.map(({ name }: { name: string }) => name);
      for (const again of [
        () => index(directory, { existing: 'update' }),
        () => index(directory, { existing: 'replace' }),
        () => initStore({ directory, force: true, program: 'test' }),
      ]) {
        await writeFile(master, JSON.stringify({ datasets: [entry, ...others] }));
        await again();
        expect(await names()).toEqual(['mine', 'z']);
        expect(await readFile(master, 'utf8')).toContain('by hand');
      }
    },
  );

  it('says whether it is up to date, also in a trial', async () => {
    const directory = await folder();
    expect(await index(directory, { dryRun: true })).toMatchObject({ written: false, isCurrent: false });
    expect(await index(directory)).toMatchObject({ written: true, isCurrent: false });
    for (const dryRun of [true, false])
      expect(await index(directory, { existing: 'update', dryRun })).toMatchObject({ written: false, isCurrent: true });
    await writeFiles(directory, { 'data/b.fits': [events(2)] });
    expect(await index(directory, { existing: 'update', dryRun: true })).toMatchObject({
      written: false,
      isCurrent: false,
    });
  });

  it('keeps times that were added only where they count from the same moment', async () => {
    const directory = await folder();
    await index(directory);
    const path = join(directory, 'obs-index.fits.gz');
    const [made] = await readTables(path);
    if (made === undefined) throw new Error('no table');
    const names = ['EVENT_TIME_MIN', 'EVENT_TIME_MAX'];
    const more = buildTable({
      name: '',
      columns: [
        { name: 'OBS_ID', form: '1K', values: [1] },
        ...names.map((name) => ({ name, form: '1D', unit: 's', values: [1100] })),
      ],
    });
    const rows = new Uint32Array(0);
    const wide = concatTables([{ table: made, rows }, { table: more }]);
    const write = async (cards: Record<string, string | number | undefined>) => {
      // Something to bring up to date.
      await writeFiles(directory, { 'data/a.fits': [events(1, { count: 3 + Object.keys(cards).length })] });
      const table = concatTables([{ table: wide }]);
      for (const [keyword, value] of Object.entries(cards)) {
        if (value === undefined) table.header.remove(keyword);
        else table.header.set(keyword, value);
      }
      await writeTables(path, [table]);
    };
    // The same moment, told in other ways.
    await write({ TIMEUNIT: undefined, TIMESYS: 'tt', MJDREF: 51910.5, MJDREFI: undefined, MJDREFF: undefined });
    expect((await index(directory, { existing: 'update' })).notes).toEqual([]);
    expect(await obsRows(directory)).toMatchObject([{ EVENT_TIME_MIN: 1100, EVENT_TIME_MAX: 1100 }]);
    await write({ MJDREFI: 51911 });
    const { notes } = await index(directory, { existing: 'update' });
    expect(notes).toEqual([
      expect.stringMatching(/the columns EVENT_TIME_MIN, EVENT_TIME_MAX of the former index; they are/),
    ]);
    expect((await obsRows(directory))[0]).not.toHaveProperty('EVENT_TIME_MIN');
  });
});
