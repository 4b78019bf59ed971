import { readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { filesIn } from '../../../test/support/copy.ts';
import { serveFolder } from '../../../test/support/serve-folder.ts';
import {
  customStore,
  obsIndexTable,
  readIds,
  readRows,
  readTables,
  simulatedStore,
  type TestStore,
  writeTables,
} from '../../../test/support/store.ts';
import { tempDirectory } from '../../../test/support/temp.ts';
import { type BinTable, replaceColumns } from '../../fits/index.ts';
import { HduIndex } from '../../gadf/index.ts';
import type { SimulateOptions } from '../../simulate/index.ts';
import { LocalDestination, LocalSource } from '../../storage/index.ts';
import { openStore } from '../open-store.ts';
import { seeNoCase } from '../testing/see-no-case.ts';
import { isFine, verifyStore } from '../verify-store.ts';
import { merge, type World, world as worldOf } from './testing/merge-world.ts';

const OPTIONS: readonly SimulateOptions[] = [
  { observations: 2, name: 'phase1', firstObsId: 1000 },
  { observations: 2, name: 'phase2', firstObsId: 2000, seed: 2 },
  { observations: 1, name: 'phase3', firstObsId: 3000, seed: 3 },
];

/** Epochs, each with observations of its own unless it is told otherwise. */
function world(...changes: SimulateOptions[]): Promise<World> {
  return worldOf(...changes.map((each, i) => ({ ...OPTIONS[i], ...each })));
}

const same: SimulateOptions = { observations: 2 };

async function contentOf(directory: string): Promise<Record<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(await Promise.all(files.map(async (file) => [file, await readFile(file, 'base64')])));
}

describe('mergeStores() into one of the stores', () => {
  it.each([0, 1, 2])('refuses store %i, by every name that it has, and touches nothing', async (position) => {
    const here = await world(same, same, same);
    const { directory } = here.stores[position] as TestStore;
    const link = join(here.root, 'link');
    await symlink(directory, link);
    const before = await contentOf(here.root);
    const names = [directory, `${directory}/`, link, pathToFileURL(directory).href, `${directory}/data/..`];
    for (const output of names) {
      await expect(merge(here, { output }), output).rejects.toMatchObject({ code: 'usage' });
      await expect(merge(here, { output, dryRun: true }), output).rejects.toMatchObject({ code: 'usage' });
    }
    for (const places of [
      here.stores.map(({ master }) => master),
      here.stores.map((each) => pathToFileURL(each.directory).href),
    ]) {
      await expect(merge(here, { places, output: link })).rejects.toMatchObject({ code: 'usage' });
    }
    expect(await contentOf(here.root)).toEqual(before);
    expect(await readdir(directory)).not.toContain('.iact');
  });
});

describe('mergeStores() and places', () => {
  it('takes an output by URL', async () => {
    const here = await world(same, same);
    const output = join(here.root, 'all of it');
    const result = await merge(here, { output: pathToFileURL(output).href });
    expect(result.store).toMatchObject({ master: join(output, 'master.json'), datasets: [{ observations: 4 }] });
    expect((await readdir(here.root)).sort()).toEqual(['all of it', 'epoch0', 'epoch1']);
  });

  it('closes every store that it has opened, also where one cannot be used', async () => {
    const here = await world(same, same);
    const [, second] = here.stores as [TestStore, TestStore];
    await writeFile(join(second.directory, 'obs-index.fits.gz'), 'no FITS');
    const close = vi.spyOn(LocalSource.prototype, 'close');
    try {
      await expect(merge(here)).rejects.toMatchObject({ code: 'bad-data' });
      const closed = close.mock.contexts.map((source) => (source as LocalSource).uri);
      expect(closed).toEqual(expect.arrayContaining(here.stores.map(({ directory }) => directory)));
    } finally {
      close.mockRestore();
    }
  });
});

describe('mergeStores() from a server', () => {
  it('asks for no index again that it knows, and for no file before it copies it', async () => {
    const here = await world(same, same);
    const asked: string[] = [];
    const places = await Promise.all(
      here.stores.map(({ directory }, position) =>
        serveFolder(directory, ({ method, url = '' }) => {
          asked.push(`${position} ${method} ${basename(url)}`);
          return false;
        }),
      ),
    );
    await merge(here, { places });
    const count = (start: string) => asked.filter((each) => each.startsWith(start)).length;
    // Once to merge the indexes, and once to copy them.
    expect([count('0 GET hdu-index'), count('0 GET obs-index')]).toEqual([2, 2]);
    expect([count('0 GET phase'), count('1 GET phase'), count('0 HEAD phase'), count('1 HEAD phase')]).toEqual([
      2, 2, 0, 0,
    ]);
  });
});

describe('mergeStores() into a store that is there', () => {
  it('leaves files alone that other observations and other datasets of it have', async () => {
    const irfs: SimulateOptions = { observations: 2, sharedIrfs: true, name: 'same' };
    const here = await world(irfs, { ...irfs, psf: 'psf_3gauss' }, { ...irfs, background: 'bkg_2d' });
    const [first, second, third] = here.stores as [TestStore, TestStore, TestStore];
    await merge(here, { places: [first.directory, second.directory] });
    const before = await readFile(join(here.output, 'data/same_irfs.fits.gz'));
    // Other epochs than the first time, so that the main store is another one.
    const again = () => merge(here, { places: [third.directory, second.directory] });
    await again();
    expect((await readFile(join(here.output, 'data/same_irfs.fits.gz'))).equals(before)).toBe(true);
    expect(await readIds(join(here.output, 'obs-index.fits.gz'))).toEqual(
      expect.arrayContaining([...first.ids, ...second.ids, ...third.ids]),
    );
    const { files } = await verifyStore({ store: await openStore(here.output) });
    expect(files.filter((file) => !isFine(file))).toEqual([]);
    const [table] = (await readTables(join(here.output, 'hdu-index.fits.gz'))) as [BinTable];
    const index = new HduIndex(table, 'hdu-index.fits.gz', '');
    const { paths, fileOfRow } = index.files();
    const responsesOf = (id: number) => {
      const row = fileOfRow.findIndex(
        (_, at) => String(index.ids.at(at)) === String(id) && index.text('HDU_TYPE', at) === 'aeff',
      );
      return readFile(join(here.output, paths[fileOfRow[row] ?? -1] as string));
    };
    for (const store of here.stores) {
      const wanted = await readFile(join(store.directory, 'data/same_irfs.fits.gz'));
      for (const id of store.ids) expect((await responsesOf(id)).equals(wanted), String(id)).toBe(true);
    }
    const once = await filesIn(here.output);
    const { copies } = await again();
    expect(copies.map(({ filesCopied }) => filesCopied)).toEqual([0, 0]);
    expect(await filesIn(here.output)).toEqual(once);
  });

  it('leaves files of another dataset alone, whose index files are others', async () => {
    const irfs: SimulateOptions = { observations: 2, sharedIrfs: true, name: 'same' };
    const here = await world(irfs, { ...irfs, psf: 'psf_3gauss' });
    const old = await simulatedStore(here.output, { ...irfs, firstObsId: 7000, background: 'bkg_2d', indexDir: 'old' });
    const text = await readFile(old.master, 'utf8');
    await writeFile(old.master, text.replace('"name": "same"', '"name": "old"'));
    const before = await readFile(join(here.output, 'data/same_irfs.fits.gz'));
    await merge(here, { name: 'new' });
    expect((await readFile(join(here.output, 'data/same_irfs.fits.gz'))).equals(before)).toBe(true);
    const names = (await openStore(here.output)).master.datasets.map(({ name }) => name);
    expect(names).toEqual(['old', 'new']);
  });
});

describe('mergeStores() of stores that disagree', () => {
  it('tells of names that the destination cannot tell apart before the first store is copied', async () => {
    const here = await world(same, { ...same, name: 'PHASE1' });
    const stat = LocalDestination.prototype.stat;
    // As on a file system that does not see the difference between them.
    const blind = vi.spyOn(LocalDestination.prototype, 'stat').mockImplementation(function (
      this: LocalDestination,
      path,
    ) {
      return stat.call(this, path.replace('NAMES-A', 'names-a'));
    });
    const [first, second] = here.stores as [TestStore, TestStore];
    await rename(join(second.directory, second.fileOf(2001)), join(second.directory, 'data/x.fits.gz'));
    try {
      const path = first.fileOf(first.ids[0] as number);
      const lists = async ({ directory }: TestStore, name: string) => {
        const [table] = (await readTables(join(directory, 'hdu-index.fits.gz'))) as [BinTable];
        const names = Array.from({ length: table.rowCount }, () => name);
        const renamed = replaceColumns(table, [{ name: 'FILE_NAME', form: '60A', values: names }]);
        await writeTables(join(directory, 'hdu-index.fits.gz'), [renamed]);
      };
      await lists(second, basename(path).toUpperCase());
      await expect(merge(here)).rejects.toMatchObject({ code: 'unwritable' });
      expect((await filesIn(here.output)).filter((each) => !each.startsWith('.iact'))).toEqual([]);
    } finally {
      blind.mockRestore();
    }
  });

  it('minds only names of observations that come', async () => {
    const root = await tempDirectory();
    const stores = await Promise.all([
      customStore(join(root, 'a'), [{ id: 7, name: 'Run7.fits' }]),
      customStore(join(root, 'b'), [
        { id: 7, name: 'run7.fits' },
        { id: 8, name: 'run8.fits' },
      ]),
    ]);
    const here = { root, stores, output: join(root, 'out') };
    seeNoCase();
    await merge(here, { prefer: 'first' });
    const names = (await readRows(join(here.output, 'hdu-index.fits.gz'))).map((row) => row['FILE_NAME']);
    expect(names).toEqual(['Run7.fits', 'run8.fits']);
  });

  it('moves a file that is there as its compressed sibling', async () => {
    const root = await tempDirectory();
    const files = ['data/x.fits.gz'];
    const stores = [
      await customStore(join(root, 'a'), [{ id: 1, name: 'x.fits' }], { files }),
      await customStore(join(root, 'b'), [{ id: 2, name: 'x.fits' }], { files, dataset: 'second' }),
    ];
    await writeFile(join(root, 'b/data/x.fits.gz'), 'other content');
    const here = { root, stores, output: join(root, 'out') };
    const { movedFiles } = await merge(here);
    expect(movedFiles).toBe(1);
    const read = (path: string) => readFile(join(here.output, path), 'utf8');
    expect(await read('data/x.fits.gz')).toBe('content of data/x.fits.gz');
    expect(await read('second/data/x.fits.gz')).toBe('other content');
  });

  it('keeps apart IDs that are text and look like the same number, and observations without files', async () => {
    const root = await tempDirectory();
    const stores = [
      await customStore(
        join(root, 'a'),
        [
          { id: '007', name: 'a1' },
          { id: 'x', name: 'a2' },
        ],
        { dataset: 'a' },
      ),
      await customStore(
        join(root, 'b'),
        [
          { id: '7', name: 'b1' },
          { id: 'x', name: 'b2' },
        ],
        {
          dataset: 'b',
          obsTables: [obsIndexTable(['7', 'x', 'planned'])],
        },
      ),
    ];
    const here = { root, stores, output: join(root, 'out') };
    await merge(here, { prefer: 'first' });
    const ids = async (kind: string) => (await readIds(join(here.output, `${kind}-index.fits.gz`))).map(String);
    expect([await ids('hdu'), await ids('obs')]).toEqual([
      ['007', 'x', '7'],
      ['007', 'x', '7', 'planned'],
    ]);
    const names = (await readRows(join(here.output, 'hdu-index.fits.gz'))).map((row) => row['FILE_NAME']);
    expect(names).toEqual(['a1', 'a2', 'b1']);
  });

  it('makes index files of the shape of the first store, also where that brings nothing', async () => {
    const here = await world(same, { ...same, firstObsId: 1000, name: 'phase2' });
    const [, second] = here.stores as [TestStore, TestStore];
    const tables = await Promise.all(
      ['hdu', 'obs'].map(
        async (kind) => (await readTables(join(second.directory, `${kind}-index.fits.gz`)))[0] as BinTable,
      ),
    );
    await writeTables(join(second.directory, 'both.fits'), tables);
    for (const kind of ['hdu', 'obs']) await rm(join(second.directory, `${kind}-index.fits.gz`));
    const entry = { name: 'phase2', hduindx: 'both.fits', obsindx: 'both.fits' };
    await writeFile(second.master, JSON.stringify({ datasets: [entry] }));
    const { store } = await merge(here, { prefer: 'last' });
    expect(store?.datasets).toMatchObject([{ hdu: 'hdu-index.fits.gz', obs: 'obs-index.fits.gz', observations: 2 }]);
    for (const kind of ['hdu', 'obs']) {
      const found = await readTables(join(here.output, `${kind}-index.fits.gz`));
      expect(found.map(({ header }) => header.get('EXTNAME'))).toEqual([`${kind.toUpperCase()}_INDEX`]);
    }
  });
});
