import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
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

  it('says what is missing', async () => {
    const directory = await tempDirectory();
    await expect(openStore(join(directory, 'none'))).rejects.toMatchObject({
      code: 'not-found',
      message: `There is no store "${directory}/none".`,
    });
    await expect(openStore(directory)).rejects.toMatchObject({
      code: 'not-found',
      message: `"${directory}" is no store: it has no master index "master.json" and no index files.`,
    });
  });
});

describe('chooseDataset()', () => {
  it('needs a name where there are several datasets, and one at least', async () => {
    const { master } = await customStore(await tempDirectory(), [{ id: 1, name: 'a' }]);
    await writeFile(master, JSON.stringify({ datasets: [{ name: 'a' }, { name: 'b' }, { hduindx: 'x' }] }));
    const store = await openStore(master);
    expect(chooseDataset(store, 'b')).toBe('b');
    expect(() => chooseDataset(store, undefined)).toThrow('lists several datasets: "a", "b". Name one of them.');
    await writeFile(master, '{"datasets": []}');
    const empty = await openStore(master);
    expect(() => chooseDataset(empty, undefined)).toThrow('lists no dataset.');
  });
});
