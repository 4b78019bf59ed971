import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { customStore, hduIndexTable, obsIndexTable, writeTables } from '../support/store.ts';
import { tempDirectory } from '../support/temp.ts';
import { type KnownCopy, storeInvariants } from './store-invariants.ts';
import { readTree, type Tree, type TreeEntry } from './tree.ts';

const ROWS = [1, 2].map((id) => ({ id, name: `${id}.fits` }));

/** A complete store of two observations. */
async function completeStore(): Promise<Map<string, TreeEntry>> {
  const directory = await tempDirectory();
  await customStore(directory, ROWS);
  return new Map(readTree(directory));
}

/** An index file that was written for the occasion. */
async function indexFile(write: (path: string) => Promise<void>): Promise<TreeEntry> {
  const directory = await tempDirectory();
  await write(join(directory, 'index.fits.gz'));
  return readTree(directory).get('index.fits.gz') as TreeEntry;
}

const file = (content: string): TreeEntry => ({ kind: 'file', content: Buffer.from(content), mode: 0o644, mtimeMs: 1 });

/** What is found of a complete copy that was changed. */
async function findings(
  change: (store: Map<string, TreeEntry>) => Promise<unknown> | unknown,
  more: Partial<KnownCopy> = {},
): Promise<string[]> {
  const source: Tree = await completeStore();
  const store = new Map(source);
  await change(store);
  return storeInvariants(store, { before: new Map(), source, replaces: true, ...more });
}

describe('storeInvariants()', () => {
  it('finds nothing in a copy that is complete, has only begun, or has still its own state', async () => {
    expect(await findings(() => undefined)).toEqual([]);
    expect(await findings((store) => store.clear())).toEqual([]);
    const begun = ['master.json', 'obs-index.fits.gz', 'hdu-index.fits.gz', 'data/1.fits'];
    expect(await findings((store) => begun.map((path) => store.delete(path)))).toEqual([]);
    expect(await findings((store) => store.set('data/.iact-1.part', file('')).set('.iact/journal', file('')))).toEqual(
      [],
    );
  });

  it('finds half a file, and one that came from nowhere', async () => {
    const wrong = '"data/1.fits" is not what the source holds (4 bytes)';
    const named = '"hdu-index.fits.gz" names "data/1.fits", which is not what the source holds';
    expect(await findings((store) => store.set('data/1.fits', file('cont')))).toEqual([wrong, named]);
    const unknown = '"data/3.fits" is neither of the source nor from before';
    expect(await findings((store) => store.set('data/3.fits', file('')))).toEqual([unknown]);
  });

  it('finds what is gone or changed of what was there before', async () => {
    const before = new Map([['own.txt', file('mine')]]);
    expect(await findings(() => undefined, { before })).toEqual(['"own.txt" is gone']);
    expect(await findings((store) => store.set('own.txt', file('mi')), { before })).toHaveLength(1);
    expect(await findings((store) => store.set('own.txt', file('mine')), { before })).toEqual([]);
    expect(await findings(() => undefined, { before, removes: (path) => path === 'own.txt' })).toEqual([]);
  });

  it('finds an index that names what is not there, or was not to be kept', async () => {
    const absent = ['"hdu-index.fits.gz" names "data/2.fits", which is not there'];
    expect(await findings((store) => store.delete('data/2.fits'))).toEqual(absent);
    const before = new Map([['data/2.fits', file('other')]]);
    const put = (store: Map<string, TreeEntry>) => store.set('data/2.fits', file('other'));
    expect(await findings(put, { before })).toHaveLength(1);
    expect(await findings(put, { before, replaces: false })).toEqual([]);
    const cutOff = new Map([['data/2.fits', file('content')]]);
    const found = await findings((store) => store.set('data/2.fits', file('content')), {
      before: cutOff,
      replaces: false,
    });
    expect(found).toHaveLength(1);
  });

  it('finds index files that cannot be read, or do not fit each other', async () => {
    expect(await findings((store) => store.set('hdu-index.fits.gz', file('x')))).toContainEqual(
      expect.stringMatching(/"hdu-index.fits.gz" cannot be read/),
    );
    expect(await findings((store) => store.set('master.json', file('{"datasets": [')))).toContainEqual(
      expect.stringMatching(/"master.json" cannot be read/),
    );
    const listed = ['the master index lists "custom", whose index files are not there'];
    expect(await findings((store) => store.delete('obs-index.fits.gz'))).toEqual(listed);
    const one = await indexFile((path) => writeTables(path, [hduIndexTable(ROWS.slice(0, 1))]));
    const lacks = '"obs-index.fits.gz" lists observation 2, and the HDU index does not';
    expect(await findings((store) => store.set('hdu-index.fits.gz', one))).toEqual([lacks]);
    const less = await indexFile((path) => writeTables(path, [obsIndexTable([1])]));
    expect(await findings((store) => store.set('obs-index.fits.gz', less))).toEqual([]);
  });

  it('lets an index name what was absent before', async () => {
    const before = await completeStore();
    before.delete('data/2.fits');
    expect(await findings((store) => store.delete('data/2.fits'), { before })).toEqual([]);
  });
});

describe('readTree()', () => {
  it('reads what a directory holds, and nothing where there is none', async () => {
    const directory = await tempDirectory();
    await mkdir(join(directory, 'b'));
    await writeFile(join(directory, 'b/c'), 'text', { mode: 0o600 });
    const tree = readTree(directory);
    expect([...tree.keys()]).toEqual(['b', 'b/c']);
    expect(tree.get('b/c')).toMatchObject({ kind: 'file', content: Buffer.from('text'), mode: 0o600 });
    expect(readTree(join(directory, 'absent')).size).toBe(0);
  });
});
