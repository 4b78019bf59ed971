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
import type { Destination } from '../storage/index.ts';
import { publishFile } from '../transfer/index.ts';
import type { CopyEvent } from './copy-events.ts';
import { opensAsFits, readText } from './store-file.ts';

/** The master index of a destination, `undefined` if it has none. @throws `bad-data` if it has a broken one. */
export async function readLocalMaster(destination: Destination): Promise<MasterIndex | undefined> {
  if ((await destination.stat(MASTER_INDEX_NAME)) === undefined) return undefined;
  return parseMasterIndex(await readText(destination, MASTER_INDEX_NAME), destination.uriOf(MASTER_INDEX_NAME));
}

/**
 * Refuses a copy over a dataset of the same name whose index files are others: the copied data would be invisible.
 *
 * @throws {IactError} `exists`
 */
export function refuseOtherIndexFiles(local: MasterIndex | undefined, copied: DatasetEntry, uri: string): void {
  const entry = local?.datasets.find((each) => each.name === copied.name);
  if (entry === undefined) return;
  if (samePath(entry.hduindx, copied.hduindx) && samePath(entry.obsindx, copied.obsindx)) return;
  const found = `"${entry.hduindx ?? ''}" and "${entry.obsindx ?? ''}"`;
  const remedy = 'Copy to another place, or rename the dataset there';
  throw new IactError(
    'exists',
    `"${uri}" holds a dataset "${copied.name ?? ''}" with other index files (${found}). ${remedy}.`,
    { uri },
  );
}

function samePath(left: string | undefined, right: string | undefined): boolean {
  return joinInStore([left ?? ''], '') === joinInStore([right ?? ''], '');
}

/**
 * Writes the master index of a destination: the datasets that it had, and that of the source if it had none, as far as
 * their index files open there; and the copied dataset with all its keys.
 *
 * @returns the names of the datasets that it now lists.
 */
export async function commitMaster(
  destination: Destination,
  local: MasterIndex | undefined,
  remote: MasterIndex,
  copied: DatasetEntry,
  onEvent: (event: CopyEvent) => void,
): Promise<string[]> {
  const base = local ?? remote;
  const kept: DatasetEntry[] = [];
  for (const entry of base.datasets) {
    const name = entry.name ?? '';
    const available = await isAvailable(destination, entry);
    onEvent({ type: 'master-entry', name, change: available ? 'kept' : 'removed' });
    if (available) kept.push(entry);
  }
  if (!kept.some((entry) => entry.name === copied.name)) {
    onEvent({ type: 'master-entry', name: copied.name ?? '', change: 'added' });
    kept.push(datasetEntryFrom(copied.json));
  }
  const text = formatMasterIndex(withDatasets(base, kept));
  await publishFile(destination, MASTER_INDEX_NAME, [new TextEncoder().encode(text)], { mode: 0o644 });
  return kept.map((entry) => entry.name ?? '');
}

async function isAvailable(destination: Destination, { hduindx, obsindx }: DatasetEntry): Promise<boolean> {
  if (hduindx === undefined || obsindx === undefined) return false;
  return (await opensAsFits(destination, hduindx)) && (await opensAsFits(destination, obsindx));
}
