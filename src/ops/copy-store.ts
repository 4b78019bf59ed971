import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { directoryOf, IactError } from '../core/index.ts';
import { findIndexTable, MASTER_INDEX_NAME, type MasterIndex, type Preference, type RunList } from '../gadf/index.ts';
import { isStagedName, LocalDestination } from '../storage/index.ts';
import { executeCopy, type FileOutcome, Journal, planCopy, publishFiles } from '../transfer/index.ts';
import { arrivedRows } from './arrived-rows.ts';
import type { CopyEvent, CopyResult, FailedFile } from './copy-events.ts';
import { hduIndexOf, type IndexFile, readIndexFile, type Store } from './open-store.ts';
import { planIndexes } from './plan-indexes.ts';
import { planMaster, readLocalMaster, refuseOtherIndexFiles } from './plan-master.ts';
import { type Selection, selectFiles } from './select-files.ts';
import { findFile } from './store-file.ts';
import { surveyFiles } from './survey-files.ts';
import { withLock } from './with-lock.ts';

export interface CopyRequest {
  readonly store: Store;
  /** Name of the dataset to copy. */
  readonly dataset: string;
  /** Which observations; all if absent. */
  readonly runs?: RunList | undefined;
  /** Directory of this machine to copy to; made if absent. */
  readonly destination: string;
  /**
   * Whose files and index rows win where both sides have an observation: those of the source (`remote`, ctools
   * `clobber=yes`), or those that are at the destination already (`local`).
   */
  readonly prefer: Preference;
  /** Who copies, for a second copy that is turned away. */
  readonly program: string;
  readonly onEvent?: (event: CopyEvent) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Files on their way at once. More gain nothing on a local disk; on a mounted one they hide its round trips. */
const FILES_AT_ONCE = 8;

/**
 * Copies a dataset, or the part that a run list names, into a directory that is or becomes a store.
 *
 * Data files come first, each complete under its name or not at all; then the HDU index, the observation index and the
 * master index, each replaced whole. Stopped at any moment, the same call finishes the work, and what it had brought is
 * not fetched again. A file that cannot be read is named in the result, and no index row names it.
 *
 * @throws {IactError} before anything is written: `not-found`, `bad-data`, `unsafe-path`, `exists`, `usage`; `locked`;
 *   `unwritable` or `cancelled` when it cannot go on.
 */
export async function copyStore(request: CopyRequest): Promise<CopyResult> {
  const { store, dataset, runs } = request;
  const selection = await selectFiles(store, dataset, runs);
  announceSelection(request, selection);
  const destination = new LocalDestination(request.destination);
  await refuseSameDirectory(store.source.uri, request.destination);
  return withLock(destination, request.program, () => copyInto(destination, request, selection));
}

/** The datasets before the wanted one, that one, and what it lacks; those after it follow its files. */
function announceSelection({ store, dataset, onEvent = () => undefined }: CopyRequest, selection: Selection): void {
  const { datasets } = store.master;
  announceSkipped(datasets.slice(0, datasets.indexOf(selection.entry)), onEvent);
  const { hdu, obs, missingRuns } = selection;
  onEvent({ type: 'dataset', name: dataset, selected: true, hduIndex: hdu.uri, obsIndex: obs.uri });
  for (const { text, line } of missingRuns) onEvent({ type: 'run-missing', run: text, line });
}

function announceSkipped(entries: Store['master']['datasets'], onEvent: (event: CopyEvent) => void): void {
  for (const { name } of entries) onEvent({ type: 'dataset', name: name ?? '', selected: false });
}

async function copyInto(
  destination: LocalDestination,
  request: CopyRequest,
  selection: Selection,
): Promise<CopyResult> {
  const local = await readDestination(destination, selection);
  const journal = await Journal.open(request.destination, resolve(request.store.source.uri || '.'));
  let complete = false;
  try {
    const { outcomes, failed } = await copyFiles(destination, request, selection, journal);
    const arrived = failed.length < selection.paths.length || selection.paths.length === 0;
    const datasets = arrived ? await commit(destination, request, selection, local, failed) : [];
    await removeLeftOvers(destination, selection);
    complete = failed.length === 0;
    const copied = outcomes.filter(({ outcome }) => outcome === 'copied');
    return {
      filesFound: selection.paths.length,
      filesCopied: copied.length,
      bytesCopied: copied.reduce((sum, { file }) => sum + file.source.sizeBytes, 0),
      failed,
      missingRuns: selection.missingRuns.map(({ text }) => text),
      datasets,
    };
  } finally {
    if (complete) await journal.discard();
    else await journal.keep();
  }
}

async function copyFiles(
  destination: LocalDestination,
  request: CopyRequest,
  selection: Selection,
  journal: Journal,
): Promise<{ outcomes: FileOutcome[]; failed: FailedFile[] }> {
  const { store, prefer, signal, onEvent = () => undefined } = request;
  const { source, master } = store;
  const replace = prefer === 'remote';
  const { candidates, missing } = await surveyFiles(selection.paths, { source, destination, journal, replace });
  const plan = planCopy(candidates, replace);
  onEvent({ type: 'plan', plan, unreadable: missing, uriOf: (path) => source.uriOf(path) });
  announceSkipped(master.datasets.slice(master.datasets.indexOf(selection.entry) + 1), onEvent);
  const count = plan.files.length;
  const onOutcome = (outcome: FileOutcome, index: number) => {
    const { path } = outcome.file;
    onEvent({ type: 'file', index, count, source: source.uriOf(path), destination: destination.uriOf(path), outcome });
  };
  const options = { source, destination, journal, signal, concurrency: FILES_AT_ONCE, onOutcome };
  const outcomes = await executeCopy(plan.files, options);
  onEvent({ type: 'files-done' });
  const broken = outcomes.flatMap(({ file, error }) => (error === undefined ? [] : [{ path: file.namedPath, error }]));
  return { outcomes, failed: [...missing, ...broken] };
}

/** Makes the copy visible: HDU index, observation index, master index. Returns the names in the last. */
async function commit(
  destination: LocalDestination,
  request: CopyRequest,
  selection: Selection,
  local: LocalState,
  failed: readonly FailedFile[],
): Promise<readonly string[]> {
  const { store, prefer, onEvent = () => undefined } = request;
  const arrived = arrivedRows(selection, failed, local.hdu && hduIndexOf(local.hdu).ids);
  const commits = [
    { kind: 'hdu', remote: selection.hdu, local: local.hdu, rows: arrived.hdu, prefer },
    { kind: 'obs', remote: selection.obs, local: local.obs, rows: arrived.obs, prefer },
  ] as const;
  const indexes = planIndexes(commits, store.source, destination);
  const renewed = new Set(indexes.files.map(({ path }) => path));
  const master = await planMaster(destination, local.master, store.master, selection.entry, renewed);
  await publishFiles(destination, [...indexes.files, master.file]);
  for (const update of indexes.updates) onEvent({ type: 'index', ...update });
  const path = destination.uriOf(MASTER_INDEX_NAME);
  onEvent({ type: 'master', path, copiedFrom: local.master ? undefined : store.source.uriOf(store.masterName) });
  for (const entry of master.entries) onEvent({ type: 'master-entry', ...entry });
  return master.names;
}

/** What the destination holds before the copy. Read before anything is copied, so that a broken file stops it early. */
interface LocalState {
  readonly master: MasterIndex | undefined;
  readonly hdu: IndexFile | undefined;
  readonly obs: IndexFile | undefined;
}

async function readDestination(destination: LocalDestination, selection: Selection): Promise<LocalState> {
  const master = await readLocalMaster(destination);
  refuseOtherIndexFiles(master, selection.entry, destination.uriOf(MASTER_INDEX_NAME));
  const read = async (remote: IndexFile, kind: 'hdu' | 'obs'): Promise<IndexFile | undefined> => {
    const found = await findFile(destination, remote.namedPath);
    if (found === undefined) return undefined;
    const index = await readIndexFile(destination, found.path, 'Index file');
    findIndexTable(index.hdus, kind, index.uri);
    return index;
  };
  return { master, hdu: await read(selection.hdu, 'hdu'), obs: await read(selection.obs, 'obs') };
}

async function refuseSameDirectory(source: string, destination: string): Promise<void> {
  const real = async (path: string) => realpath(path || '.').catch(() => resolve(path));
  if ((await real(source)) !== (await real(destination))) return;
  const message = `Source and destination are the same directory "${destination}". Choose another destination.`;
  throw new IactError('usage', message, { uri: destination });
}

/** Removes the unfinished files that interrupted copies left where this one has worked. */
async function removeLeftOvers(destination: LocalDestination, selection: Selection): Promise<void> {
  const places = [...selection.paths, selection.hdu.file.path, selection.obs.file.path, MASTER_INDEX_NAME];
  for (const directory of new Set(places.map(directoryOf))) {
    for (const { name } of await destination.list(directory)) {
      if (isStagedName(name)) await destination.remove(directory === '' ? name : `${directory}/${name}`);
    }
  }
}
