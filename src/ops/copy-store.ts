import { directoryOf, IactError } from '../core/index.ts';
import { MASTER_INDEX_NAME, type Preference } from '../gadf/index.ts';
import { type Destination, pathsOf } from '../storage/index.ts';
import {
  type AdaptiveLimit,
  type CopyPlan,
  executeCopy,
  type FileOutcome,
  filesAtOnce,
  Journal,
  type JournalView,
  type KnowFile,
  limitFor,
  type Manifest,
  type Overwrite,
  type PlannedFile,
  planCopy,
  publishFiles,
  readManifest,
  STATE_DIRECTORY,
  sizeOf,
} from '../transfer/index.ts';
import { type Access, processAccess, readsMuch } from './access.ts';
import { arrivedRows } from './arrived-rows.ts';
import { damagedFiles } from './check-fits-sums.ts';
import type { CopyEvent, CopyResult, FailedFile } from './copy-events.ts';
import { type CopyTarget, openTarget, refuseSamePlace, sourceName } from './copy-target.ts';
import { DestinationRoom } from './destination-room.ts';
import { refuseIndistinctNames } from './distinct-names.ts';
import { type DigestsOf, expectedDigests } from './expected-digests.ts';
import { hduIndexOf, type Store } from './open-store.ts';
import { planIndexes } from './plan-indexes.ts';
import { planMaster } from './plan-master.ts';
import { type PrunePlan, planPrune, removeUnnamed } from './prune-files.ts';
import { type LocalState, readDestination } from './read-destination.ts';
import { type BroughtFile, digestFile, recordManifest } from './record-manifest.ts';
import { removeStaged } from './remove-staged.ts';
import { type Selection, selectFiles, type Wanted } from './select-files.ts';
import { copyDocuments, type FoundDocument, findDocuments } from './store-documents.ts';
import { surveyFiles } from './survey-files.ts';
import { withLock } from './with-lock.ts';

export interface CopyRequest extends Wanted {
  readonly store: Store;
  /** Name of the dataset to copy. */
  readonly dataset: string;
  /** Directory of this machine, or URL of a folder that takes files; made if absent. */
  readonly destination: string;
  /** How the destination is reached, if it is on a server. */
  readonly access?: Access | undefined;
  /**
   * Whose index rows win where both sides have an observation: those of the source (`remote`, ctools `clobber=yes`), or
   * those that are at the destination already (`local`).
   */
  readonly prefer: Preference;
  /** What becomes of files that are there before; as `prefer` says if absent. */
  readonly overwrite?: Overwrite | undefined;
  /**
   * Files that later copies of the same work will bring: what an interrupted one left of them is not tidied away. Asked for
   * if one has left anything.
   */
  readonly laterPaths?: (() => Promise<ReadonlySet<string>>) | undefined;
  /** Remove what the source no longer has of what the index of the destination names. */
  readonly prune?: { readonly maxFiles?: number | undefined } | undefined;
  /** Compare CHECKSUM and DATASUM of each file that is copied with its content. */
  readonly fitsChecksums?: boolean | undefined;
  /** Reads under way at once; found out while copying if absent. */
  readonly jobs?: number | undefined;
  /** Tell what would be done, and write nothing. */
  readonly dryRun?: boolean | undefined;
  /** Where the source's access reports that it was too much; see `limitFor`. */
  readonly onLimit?: ((limit: AdaptiveLimit) => void) | undefined;
  /** Who copies, for a second copy that is turned away. */
  readonly program: string;
  readonly onEvent?: (event: CopyEvent) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Copies a dataset, or a part of it, to a place that is or becomes a store.
 *
 * Data files come first, each complete under its name or not at all; then the documents of the store, the HDU index, the
 * observation index and the master index, each replaced whole; at last the manifest, and what is to go is removed. Stopped
 * at any moment, the same call finishes the work, and what it had brought is not fetched again. A file that cannot be read
 * is named in the result, and no index row names it.
 *
 * @throws {IactError} before anything is written: `not-found`, `bad-data`, `unsafe-path`, `exists`, `usage`, `unwritable`
 *   where there is no room; `locked`; `unreachable`, `unwritable` or `cancelled` when it cannot go on.
 */
export async function copyStore(request: CopyRequest): Promise<CopyResult> {
  const { store, dataset } = request;
  if (request.prune !== undefined && request.only !== undefined) {
    throw new IactError(
      'usage',
      'Of observations that are copied in part nothing can be deleted: give one or the other.',
    );
  }
  // All that is asked for while the indexes are read: on a far server each answer takes its time.
  if (readsMuch(request)) store.source.prepare?.();
  const publishing = readManifest(store.source);
  const documents = findDocuments(store.source);
  for (const asked of [publishing, documents]) asked.catch(() => undefined);
  const selection = await selectFiles(store, dataset, request);
  announceSelection(request, selection);
  await refuseSamePlace(store.source.uri, request.destination);
  const target = await openTarget(request.destination, request.access ?? processAccess());
  const { destination } = target;
  try {
    // It needs some time to get ready, in which others can be waited for.
    if (!request.dryRun && store.source.diskPath?.('') !== undefined) {
      destination.expectFromDisk?.(selection.paths.length);
    }
    const wanted = { ...selection, published: await publishing, documents };
    if (request.dryRun) return await preview(target, request, wanted);
    return await withLock(destination, request.program, () => copyInto(target, request, wanted));
  } finally {
    await destination.close();
  }
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

/** What is to be copied, and what the source tells of itself. */
interface WholeSelection extends Selection {
  readonly published: Manifest;
  /** On its way, because nothing waits for it but their copy. */
  readonly documents: Promise<readonly FoundDocument[]>;
}

/** What is to be done, found out from both sides. Nothing has been written by then. */
interface PlannedCopy {
  readonly plan: CopyPlan;
  readonly missing: readonly FailedFile[];
  readonly local: LocalState;
  readonly prune: PrunePlan | undefined;
  readonly digestsOf: DigestsOf;
}

async function planAll(
  destination: Destination,
  request: CopyRequest,
  selection: WholeSelection,
  journal: JournalView,
): Promise<PlannedCopy> {
  const { store, prefer, signal, onEvent = () => undefined } = request;
  const { source, master } = store;
  const overwrite = request.overwrite ?? (prefer === 'remote' ? 'always' : 'never');
  const local = await readDestination(destination, selection);
  const prune = request.prune && local.hdu && planPrune(local.hdu, selection, request.prune.maxFiles);
  const digestsOf = expectedDigests(selection, selection.published);
  // What would be done is told with the sizes of all files.
  const { manifest } = local;
  const options = { source, destination, journal, overwrite, digestsOf, manifest, askAll: request.dryRun, signal };
  const { candidates, missing } = await surveyFiles(selection.paths, options);
  const plan = planCopy(candidates, overwrite);
  const removals = prune?.paths ?? [];
  onEvent({ type: 'plan', plan, unreadable: missing, removals, uriOf: (path) => source.uriOf(path) });
  announceSkipped(master.datasets.slice(master.datasets.indexOf(selection.entry) + 1), onEvent);
  return { plan, missing, local, prune, digestsOf };
}

async function preview(
  { destination, stateDirectory }: CopyTarget,
  request: CopyRequest,
  selection: WholeSelection,
): Promise<CopyResult> {
  const journal = await Journal.peek(stateDirectory, sourceName(request.store.source));
  const { missing, local } = await planAll(destination, request, selection, journal);
  const datasets = (local.master ?? request.store.master).datasets.flatMap(({ name }) => name ?? []);
  return resultOf(selection, [], missing, [], datasets);
}

async function copyInto(
  { destination, stateDirectory }: CopyTarget,
  request: CopyRequest,
  selection: WholeSelection,
): Promise<CopyResult> {
  const journal = await Journal.open(stateDirectory, sourceName(request.store.source));
  let complete = false;
  let later: ReadonlySet<string> = new Set();
  try {
    const unfinished = (await destination.unfinishedPaths?.()) ?? [];
    if (request.laterPaths !== undefined && leftOthers(selection.paths, journal, unfinished)) {
      later = await request.laterPaths();
    }
    const planned = await planAll(destination, request, selection, journal);
    const { copyBytes: bytes, unsizedFiles } = planned.plan;
    if (readsMuch(request)) request.store.source.prepare?.({ bytes, unsizedFiles });
    const coming = planned.plan.files.map(({ path }) => path);
    await refuseIndistinctNames(coming, destination, stayingFiles(planned, journal));
    const atOnce = filesAtOnce(request.store.source, request.jobs);
    const room = await DestinationRoom.for(planned.plan, destination, atOnce);
    const copyingPapers = selection.documents.then((documents) =>
      copyDocuments(documents, request.store.source, destination, {
        manifest: planned.local.manifest,
        dataset: request.dataset,
        reserved: new Set([...selection.paths, selection.hdu.file.path, selection.obs.file.path, MASTER_INDEX_NAME]),
        onEvent: request.onEvent,
      }),
    );
    // Whoever waits for it hears of a failure; until then nobody listens.
    copyingPapers.catch(() => undefined);
    const { outcomes, failed, resumedBytes } = await copyFiles(destination, request, planned, room, journal).finally(
      () => Promise.allSettled([copyingPapers]),
    );
    const papers = await copyingPapers;
    const arrived = failed.length < selection.paths.length || selection.paths.length === 0;
    const toRemove = [...journal.toRemove, ...(planned.prune?.paths ?? [])];
    if (planned.prune !== undefined) await journal.removeLater(planned.prune.paths);
    const datasets = arrived
      ? await commit(destination, request, selection, { ...planned, outcomes, failed, papers: papers.files })
      : [];
    const { removed, gone } = arrived ? await removeUnnamed(destination, toRemove) : { removed: [], gone: [] };
    for (const path of removed) request.onEvent?.({ type: 'removed', path: destination.uriOf(path) });
    if (arrived) await recordManifest(destination, { gone });
    failed.push(...papers.failed);
    const damaged = request.fitsChecksums
      ? await damagedFiles(request.store.source, destination, outcomes, request.signal)
      : [];
    const unsettled = new Set(failed.map(({ path }) => directoryOf(path)));
    const done = new Set([...directoriesOf(selection)].filter((directory) => !unsettled.has(directory)));
    await removeStaged(destination, done, later);
    complete = failed.length === 0;
    const isDone = (path: string): boolean => complete || done.has(directoryOf(path));
    await destination.removeUnfinished?.((path) => later.has(path) || !isDone(path));
    return { ...resultOf(selection, outcomes, failed, removed, datasets), damaged, bytesResumed: resumedBytes };
  } finally {
    if (complete && !journal.tellsOf(later)) await journal.discard();
    else await journal.keep(later);
  }
}

/** Whether an interrupted copy has left anything of files other than these. */
function leftOthers(paths: readonly string[], journal: Journal, unfinished: readonly string[]): boolean {
  const own = new Set(compressedToo(paths));
  return journal.tellsOfOthers(own) || unfinished.some((path) => !own.has(path));
}

/** Where a copy writes. */
function directoriesOf({ paths, hdu, obs }: Selection): Set<string> {
  return new Set([...[...paths, hdu.file.path, obs.file.path, MASTER_INDEX_NAME].map(directoryOf), STATE_DIRECTORY]);
}

/** The files that earlier copies have brought, without those that go. */
function* stayingFiles({ local, prune }: PlannedCopy, { toRemove }: JournalView): Generator<string, void> {
  const going = new Set(compressedToo([...toRemove, ...(prune?.paths ?? [])]));
  for (const path of local.manifest.keys()) if (!going.has(path)) yield path;
}

function* compressedToo(paths: readonly string[]): Generator<string, void> {
  for (const path of paths) yield* pathsOf(path);
}

function resultOf(
  selection: Selection,
  outcomes: readonly FileOutcome[],
  failed: readonly FailedFile[],
  removed: readonly string[],
  datasets: readonly string[],
): CopyResult {
  const copied = outcomes.filter(({ outcome }) => outcome === 'copied');
  return {
    filesFound: selection.paths.length,
    filesCopied: copied.length,
    filesKept: outcomes.filter(({ outcome }) => outcome === 'kept').length,
    bytesCopied: copied.reduce((sum, { file }) => sum + sizeOf(file), 0),
    bytesResumed: 0,
    failed,
    warnings: outcomes.flatMap(({ warning }) => warning ?? []),
    missingRuns: selection.missingRuns.map(({ text }) => text),
    damaged: [],
    removed,
    datasets,
  };
}

async function copyFiles(
  destination: Destination,
  request: CopyRequest,
  { plan, missing, digestsOf }: PlannedCopy,
  room: DestinationRoom,
  journal: Journal,
): Promise<{ outcomes: FileOutcome[]; failed: FailedFile[]; resumedBytes: number }> {
  const { store, signal, jobs, onLimit, onEvent = () => undefined } = request;
  const { source } = store;
  const count = plan.files.length;
  const onOutcome = (outcome: FileOutcome, index: number) => {
    const { path } = outcome.file;
    onEvent({ type: 'file', index, count, source: source.uriOf(path), destination: destination.uriOf(path), outcome });
  };
  const done = new Map<string, number>();
  let resumedBytes = 0;
  const onBytes = (file: PlannedFile, bytes: number, isNew: boolean): void => {
    const { path } = file;
    const sizeBytes = sizeOf(file);
    if (!isNew) resumedBytes += bytes;
    const doneBytes = (done.get(path) ?? 0) + bytes;
    if (doneBytes < sizeBytes) done.set(path, doneBytes);
    else done.delete(path);
    onEvent({ type: 'bytes', path, doneBytes, sizeBytes, isNew });
  };
  const limit = limitFor(source, jobs);
  onLimit?.(limit);
  const onSettled = (outcome: FileOutcome): void => onEvent({ type: 'file-settled', outcome });
  const onKnown: KnowFile = (file, path, info) => {
    room.take(info.sizeBytes);
    onEvent({ type: 'sized', path, sizeBytes: info.sizeBytes });
    const [named = path] = file.namedPaths;
    return { ...file, path, source: info, digests: digestsOf(named, info) };
  };
  const options = { source, destination, journal, signal, jobs, limit, onKnown, onOutcome, onSettled, onBytes };
  const outcomes = await executeCopy(plan.files, options);
  onEvent({ type: 'files-done' });
  const broken = outcomes.flatMap(({ file, error }) =>
    error === undefined ? [] : file.namedPaths.map((path) => ({ path, error })),
  );
  return { outcomes, failed: [...missing, ...broken], resumedBytes };
}

interface Copied extends PlannedCopy {
  readonly outcomes: readonly FileOutcome[];
  readonly failed: readonly FailedFile[];
  readonly papers: readonly BroughtFile[];
}

/** Makes the copy visible: HDU index, observation index, master index. Returns the names in the last. */
async function commit(
  destination: Destination,
  request: CopyRequest,
  selection: Selection,
  { local, outcomes, failed, prune, papers }: Copied,
): Promise<readonly string[]> {
  const { store, prefer, onEvent = () => undefined } = request;
  const { source } = store;
  const arrived = arrivedRows(selection, failed, local.hdu && hduIndexOf(local.hdu).ids);
  const common = { prefer, dropLocal: prune?.isGone, byType: request.only !== undefined };
  const commits = [
    { kind: 'hdu', remote: selection.hdu, local: local.hdu, rows: arrived.hdu, ...common },
    { kind: 'obs', remote: selection.obs, local: local.obs, rows: arrived.obs, ...common },
  ] as const;
  const indexes = planIndexes(commits, source, destination);
  const renewed = new Set(indexes.files.map(({ path }) => path));
  const master = await planMaster(destination, local.master, store.master, selection.entry, renewed);
  const files = await publishFiles(destination, [...indexes.files, master.file]);
  // A copy that was stopped after its indexes were in place has not lived to note them.
  for (const index of [local.hdu, local.obs]) {
    const path = index?.file.path;
    if (path !== undefined && !renewed.has(path)) files.push(await digestFile(destination, path));
  }
  for (const update of indexes.updates) onEvent({ type: 'index', ...update });
  const path = destination.uriOf(MASTER_INDEX_NAME);
  onEvent({ type: 'master', path, copiedFrom: local.master ? undefined : source.uriOf(store.masterName) });
  for (const entry of master.entries) onEvent({ type: 'master-entry', ...entry });
  await recordManifest(destination, { source, outcomes, files: [...papers, ...files], manifest: local.manifest });
  return master.names;
}
