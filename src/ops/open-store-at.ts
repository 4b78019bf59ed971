import { basename, join } from 'node:path';
import { IactError } from '../core/index.ts';
import { MASTER_INDEX_NAME } from '../gadf/index.ts';
import { LocalSource } from '../storage/index.ts';
import { directoryPart, openStore, type Store } from './open-store.ts';

/**
 * Opens a store by its directory or its master index.
 *
 * @throws {IactError} `not-found`, `unreadable`, or `bad-data` for what is no master index.
 */
export async function openStoreAt(place: string): Promise<Store> {
  const found = await new LocalSource(directoryPart(place)).stat(basename(place));
  if (found === undefined) throw new IactError('not-found', `There is no store "${place}".`, { uri: place });
  if (found.kind !== 'directory') return openStore(place);
  const master = join(place, MASTER_INDEX_NAME);
  if ((await new LocalSource(place).stat(MASTER_INDEX_NAME)) !== undefined) return openStore(master);
  const remedy = `"iact init ${place}" writes one`;
  throw new IactError('not-found', `"${place}" has no master index "${MASTER_INDEX_NAME}"; ${remedy}.`, { uri: place });
}

/**
 * The name of the dataset that is meant: the one that was named, or the only one.
 *
 * @throws {IactError} `usage` if there are several and none was named; `bad-data` if there is none.
 */
export function chooseDataset({ master, source, masterName }: Store, named: string | undefined): string {
  if (named !== undefined) return named;
  const names = [...new Set(master.datasets.flatMap(({ name }) => name ?? []))];
  const [first] = names;
  const uri = source.uriOf(masterName);
  if (first === undefined) throw new IactError('bad-data', `"${uri}" lists no dataset.`, { uri });
  if (names.length === 1) return first;
  const list = names.map((name) => `"${name}"`).join(', ');
  throw new IactError('usage', `"${uri}" lists several datasets: ${list}. Name one of them.`, { uri });
}
