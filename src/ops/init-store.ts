import { realpath } from 'node:fs/promises';
import { basename } from 'node:path';
import { asClause, IactError, printable } from '../core/index.ts';
import { type DatasetEntry, MASTER_INDEX_NAME } from '../gadf/index.ts';
import { LocalDestination } from '../storage/index.ts';
import { publishFiles } from '../transfer/index.ts';
import { type DatasetSummary, describeDataset } from './describe-dataset.ts';
import { directoriesAbove } from './directories-above.ts';
import { findIndexes, type IndexPair } from './find-indexes.ts';
import { requireLocalPath } from './local-place.ts';
import { describes, emptyMaster, entryOf, masterFile, unusedName } from './master-entry.ts';
import { readLocalMaster } from './plan-master.ts';
import { proposeNames } from './propose-names.ts';
import { forgetFiles } from './record-manifest.ts';
import { withLock } from './with-lock.ts';

export interface InitRequest {
  /** Root of the store, on this machine. */
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
 *   `bad-data` if that one cannot be read; `usage` for one name for several datasets, and for a place on a server.
 */
export async function initStore(request: InitRequest): Promise<InitResult> {
  const destination = new LocalDestination(requireLocalPath(request.directory, 'Copy the store, and do it there.'));
  const kind = (await destination.stat(''))?.kind;
  if (kind !== 'directory') {
    const fault = kind === undefined ? 'does not exist' : 'is no directory';
    throw new IactError('not-found', `"${request.directory}" ${fault}.`, { uri: request.directory });
  }
  const uri = destination.uriOf(MASTER_INDEX_NAME);
  if (!request.force && (await destination.stat(MASTER_INDEX_NAME)) !== undefined) {
    throw new IactError('exists', `"${uri}" exists. Use --force to bring it up to date.`, { uri });
  }
  return withLock(destination, request.program, () => writeMaster(destination, request, uri));
}

async function writeMaster(destination: LocalDestination, request: InitRequest, uri: string): Promise<InitResult> {
  const before = (await readLocalMaster(destination)) ?? emptyMaster();
  const { pairs, single, unreadable } = await findIndexes(destination, await directoriesAbove(destination.uri));
  if (pairs.length === 0) throw noIndex(request.directory, single, unreadable);
  if (request.name !== undefined && pairs.length > 1) {
    const list = pairs.map(({ hdu }) => `\n - ${printable(hdu)}`).join('');
    const message = `One name does not do for ${pairs.length} datasets:${list}\nName them in "${printable(uri)}".`;
    throw new IactError('usage', message, { lines: true });
  }
  const others = before.datasets.filter((entry) => !pairs.some((pair) => describes(entry, pair)));
  const taken = new Set(others.map(({ name }) => name));
  const proposals =
    request.name === undefined ? proposeNames(pairs, basename(await realpath(destination.uri || '.'))) : [request.name];
  const datasets: InitializedDataset[] = [];
  const entries: DatasetEntry[] = [...others];
  for (const [position, pair] of pairs.entries()) {
    const known = before.datasets.find((entry) => describes(entry, pair));
    const name = unusedName(request.name ?? known?.name ?? proposals[position] ?? 'dataset', taken);
    const summary = await describe(destination, pair, request.directory);
    datasets.push({ ...summary, ...pair, name });
    entries.push(entryOf(name, pair, summary, known));
  }
  // First: what nobody has noted is no fault, what differs from what was noted is one.
  await forgetFiles(destination, [MASTER_INDEX_NAME]);
  await publishFiles(destination, [masterFile(before, entries)]);
  const lonely = single.map((path) => `"${destination.uriOf(path)}" is an index without a partner, and was left out.`);
  return {
    master: uri,
    datasets,
    kept: others.map(({ name }) => name ?? ''),
    notes: [...lonely, ...datasets.flatMap(({ notes }) => notes)],
  };
}

/** Paths of another machine, as gammapy writes them, leave nothing to count; their files may be here all the same. */
async function describe(destination: LocalDestination, pair: IndexPair, directory: string): Promise<DatasetSummary> {
  try {
    return await describeDataset(destination, pair);
  } catch (error) {
    if (!(error instanceof IactError) || error.code !== 'unsafe-path') throw error;
    const remedy = `"iact index --update ${directory}" makes the index anew, of the files that are there.`;
    throw new IactError('unsafe-path', `${asClause(error.message)}. ${remedy}`, {
      cause: error,
      uri: destination.uriOf(pair.hdu),
    });
  }
}

function noIndex(directory: string, single: readonly string[], unreadable: readonly string[]): IactError {
  const found = single.length === 0 ? 'found none' : `found only ${single.map((path) => `"${path}"`).join(', ')}`;
  const needed = `No dataset below "${directory}": an HDU index and an observation index are needed, and we ${found}.`;
  const reasons = unreadable.map((reason) => `${asClause(reason)}.`);
  const remedy = `"iact index ${directory}" makes both from the data files.`;
  return new IactError('not-found', [needed, ...reasons, remedy].join(' '), { uri: directory });
}
