import { realpath } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { IactError, printable } from '../core/index.ts';
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
import { LocalDestination, LocalSource } from '../storage/index.ts';
import { publishFiles } from '../transfer/index.ts';
import { type DatasetSummary, describeDataset } from './describe-dataset.ts';
import { findIndexes, type IndexPair } from './find-indexes.ts';
import { readLocalMaster } from './plan-master.ts';
import { proposeNames } from './propose-names.ts';
import { withLock } from './with-lock.ts';

export interface InitRequest {
  /** Root of the store. */
  readonly directory: string;
  /** Name of the dataset, where there is one only; else names come from the folders. */
  readonly name?: string | undefined;
  /** Whether a master index that is there may be rewritten. Entries for other index files stay in it as they are. */
  readonly force: boolean;
  readonly program: string;
}

/** A dataset that was found, with its entry in the master index. */
export interface InitializedDataset extends DatasetSummary, IndexPair {
  readonly name: string;
}

export interface InitResult {
  readonly master: string;
  readonly datasets: readonly InitializedDataset[];
  /** Names of entries that were there before and were kept. */
  readonly kept: readonly string[];
  readonly notes: readonly string[];
}

/**
 * Writes the master index of a store from what its files hold.
 *
 * @throws {IactError} `not-found` if there is no index file; `exists` if there is a master index and no `force`;
 *   `bad-data` if that one cannot be read; `usage` for one name for several datasets.
 */
export async function initStore(request: InitRequest): Promise<InitResult> {
  const destination = new LocalDestination(request.directory);
  if ((await destination.stat(''))?.kind !== 'directory') {
    throw new IactError('not-found', `"${request.directory}" is no directory.`, { uri: request.directory });
  }
  const uri = destination.uriOf(MASTER_INDEX_NAME);
  if (!request.force && (await destination.stat(MASTER_INDEX_NAME)) !== undefined) {
    throw new IactError('exists', `"${uri}" exists. Use --force to bring it up to date.`, { uri });
  }
  return withLock(destination, request.program, () => writeMaster(destination, request, uri));
}

async function writeMaster(destination: LocalDestination, request: InitRequest, uri: string): Promise<InitResult> {
  const before = (await readLocalMaster(destination)) ?? emptyMaster();
  const { pairs, single } = await findIndexes(destination, await directoriesAbove(request.directory));
  if (pairs.length === 0) throw noIndex(request.directory, single);
  if (request.name !== undefined && pairs.length > 1) {
    const list = pairs.map(({ hdu }) => `\n - ${printable(hdu)}`).join('');
    const message = `One name does not do for ${pairs.length} datasets:${list}\nName them in "${printable(uri)}".`;
    throw new IactError('usage', message, { lines: true });
  }
  const others = before.datasets.filter((entry) => !pairs.some((pair) => describes(entry, pair)));
  const taken = new Set(others.map(({ name }) => name));
  const proposals =
    request.name === undefined ? proposeNames(pairs, basename(await realpath(request.directory))) : [request.name];
  const datasets: InitializedDataset[] = [];
  const entries: DatasetEntry[] = [...others];
  for (const [position, pair] of pairs.entries()) {
    const known = before.datasets.find((entry) => describes(entry, pair));
    const name = unused(request.name ?? known?.name ?? proposals[position] ?? 'dataset', taken);
    const summary = await describeDataset(destination, pair);
    datasets.push({ ...summary, ...pair, name });
    entries.push(entryOf(name, pair, summary, known));
  }
  const text = formatMasterIndex(withDatasets(before, inFormerOrder(entries, before)));
  const content = [new TextEncoder().encode(`${text}\n`)];
  await publishFiles(destination, [{ path: MASTER_INDEX_NAME, content, attributes: { mode: 0o644 } }]);
  const lonely = single.map((path) => `"${destination.uriOf(path)}" is an index without a partner, and was left out.`);
  return {
    master: uri,
    datasets,
    kept: others.map(({ name }) => name ?? ''),
    notes: [...lonely, ...datasets.flatMap(({ notes }) => notes)],
  };
}

/** Identities of the directories above one. */
async function directoriesAbove(directory: string): Promise<string[]> {
  const identities: string[] = [];
  for (let at = await realpath(directory); at !== dirname(at); ) {
    at = dirname(at);
    const identity = (await new LocalSource(at).stat(''))?.identity;
    if (identity !== undefined) identities.push(identity);
  }
  return identities;
}

function emptyMaster(): MasterIndex {
  return { root: new Map([['datasets', []]]), datasets: [] };
}

/** Entries that were there stay where they were. */
function inFormerOrder(entries: readonly DatasetEntry[], before: MasterIndex): DatasetEntry[] {
  const key = ({ hduindx, obsindx }: DatasetEntry) => JSON.stringify([hduindx, obsindx]);
  const places = new Map([...before.datasets.entries()].reverse().map(([position, entry]) => [key(entry), position]));
  const place = (entry: DatasetEntry) => places.get(key(entry)) ?? before.datasets.length;
  return [...entries].sort((left, right) => place(left) - place(right));
}

function describes(entry: DatasetEntry, pair: IndexPair): boolean {
  return entry.hduindx === pair.hdu && entry.obsindx === pair.obs;
}

function entryOf(
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

function unused(name: string, taken: Set<string | undefined>): string {
  let free = name;
  for (let count = 2; taken.has(free); count++) free = `${name}-${count}`;
  taken.add(free);
  return free;
}

function noIndex(directory: string, single: readonly string[]): IactError {
  const found = single.length === 0 ? 'found none' : `found only ${single.map((path) => `"${path}"`).join(', ')}`;
  const message = `No dataset below "${directory}": an HDU index and an observation index are needed, and we ${found}.`;
  return new IactError('not-found', message, { uri: directory });
}
