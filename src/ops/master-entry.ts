import { posix } from 'node:path';
import {
  type DatasetEntry,
  datasetEntryFrom,
  formatMasterIndex,
  type JsonObject,
  jsonFrom,
  MASTER_INDEX_NAME,
  type MasterIndex,
  withDatasets,
} from '../gadf/index.ts';
import { pathsOf } from '../storage/index.ts';
import type { FileToPublish } from '../transfer/index.ts';
import type { DatasetSummary } from './describe-dataset.ts';
import type { IndexPair } from './find-indexes.ts';

/** A master index that lists nothing. */
export function emptyMaster(): MasterIndex {
  return { root: new Map([['datasets', []]]), datasets: [] };
}

/** Entries that were there stay where they were. */
function inFormerOrder(entries: readonly DatasetEntry[], before: MasterIndex): DatasetEntry[] {
  const key = ({ hduindx, obsindx }: DatasetEntry) =>
    JSON.stringify([hduindx, obsindx].map((path) => placeOf(path)?.replace(/\.gz$/, '')));
  const places = new Map([...before.datasets.entries()].reverse().map(([position, entry]) => [key(entry), position]));
  const place = (entry: DatasetEntry) => places.get(key(entry)) ?? before.datasets.length;
  return [...entries].sort((left, right) => place(left) - place(right));
}

/** Whether an entry is of these index files, however it writes their paths. */
export function describes(entry: DatasetEntry, pair: IndexPair): boolean {
  return isNameOf(entry.hduindx, pair.hdu) && isNameOf(entry.obsindx, pair.obs);
}

/** Whether a path of a master index leads to a file: to itself, or to what is there as its compressed sibling. */
function isNameOf(named: string | undefined, path: string): boolean {
  const place = placeOf(named);
  return place !== undefined && pathsOf(place).includes(path);
}

/** A path of a master index without detours; as it is where it leaves the store, and can be that of no file in it. */
function placeOf(named: string | undefined): string | undefined {
  return named && posix.normalize(named);
}

/** The entry of a dataset with what was counted; keys that are not computed stay as they are in the known one. */
export function entryOf(
  name: string,
  pair: IndexPair,
  summary: DatasetSummary,
  known: DatasetEntry | undefined,
): DatasetEntry {
  const json: JsonObject = new Map(known?.json);
  const hours = summary.ontimeSeconds === undefined ? undefined : summary.ontimeSeconds / 3600;
  const computed = {
    name,
    hduindx: pair.hdu,
    obsindx: pair.obs,
    'Total observations': summary.observations,
    'Total time': hours === undefined ? undefined : `${hours.toFixed(hours < 1 ? 2 : 1)} hours`,
    'Total events': summary.events,
    'Disk usage': diskUsage(summary.diskBytes),
    'Date created': summary.date,
  };
  for (const [key, value] of Object.entries(computed)) {
    if (value !== undefined) json.set(key, jsonFrom(value));
  }
  return datasetEntryFrom(json);
}

function diskUsage(bytes: number): string {
  const megabytes = bytes / 1e6;
  if (megabytes >= 1000) return `${(megabytes / 1000).toFixed(1)} GB`;
  return `${megabytes.toFixed(megabytes < 10 ? 2 : 0)} MB`;
}

/** A name that no dataset has yet, and none will have after this. */
export function unusedName(name: string, taken: Set<string | undefined>): string {
  let free = name;
  for (let count = 2; taken.has(free); count++) free = `${name}-${count}`;
  taken.add(free);
  return free;
}

/** The master index with these entries, ready to be published; all else in it stays. */
export function masterFile(before: MasterIndex, entries: readonly DatasetEntry[]): FileToPublish {
  const text = formatMasterIndex(withDatasets(before, inFormerOrder(entries, before)));
  const content = [new TextEncoder().encode(`${text}\n`)];
  return { path: MASTER_INDEX_NAME, content, attributes: { mode: 0o644 } };
}
