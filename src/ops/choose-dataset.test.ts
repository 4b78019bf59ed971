import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { serveFolder } from '../../test/support/serve-folder.ts';
import { customStore } from '../../test/support/store.ts';
import { tempDirectory } from '../../test/support/temp.ts';
import { chooseDataset, openStore } from './open-store.ts';

describe('openStore()', () => {
  it('takes the directory of a store as well as its master index', async () => {
    const { directory, master } = await customStore(await tempDirectory(), [{ id: 1, name: 'a' }]);
    for (const place of [directory, `${directory}/`, master]) {
      expect(chooseDataset(await openStore(place), undefined)).toBe('custom');
    }
  });

  it.each([
    ['notes.txt', 'The data of 2004'],
    ['runs.lis', '23523\n23526\n'],
    ['index.fits', 'SIMPLE  ='],
  ])('says what %s is not', async (name, text) => {
    const place = join(await tempDirectory(), name);
    await writeFile(place, text);
    await expect(openStore(place)).rejects.toMatchObject({
      code: 'bad-data',
      message: expect.stringContaining(`"${place}" is neither a store nor a master index. Give the folder of a store,`),
    });
    await expect(openStore('/dev/null')).rejects.toThrow('"/dev/null" is neither a store nor a master index.');
  });

  it('takes a master index of any name', async () => {
    const { directory, master } = await customStore(await tempDirectory(), [{ id: 1, name: 'a' }]);
    await rename(master, join(directory, 'datasets'));
    expect(chooseDataset(await openStore(join(directory, 'datasets')), undefined)).toBe('custom');
  });

  it('says what is missing', async () => {
    const directory = await tempDirectory();
    await expect(openStore(join(directory, 'none'))).rejects.toMatchObject({
      code: 'not-found',
      message: `There is no store "${directory}/none".`,
    });
    await expect(openStore(directory)).rejects.toMatchObject({
      code: 'not-found',
      message: `"${directory}" is no store: it has no master index "master.json" and no index files. "iact index" makes them.`,
    });
    await mkdir(join(directory, '.iact'));
    await writeFile(join(directory, '.iact/journal.jsonl'), '');
    await expect(openStore(directory)).rejects.toMatchObject({
      code: 'not-found',
      message: `"${directory}" is no store yet: what wrote to it was interrupted. Run that command again.`,
    });
    const url = await serveFolder(directory);
    await expect(openStore(`${url}none`)).rejects.toMatchObject({
      code: 'not-found',
      message: `"${url}none" is no store: it has no master index "master.json" and no index files. Is the path right?`,
    });
  });
});

describe('chooseDataset()', () => {
  it('needs a name where there are several datasets, and one at least', async () => {
    const { master } = await customStore(await tempDirectory(), [{ id: 1, name: 'a' }]);
    await writeFile(master, JSON.stringify({ datasets: [{ name: 'a' }, { name: 'b' }, { hduindx: 'x' }] }));
    const store = await openStore(master);
    expect(chooseDataset(store, 'b')).toBe('b');
    expect(() => chooseDataset(store, undefined)).toThrow('has several datasets: "a", "b". Choose one with --dataset.');
    await writeFile(master, '{"datasets": []}');
    const empty = await openStore(master);
    expect(() => chooseDataset(empty, undefined)).toThrow('lists no dataset.');
  });
});
