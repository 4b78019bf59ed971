import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { create } from 'tar';
import { describe, expect, it } from 'vitest';
import { serveFolder } from '../../test/support/serve-folder.ts';
import { customStore, writeBytes } from '../../test/support/store.ts';
import { tempDirectory } from '../../test/support/temp.ts';
import { locateStore } from './locate-store.ts';
import { findDataset, listDatasets, openStore } from './open-store.ts';

const entry = { name: 'x', hduindx: 'hdu-index.fits.gz', obsindx: 'obs-index.fits.gz' };

async function storeWith(datasets: readonly object[]): Promise<string> {
  const directory = await tempDirectory();
  const { master } = await customStore(directory, [{ id: 1, name: 'a' }]);
  await writeFile(master, JSON.stringify({ datasets }));
  return master;
}

describe('findDataset()', () => {
  it('takes the first of two datasets of one name', async () => {
    const store = await openStore(
      await storeWith([
        { ...entry, comment: 'first' },
        { ...entry, comment: 'second' },
      ]),
    );
    expect(findDataset(store, 'x').json.get('comment')).toBe('first');
  });

  it('says that there is none', async () => {
    const store = await openStore(await storeWith([]));
    expect(() => findDataset(store, 'x')).toThrow(/There is no dataset "x" in ".*", which lists none\./);
  });
});

describe('listDatasets()', () => {
  it('says why a dataset is not available', async () => {
    const datasets = [
      entry,
      { ...entry, hduindx: 'hdu-index.fits' },
      { ...entry, obsindx: 'gone.fits' },
      { hduindx: 'h' },
      { name: 'y' },
    ];
    const master = await storeWith(datasets);
    const statuses = await listDatasets(await openStore(master));
    const gone = join(master, '../gone.fits');
    expect(statuses.map(({ reason }) => reason)).toEqual([
      undefined,
      undefined,
      `"${gone}" does not open as FITS`,
      'it has no "name"',
      'it has no "obsindx"',
    ]);
  });
});

describe('locateStore()', () => {
  it('wants a regular file for a master index', async () => {
    const master = await storeWith([]);
    expect((await locateStore(master)).hasMaster).toBe(true);
    expect((await locateStore(`${master}.bak`).catch((error) => error)).code).toBe('not-found');
    await mkdir(join(master, '../folder.json'));
    expect((await locateStore(join(master, '../folder.json'))).hasMaster).toBe(false);
  });

  it('takes a folder that is named like an archive, and a master index inside an archive', async () => {
    const folder = join(await tempDirectory(), 'store.tar');
    await customStore(folder, [{ id: 1, name: 'a' }]);
    for (const place of [folder, join(folder, 'master.json'), relative('.', folder)]) {
      expect(await locateStore(place)).toMatchObject({ hasMaster: true, masterName: 'master.json' });
    }
    const archive = join(await tempDirectory(), 'archive.tar');
    await create({ file: archive, cwd: folder }, ['.']);
    for (const name of ['', '/master.json']) {
      const { source, hasMaster } = await locateStore(`${archive}${name}`);
      expect([source.uri, hasMaster]).toEqual([archive, true]);
      await source.close();
    }
    const { source, ...none } = await locateStore(`${archive}/none.json`);
    expect(none).toMatchObject({ hasMaster: false, masterName: 'none.json', isNamed: true });
    await source.close();
  });

  it('tells a folder of this machine, whatever its name, from an archive and from a server', async () => {
    const root = await tempDirectory();
    const { directory, master } = await customStore(join(root, 'named.tar'), [{ id: 1, name: 'a' }]);
    const archive = join(root, 'archive.tgz');
    await create({ cwd: directory, file: archive, gzip: true }, ['.']);
    const isFolder = async (place: string): Promise<boolean> => {
      const found = await locateStore(place);
      await found.source.close();
      return found.isFolder;
    };
    const url = await serveFolder(root);
    const places = [directory, master, archive, `${archive}/master.json`, url, `${url}archive.tgz`];
    expect(await Promise.all(places.map(isFolder))).toEqual([true, true, false, false, false, false]);
  });

  it('says what to do with an archive without index files', async () => {
    const root = await tempDirectory();
    await writeBytes(join(root, 'a'), Buffer.of());
    await create({ cwd: root, file: join(root, 'bad.tar') }, ['a']);
    await expect(openStore(join(root, 'bad.tar'))).rejects.toThrow('Unpack it, and "iact index" makes them.');
  });
});
