import { realpath } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { IactError, mapConcurrently, printable } from '../../core/index.ts';
import {
  type IndexKind,
  MASTER_INDEX_NAME,
  type MasterIndex,
  type PlannedIndexes,
  planStoreIndexes,
} from '../../gadf/index.ts';
import { LocalDestination, type StoreFile } from '../../storage/index.ts';
import { publishFiles } from '../../transfer/index.ts';
import { directoriesAbove } from '../directories-above.ts';
import { requireLocalPath } from '../local-place.ts';
import { describes, emptyMaster, entryOf, masterFile } from '../master-entry.ts';
import { readLocalMaster } from '../plan-master.ts';
import { forgetFiles } from '../record-manifest.ts';
import { withLock } from '../with-lock.ts';
import { type OptionalColumns, optionalColumns, refuseExisting, refuseNamedIndexes } from './existing-index.ts';
import type { IndexChanges, IndexEvent, IndexResult } from './index-events.ts';
import { indexStateFile, type KnownFile, readIndexState } from './index-state.ts';
import { chooseTargets, existingPairs, type IndexTarget } from './index-targets.ts';
import { type MadeIndex, makeIndex } from './publish-index.ts';
import { findFitsFiles, readDigests, readFacts, type StoreFacts } from './read-facts.ts';
import { UnfinishedIndex } from './unfinished-index.ts';

export interface IndexRequest {
  /** Root of the store, on this machine. */
  readonly directory: string;
  /** Name of the dataset; else the one that the master index has for it, else that of the folder. */
  readonly name?: string | undefined;
  /**
   * What becomes of an index that is there: it is in the way (`refuse`), it is made anew (`replace`), or it is brought up
   * to date: only files that changed are read, and what it tells beyond the headers is kept (`update`).
   */
  readonly existing: 'refuse' | 'replace' | 'update';
  /** Add the column SIZE. An update keeps it where it is. */
  readonly withSize?: boolean | undefined;
  /** Add the column MD5, for which all files are read whole. An update keeps it where it is. */
  readonly withMd5?: boolean | undefined;
  /** Tell what would be done, and write nothing. */
  readonly dryRun?: boolean | undefined;
  /** Files that are read at the same time. */
  readonly jobs?: number | undefined;
  readonly program: string;
  readonly onEvent?: ((event: IndexEvent) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Where files come over a network, reads at once hide its round trips. */
const NETWORK_JOBS = 8;

/** On a disk there is no waiting: one file for each core, and one whose headers are looked at (more cost 10 % more CPU). */
function jobsFor(source: LocalDestination): number {
  return source.diskPath('') === undefined ? NETWORK_JOBS : Math.min(NETWORK_JOBS, availableParallelism() + 1);
}

/**
 * Makes the HDU index, the observation index and the entry in the master index of a store from the headers of its FITS
 * files.
 *
 * Index files are replaced whole, HDU index first and master index last. What they were made of is kept in
 * `.iact/index.jsonl`, so that an update need not read files again whose size and time have not changed. A file that
 * cannot be used is told in the result, and nothing lists it.
 *
 * @throws {IactError} before anything is written: `not-found` if there is no event list; `exists` if there is an index
 *   that may not be replaced; `usage` if there are several; `locked`; `cancelled`.
 */
export async function indexStore(request: IndexRequest): Promise<IndexResult> {
  const remedy = 'Index it where its files are, or copy it.';
  const destination = new LocalDestination(requireLocalPath(request.directory, remedy));
  if ((await destination.stat(''))?.kind !== 'directory') {
    throw new IactError('not-found', `"${request.directory}" is no directory.`, { uri: request.directory });
  }
  if (request.dryRun) return indexDirectory(destination, request);
  return withLock(destination, request.program, () => indexDirectory(destination, request));
}

async function indexDirectory(destination: LocalDestination, request: IndexRequest): Promise<IndexResult> {
  const { existing } = request;
  const files = await findFitsFiles(destination, await directoriesAbove(destination.uri));
  const unfinished = await UnfinishedIndex.read(destination);
  if (existing === 'refuse') await refuseNamedIndexes(destination, files, unfinished, jobsFor(destination));
  const known = existing === 'update' ? await readIndexState(destination) : undefined;
  const { facts, columns, hadColumns } = await learnFacts(files, destination, known, request);
  const planned = planStoreIndexes(facts.files);
  if (planned.indexes.every(({ observations }) => observations.length === 0)) {
    throw noEvents(request, files, problemsOf(facts, planned));
  }
  const master = (await readLocalMaster(destination)) ?? emptyMaster();
  const folder = basename(await realpath(destination.uri || '.'));
  const targetRequest = { source: destination, files: facts.files, master, name: request.name, folder };
  const targets = await chooseTargets(planned.indexes, targetRequest);
  if (existing === 'refuse') for (const { pair } of targets) await refuseExisting(destination, pair, unfinished);
  const made: MadeIndex[] = [];
  for (const target of targets) {
    made.push(await makeIndex(target, destination, { ...columns, keep: existing === 'update' }));
  }
  const isCurrent =
    known !== undefined &&
    unfinished === undefined &&
    hadColumns &&
    isUnchanged(facts, targets, master) &&
    // Somebody may have put an older index back.
    (await Promise.all(made.map((each) => each.isThere()))).every(Boolean);
  const written = !isCurrent && !request.dryRun;
  if (written) await publish(destination, made, master, facts.files);
  return {
    master: destination.uriOf(MASTER_INDEX_NAME),
    datasets: made.map(({ dataset }) => dataset),
    files: files.length,
    filesRead: facts.read.size,
    changes: known && facts.changes,
    isCurrent,
    written,
    problems: problemsOf(facts, planned, targets),
    notes: [
      ...made.flatMap(({ notes, losses }) => [...notes, ...(isCurrent ? [] : losses)]),
      ...notesOf(request, planned.unused, known === undefined),
    ],
  };
}

interface LearntFacts {
  readonly facts: StoreFacts;
  readonly columns: OptionalColumns;
  /** The index that is there has just these. */
  readonly hadColumns: boolean;
}

/**
 * Reads the headers of files, and all of them where the index is to have MD5. Which columns an update has to keep is known once
 * the index is found among the files, whatever its name.
 */
async function learnFacts(
  files: readonly StoreFile[],
  source: LocalDestination,
  known: ReadonlyMap<string, KnownFile> | undefined,
  { existing, withSize, withMd5, jobs = jobsFor(source), signal, onEvent }: IndexRequest,
): Promise<LearntFacts> {
  const options = { source, jobs, signal, onEvent };
  const facts = await readFacts(files, { ...options, known });
  const had =
    existing === 'update'
      ? await optionalColumns(source, existingPairs(facts.files))
      : { withSize: false, withMd5: false };
  const columns = { withSize: withSize ?? had.withSize, withMd5: withMd5 ?? had.withMd5 };
  const hadColumns = had.withSize === columns.withSize && had.withMd5 === columns.withMd5;
  return { facts: columns.withMd5 ? await readDigests(facts, files, options) : facts, columns, hadColumns };
}

/** What is wrong with index files is no matter once they are replaced. */
function problemsOf(
  { problems }: StoreFacts,
  planned: PlannedIndexes,
  targets: readonly IndexTarget[] = [],
): readonly string[] {
  const replaced = new Set(targets.flatMap(({ pair }) => [pair.hdu, pair.obs]));
  const left = [...problems].filter(([path]) => !replaced.has(path)).map(([, problem]) => problem);
  return [...left.sort(), ...planned.problems];
}

function isUnchanged(facts: StoreFacts, targets: readonly IndexTarget[], master: MasterIndex): boolean {
  const { added, changed, removed }: IndexChanges = facts.changes;
  const pairs = existingPairs(facts.files);
  const isThere = ({ pair: { hdu, obs }, name }: IndexTarget) =>
    // Found by their headers, so that they can be read.
    pairs.some((each) => each.hdu === hdu && each.obs === obs) &&
    master.datasets.some((entry) => describes(entry, { hdu, obs }) && entry.name === name);
  return added.length + changed.length + removed.length === 0 && targets.every(isThere);
}

/**
 * HDU indexes, observation indexes, master index. What comes is announced before; what they were made of follows, with the
 * times that they have now, so that the next update need not find out again that they are no data.
 */
async function publish(
  destination: LocalDestination,
  made: readonly MadeIndex[],
  master: MasterIndex,
  files: readonly KnownFile[],
): Promise<void> {
  const date = new Date().toISOString().slice(0, 10);
  const entries = made.map(({ dataset }) => {
    const known = master.datasets.find((entry) => describes(entry, dataset));
    return entryOf(dataset.name, dataset, { ...dataset, date, notes: [] }, known);
  });
  const others = master.datasets.filter((entry) => !made.some(({ dataset }) => describes(entry, dataset)));
  const indexFiles = made.flatMap((each) => each.files);
  // First: what nobody has noted is no fault, what differs from what was noted is one.
  await forgetFiles(destination, [...indexFiles.map(({ path }) => path), MASTER_INDEX_NAME]);
  await publishFiles(destination, [
    UnfinishedIndex.announce(indexFiles),
    ...indexFiles,
    masterFile(master, [...others, ...entries]),
  ]);
  const replaced = new Set(indexFiles.map(({ path }) => path));
  const known = [...files.filter(({ path }) => !replaced.has(path)), ...(await madeFacts(destination, made))];
  await publishFiles(destination, [indexStateFile(known)]);
  await UnfinishedIndex.forget(destination);
}

/** What an update would learn of the index files that were made. */
async function madeFacts(destination: LocalDestination, made: readonly MadeIndex[]): Promise<KnownFile[]> {
  const kinds = new Map<string, IndexKind[]>();
  for (const { dataset } of made) {
    for (const kind of ['hdu', 'obs'] as const) kinds.set(dataset[kind], [...(kinds.get(dataset[kind]) ?? []), kind]);
  }
  const facts = await mapConcurrently([...kinds], 8, async ([path, indexKinds]) => {
    const info = await destination.stat(path);
    return info && { path, sizeBytes: info.sizeBytes, mtimeMs: info.mtimeMs, hdus: [], indexKinds };
  });
  return facts.flatMap((each) => each ?? []);
}

function noEvents({ directory }: IndexRequest, files: readonly StoreFile[], problems: readonly string[]): IactError {
  const why = problems
    .slice(0, 5)
    .map((problem) => `\n - ${printable(problem)}`)
    .join('');
  const message = `No event list below "${printable(directory)}": ${files.length} FITS files were looked at.${why}`;
  return new IactError('not-found', message, { uri: directory, lines: true });
}

const NAMED_FILES = 5;

function notesOf({ existing }: IndexRequest, unused: readonly string[], isFirst: boolean): string[] {
  const notes: string[] = [];
  if (existing === 'update' && isFirst) {
    notes.push('Nothing was known of the files from an earlier time, so all of them were read.');
  }
  if (unused.length > 0) {
    const named = unused
      .slice(0, NAMED_FILES)
      .map((path) => `"${path}"`)
      .join(', ');
    const more = unused.length > NAMED_FILES ? ` and ${unused.length - NAMED_FILES} more` : '';
    notes.push(`Of no observation: ${named}${more}.`);
  }
  return notes;
}
