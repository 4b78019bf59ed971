import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tempDirectory } from '../../../../test/support/temp.ts';
import { LocalSource } from '../../../storage/index.ts';
import { type StoreEdit, writeEditedStore } from '../../../validate/testing/edited-store.ts';
import { card } from '../../../validate/testing/edits.ts';
import { indexStore } from '../../index-store/index.ts';
import { inspectFile } from '../inspect-file.ts';

/** One fault of one file. */
export const TELAPSE: StoreEdit = { hdus: { EVENTS: card('TELAPSE', 0) } };

/** A store with faults. */
export async function written(edit: StoreEdit = TELAPSE): Promise<string> {
  return writeEditedStore(join(await tempDirectory(), 'store'), edit);
}

/** A store whose HDU index has SIZE and MD5, right for its files as they are. */
export async function indexed(edit: StoreEdit = TELAPSE): Promise<string> {
  const store = await written(edit);
  await indexStore({ directory: store, withSize: true, withMd5: true, existing: 'replace', program: 'test' });
  return store;
}

/** A store whose index has SIZE and MD5, with a fault in each of more files than are replaced together. */
export async function manyFaulty(): Promise<string> {
  const withoutHdus = ['aeff', 'psf', 'bkg', 'edisp'] as const;
  const store = await written({ ...TELAPSE, options: { observations: 70, eventsPerObservation: 5, withoutHdus } });
  for (const name of await readdir(join(store, 'data'))) {
    const path = join(store, 'data', name);
    const bytes = await readFile(path);
    bytes.write('9', bytes.indexOf('TELAPSE =') + 29, 'latin1');
    await writeFile(path, bytes);
  }
  await indexStore({ directory: store, withSize: true, withMd5: true, existing: 'replace', program: 'test' });
  return store;
}

/** Digests of the data of all HDUs of the data files, by file and HDU. */
export async function dataOf(store: string): Promise<Map<string, string>> {
  const digests = new Map<string, string>();
  for (const path of await filesBelow(store)) {
    if (!/\.fits(\.gz)?$/.test(path)) continue;
    try {
      const { hdus } = await inspectFile(new LocalSource(store).read(path), path, () => false);
      for (const { index, name, dataDigest } of hdus) digests.set(`${path}[${index} ${name}]`, dataDigest);
    } catch {
      // What is no FITS file must stay as it is.
      digests.set(path, await readFile(join(store, path), 'base64'));
    }
  }
  return digests;
}

/** Paths of files, without what is ours. */
export async function filesBelow(folder: string, below = ''): Promise<string[]> {
  const entries = await readdir(join(folder, below), { withFileTypes: true });
  const nested = entries.map(async (entry) => {
    const path = join(below, entry.name);
    if (entry.name === '.iact') return [];
    return entry.isDirectory() ? filesBelow(folder, path) : [path];
  });
  return (await Promise.all(nested)).flat().sort();
}

/** The files of a store. */
export async function contents(store: string): Promise<Map<string, string>> {
  const paths = await filesBelow(store);
  return new Map(
    await Promise.all(paths.map(async (path) => [path, await readFile(join(store, path), 'base64')] as const)),
  );
}

/** Which of the data differ. */
export function changedData(before: Map<string, string>, after: Map<string, string>): string[] {
  return [...before].filter(([key, digest]) => after.get(key) !== digest).map(([key]) => key);
}

/** Changes the entries of a master index. */
export async function editMaster(store: string, change: (entry: Record<string, unknown>) => object): Promise<void> {
  const path = join(store, 'master.json');
  const { datasets } = JSON.parse(await readFile(path, 'utf8')) as { datasets: Record<string, unknown>[] };
  await writeFile(path, JSON.stringify({ datasets: datasets.map(change) }));
}
