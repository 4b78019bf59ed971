import { IactError } from '../core/index.ts';
import {
  type DatasetEntry,
  datasetEntryFrom,
  formatMasterIndex,
  joinInStore,
  MASTER_INDEX_NAME,
  type MasterIndex,
  parseMasterIndex,
  withDatasets,
} from '../gadf/index.ts';
import { type Destination, pathsOf, readText } from '../storage/index.ts';
import type { FileToPublish } from '../transfer/index.ts';
import { opensAsFits } from './store-file.ts';

/** The master index of a destination, `undefined` if it has none. @throws `bad-data` if it has a broken one. */
export async function readLocalMaster(destination: Destination): Promise<MasterIndex | undefined> {
  if ((await destination.stat(MASTER_INDEX_NAME)) === undefined) return undefined;
  return parseMasterIndex(await readText(destination, MASTER_INDEX_NAME), destination.uriOf(MASTER_INDEX_NAME));
}

/**
 * Refuses a copy over a dataset of the same name whose index files are others: the copied data would be invisible.
 *
 * @throws {IactError} `exists`; `unsafe-path` for an index file of the dataset outside of its store.
 */
export function refuseOtherIndexFiles(local: MasterIndex | undefined, copied: DatasetEntry, uri: string): void {
  const entry = local?.datasets.find((each) => each.name === copied.name);
  if (entry === undefined) return;
  const place = `"${uri}", dataset "${entry.name ?? ''}"`;
  const isSame = (key: 'hduindx' | 'obsindx'): boolean =>
    joinInStore([entry[key] ?? ''], `${place}, key "${key}"`) === joinInStore([copied[key] ?? ''], place);
  if (isSame('hduindx') && isSame('obsindx')) return;
  const found = `"${entry.hduindx ?? ''}" and "${entry.obsindx ?? ''}"`;
  const remedy = 'Copy to another place, or rename the dataset there';
  throw new IactError(
    'exists',
    `"${uri}" holds a dataset "${copied.name ?? ''}" with other index files (${found}). ${remedy}.`,
    { uri },
  );
}

/** What the master index of a destination becomes. */
export interface PlannedMaster {
  readonly entries: readonly { readonly name: string; readonly change: 'kept' | 'removed' | 'added' }[];
  /** Names of the datasets that it will list. */
  readonly names: readonly string[];
  readonly file: FileToPublish;
}

/**
 * Plans the master index of a destination: the datasets that it had, and those of the source if it had none, as far as
 * their index files open there; and the copied dataset with all its keys. Writes nothing.
 *
 * @param renewed paths of index files that are about to be published, and will open.
 */
export async function planMaster(
  destination: Destination,
  local: MasterIndex | undefined,
  remote: MasterIndex,
  copied: DatasetEntry,
  renewed: ReadonlySet<string>,
): Promise<PlannedMaster> {
  const base = local ?? remote;
  const entries: { name: string; change: 'kept' | 'removed' | 'added' }[] = [];
  const kept: DatasetEntry[] = [];
  for (const entry of base.datasets) {
    const available = await isAvailable(destination, entry, renewed).catch((error: unknown) => {
      if (!(error instanceof IactError) || error.retryable) throw error;
      // One entry that cannot be looked at must not stop the others: what was here stays, and nothing is taken over.
      return local !== undefined;
    });
    entries.push({ name: entry.name ?? '', change: available ? 'kept' : 'removed' });
    if (available) kept.push(entry);
  }
  if (!kept.some((entry) => entry.name === copied.name)) {
    entries.push({ name: copied.name ?? '', change: 'added' });
    kept.push(datasetEntryFrom(copied.json));
  }
  const content = [new TextEncoder().encode(formatMasterIndex(withDatasets(base, kept)))];
  const file = { path: MASTER_INDEX_NAME, content, attributes: { mode: 0o644 } };
  return { entries, names: kept.map((entry) => entry.name ?? ''), file };
}

async function isAvailable(
  destination: Destination,
  { hduindx, obsindx }: DatasetEntry,
  renewed: ReadonlySet<string>,
): Promise<boolean> {
  if (hduindx === undefined || obsindx === undefined) return false;
  for (const named of [hduindx, obsindx]) {
    const path = joinInStore([named], 'Master index file');
    // The compressed sibling is what opens under a plain name.
    const isRenewed = pathsOf(path).some((each) => renewed.has(each));
    if (!isRenewed && !(await opensAsFits(destination, path))) return false;
  }
  return true;
}
