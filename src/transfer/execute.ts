import { setImmediate as nextTurn } from 'node:timers/promises';
import { directoryOf, IactError, messageOf } from '../core/index.ts';
import { absentFile, type Destination, joinedSignal, type SealedFile, type Source } from '../storage/index.ts';
import { AdaptiveLimit } from './adaptive-limit.ts';
import { type FetchContext, FileFetcher } from './fetch-file.ts';
import { type DiskTask, diskTask } from './fetch-from-disk.ts';
import { fetchUnasked, type KnowFile } from './fetch-unasked.ts';
import type { FetchedFile } from './fetched-file.ts';
import { isSameVersion, type Journal, type JournalEntry } from './journal.ts';
import { type KnownFile, type PlannedFile, sizeOf } from './plan.ts';
import { readingTime } from './settled.ts';

/** What became of one file of a plan. */
export interface FileOutcome {
  readonly file: PlannedFile;
  readonly outcome: 'copied' | 'kept' | 'failed';
  /** Why it failed. */
  readonly error: IactError | undefined;
  /** What the journal knows of a file that was copied. */
  readonly entry?: JournalEntry;
  /** Something that is not as the source says, though the file is what the source holds. */
  readonly warning?: string;
}

export interface ExecuteOptions {
  readonly source: Source;
  readonly destination: Destination;
  readonly journal: Journal;
  /** Reads under way at the same time; found out while copying if absent. */
  readonly jobs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told of every file, in the order of the plan. */
  readonly onOutcome?: (outcome: FileOutcome, index: number) => void;
  /** Told of every file as soon as it is settled. */
  readonly onSettled?: ((outcome: FileOutcome) => void) | undefined;
  /** As in {@link FetchContext}. */
  readonly onBytes?: FetchContext['onBytes'];
  /** How files come to be known of which the source was not asked; needed if there are any. */
  readonly onKnown?: KnowFile | undefined;
  /** Where failures that tell of too much load are reported; one is made if absent. */
  readonly limit?: AdaptiveLimit | undefined;
}

/** Small files share the cost of making them lasting; a group is published when it holds this much. */
const GROUP_FILES = 2048;
const GROUP_BYTES = 64 * 1024 * 1024;
/** So many may come while a group is published. */
const MOST_FILES = 4 * GROUP_FILES;
const MOST_BYTES = 4 * GROUP_BYTES;
/** What may have come and have no name yet, in the group that is being published and the next one, before the last files of each. */
export const UNPUBLISHED_BYTES: number = 2 * MOST_BYTES;
/** A slow link fills no group for a long time; what has come must not be lost with a kill. */
const GROUP_MS = 1000;
/** The disk works on larger ones while the next are read. */
const SYNC_EARLY_BYTES = 256 * 1024;
/** Small files of a disk are copied so many at a time: between two, a signal is heard. */
const BATCH_FILES = 32;
const BATCH_BYTES = 2 * 1024 * 1024;
const RENAMES_AT_ONCE = 256;
/** A source that changes under us is read again this often before it counts as failed. */
const READ_ATTEMPTS = 3;

/** After so many files that came twice the same, it is the `MD5` column that is wrong, and files are fetched only once. */
const WRONG_MD5_BELIEVED = 3;

/** How many reads suit a source, unless the user knows better. */
export function limitFor(source: Source, jobs: number | undefined): AdaptiveLimit {
  if (jobs !== undefined) return new AdaptiveLimit({ initial: jobs, maximum: jobs, fixed: true });
  const { initialReads, maxReads } = source.traits;
  return new AdaptiveLimit({ initial: initialReads, maximum: maxReads });
}

/** How many files are under way at the same time, at most. */
export function filesAtOnce(source: Source, jobs: number | undefined): number {
  return jobs ?? source.traits.maxReads;
}

/**
 * Copies the files of a plan. Each is written beside its target, read back and compared, synced, and only
 * then renamed to its name; then the journal tells of it.
 *
 * A file that cannot be read is reported and left out. A source that cannot be reached, or a destination that cannot be
 * written, ends the copy.
 *
 * @returns an outcome for each file, in the order of the plan.
 * @throws {IactError} `unreachable`, `unwritable`, `unsafe-path`, `cancelled`; what was complete by then is published.
 */
export async function executeCopy(files: readonly PlannedFile[], options: ExecuteOptions): Promise<FileOutcome[]> {
  return new Execution(files, options).run();
}

interface Staged {
  readonly staged: SealedFile;
  readonly index: number;
  readonly entry: JournalEntry;
  readonly warning: string | undefined;
  /** Of a large file: the disk writes it while the next files are read. */
  readonly synced: Promise<void> | undefined;
}

class Execution {
  /** Those of which nothing was known are replaced when they are. */
  private readonly files: PlannedFile[];
  private readonly options: ExecuteOptions;
  private readonly limit: AdaptiveLimit;
  private readonly context: FetchContext;
  private readonly fetcher: FileFetcher;
  private readonly stop = new AbortController();
  private readonly outcomes: (FileOutcome | undefined)[];
  private reported = 0;
  private wrongMd5 = 0;
  private next = 0;
  private group: Staged[] = [];
  private groupBytes = 0;
  private groupTimer: NodeJS.Timeout | undefined;
  private isDue = false;
  private publishing: Promise<void> | undefined;
  private underWay: Promise<void> = Promise.resolve();
  private failure: { error: unknown } | undefined;

  constructor(files: readonly PlannedFile[], options: ExecuteOptions) {
    this.files = [...files];
    this.options = options;
    this.limit = options.limit ?? limitFor(options.source, options.jobs);
    const signal = joinedSignal(this.stop.signal, options.signal);
    this.context = { ...options, limit: this.limit, signal };
    this.fetcher = new FileFetcher(this.context);
    this.outcomes = new Array(files.length);
  }

  async run(): Promise<FileOutcome[]> {
    // Each worker waits for its turn to read, so that the limit may rise while it works.
    const count = Math.max(1, Math.min(filesAtOnce(this.options.source, this.options.jobs), this.files.length));
    await Promise.all(Array.from({ length: count }, () => this.work()));
    await this.publishGroups();
    if (this.failure !== undefined) throw this.failure.error;
    if (this.options.signal?.aborted) throw cancelled();
    return this.outcomes as FileOutcome[];
  }

  private async work(): Promise<void> {
    while (this.failure === undefined && this.next < this.files.length) {
      try {
        if (this.options.signal?.aborted) throw cancelled();
        await this.copyNext();
      } catch (error) {
        this.fail(this.options.signal?.aborted ? cancelled() : error);
      }
    }
  }

  /** Copies the next file, or the next few if they are small and lie on a disk. */
  private async copyNext(): Promise<void> {
    const { source, destination } = this.options;
    const first = this.next;
    const tasks: DiskTask[] = [];
    for (let bytes = 0; tasks.length < BATCH_FILES && bytes < BATCH_BYTES; this.next += 1) {
      const file = this.files[this.next];
      const task = file?.action === 'copy' ? diskTask(file, source, destination) : undefined;
      if (file === undefined || task === undefined) break;
      tasks.push(task);
      bytes += sizeOf(file);
    }
    if (tasks.length > 0) return this.copyFromDisk(tasks, first);
    const index = this.next++;
    const file = this.files[index] as PlannedFile;
    if (file.action === 'keep') this.settle(index, { file, outcome: 'kept', error: undefined });
    else await this.copy(file, index);
  }

  private async copyFromDisk(tasks: readonly DiskTask[], first: number): Promise<void> {
    const begunMs = Date.now();
    const results = await this.fetcher.fetchFromDisk(tasks);
    const again: number[] = [];
    let failure: IactError | undefined;
    for (const [position, { file }] of tasks.entries()) {
      const result = results[position] as FetchedFile | IactError;
      if (result instanceof IactError) {
        if (isAboutSource(result)) again.push(position);
        else failure ??= result;
      } else if (digestFault(file, result, this.options.source.uriOf(file.path)) === undefined) {
        await this.enqueue(file, first + position, result, { begunMs });
      } else {
        await this.refetch(result, file);
        again.push(position);
      }
    }
    if (failure !== undefined) throw failure;
    // By itself, a file is given every chance.
    for (const position of again) await this.copy((tasks[position] as DiskTask).file, first + position);
  }

  /** The first error counts; what else is under way ends, and notes what it has. */
  private fail(error: unknown): void {
    if (this.failure !== undefined) return;
    this.failure = { error };
    this.stop.abort(error);
  }

  private async copy(planned: PlannedFile, index: number): Promise<void> {
    let file = planned;
    let info = planned.source;
    const know = (known: KnownFile): void => {
      file = known;
      info = known.source;
      this.files[index] = known;
    };
    let hasChanged = false;
    const seen: string[] = [];
    let reason: unknown;
    for (let attempt = 0; attempt < READ_ATTEMPTS; attempt++) {
      const begunMs = Date.now();
      try {
        if (hasChanged) know(await this.lookAgain(file));
        hasChanged = false;
        const fetched = await (info === undefined
          ? this.fetchUnasked(file, know, begunMs)
          : this.fetcher.fetch(file, info, begunMs));
        const fault = digestFault(file, fetched, this.options.source.uriOf(file.path));
        // What comes twice the same is what the source holds; once, it may have been damaged on its way.
        const isDoubtful = fault !== undefined && (fault.isFatal || this.wrongMd5 < WRONG_MD5_BELIEVED);
        if (isDoubtful && !seen.includes(fetched.digests.sha256)) {
          seen.push(fetched.digests.sha256);
          await this.refetch(fetched, file);
          reason = fault.error;
          continue;
        }
        if (fault?.isFatal) {
          await this.refetch(fetched, file);
          reason = fault.error;
          break;
        }
        if (fault !== undefined) this.wrongMd5 += 1;
        await this.enqueue(file, index, fetched, { begunMs, warning: fault?.error.message });
        return;
      } catch (error) {
        if (this.stop.signal.aborted || this.options.signal?.aborted || !isAboutSource(error)) throw error;
        reason = error;
        if (error.code !== 'changed') break;
        hasChanged = true;
      }
    }
    const error = reason instanceof IactError ? reason : new IactError('unreadable', messageOf(reason));
    this.settle(index, { file, outcome: 'failed', error });
  }

  private fetchUnasked(file: PlannedFile, know: (file: KnownFile) => void, begunMs: number): Promise<FetchedFile> {
    const { onKnown } = this.options;
    if (onKnown === undefined) throw new Error(`Nothing is known of "${file.path}".`);
    const noted: KnowFile = (...found) => {
      const known = onKnown(...found);
      know(known);
      return known;
    };
    return fetchUnasked(file, this.context, noted, begunMs);
  }

  /** The file as it is by now. What its store says of the content of another version no longer counts. */
  private async lookAgain(file: PlannedFile): Promise<KnownFile> {
    const { source } = this.options;
    const info = await source.stat(file.path);
    if (info === undefined) throw absentFile(source.uriOf(file.path));
    const isSame = file.source !== undefined && isSameVersion(file.source, info);
    return { ...file, source: info, ...(!isSame && { digests: { md5: file.digests?.md5 } }) };
  }

  private async refetch({ staged, info }: FetchedFile, file: PlannedFile): Promise<void> {
    await staged.discard();
    await this.options.journal.restart(file.path);
    this.options.onBytes?.(file, -info.sizeBytes, true);
  }

  private async enqueue(
    file: PlannedFile,
    index: number,
    { staged, info, digests }: FetchedFile,
    { begunMs, warning }: { readonly begunMs: number; readonly warning?: string | undefined },
  ): Promise<void> {
    const { sizeBytes, mtimeMs, version } = info;
    const synced = sizeBytes < SYNC_EARLY_BYTES ? undefined : staged.sync();
    // Whoever publishes the group hears of a failure; until then nobody listens.
    synced?.catch(() => undefined);
    const readMs = readingTime(mtimeMs, begunMs);
    const entry = { path: file.path, sizeBytes, mtimeMs, version, readMs, sha256: digests.sha256 };
    this.group.push({ staged, index, entry, warning, synced });
    this.groupBytes += sizeBytes;
    this.groupTimer ??= setTimeout(() => void this.publishGroups(), GROUP_MS);
    if (this.group.length >= GROUP_FILES || this.groupBytes >= GROUP_BYTES) void this.publishGroups();
    while (this.group.length >= MOST_FILES || this.groupBytes >= MOST_BYTES) await this.underWay;
  }

  /** Publishes what has come; while a group is being published, the next one grows. */
  private publishGroups(): Promise<void> {
    this.isDue = true;
    this.publishing ??= this.publishWhatIsDue();
    return this.publishing;
  }

  private async publishWhatIsDue(): Promise<void> {
    while (this.isDue) {
      this.isDue = false;
      const group = this.group;
      this.group = [];
      this.groupBytes = 0;
      clearTimeout(this.groupTimer);
      this.groupTimer = undefined;
      this.underWay = this.publish(group);
      await this.underWay;
    }
    // In the same turn as the last look at what is due: who comes later begins anew.
    this.publishing = undefined;
  }

  private async publish(group: readonly Staged[]): Promise<void> {
    if (group.length === 0) return;
    const { destination, journal } = this.options;
    const published = new Set<Staged>();
    try {
      const small = group.filter(({ synced }) => synced === undefined).map(({ staged }) => staged);
      const together = destination.syncAll?.(small) ?? Promise.all(small.map((file) => file.sync()));
      await Promise.all([...group.map(({ synced }) => synced), together]);
      await journal.announce(group.map(({ entry }) => entry));
      await this.rename(group, published);
      const directories = new Set(group.map(({ entry }) => directoryOf(entry.path)));
      await Promise.all([...directories].map((path) => destination.syncDirectory(path)));
      await journal.add(group.map(({ entry }) => entry));
      for (const { index, entry, warning } of group) {
        const file = this.files[index] as PlannedFile;
        this.settle(index, { file, outcome: 'copied', error: undefined, entry, ...(warning && { warning }) });
      }
    } catch (error) {
      this.fail(this.options.signal?.aborted ? cancelled() : error);
      const others = group.filter((item) => !published.has(item));
      await Promise.all(others.map(({ staged }) => staged.leave?.() ?? staged.discard()));
    }
  }

  /** Renames as many at a time as a far destination needs; where calls block, others have their turn in between. */
  private async rename(group: readonly Staged[], published: Set<Staged>): Promise<void> {
    for (let first = 0; first < group.length; first += RENAMES_AT_ONCE) {
      const items = group.slice(first, first + RENAMES_AT_ONCE);
      const renames = items.map(async (item) => {
        await item.staged.publish();
        published.add(item);
      });
      await Promise.all(renames).finally(() => Promise.allSettled(renames));
      await nextTurn();
    }
  }

  /** Keeps an outcome, and reports all whose turn has come. */
  private settle(index: number, outcome: FileOutcome): void {
    this.outcomes[index] = outcome;
    this.options.onSettled?.(outcome);
    for (;;) {
      const next = this.outcomes[this.reported];
      if (next === undefined) return;
      this.options.onOutcome?.(next, this.reported);
      this.reported += 1;
    }
  }
}

interface DigestFault {
  readonly error: IactError;
  /** The file is not what its own store says it was; a wrong `MD5` column is a fault of the index. */
  readonly isFatal: boolean;
}

function digestFault(file: PlannedFile, { digests }: FetchedFile, uri: string): DigestFault | undefined {
  const { md5, sha256 } = file.digests ?? {};
  if (sha256 !== undefined && sha256 !== digests.sha256) {
    const message = `"${uri}" is damaged: its SHA-256 is ${digests.sha256}, and the manifest of its store has ${sha256}.`;
    return { error: new IactError('bad-data', message, { uri }), isFatal: true };
  }
  if (md5 === undefined || md5.toLowerCase() === digests.md5) return undefined;
  const message = `"${uri}" has the MD5 digest ${digests.md5}, and the HDU index says ${md5}.`;
  return { error: new IactError('bad-data', message, { uri }), isFatal: false };
}

function isAboutSource(error: unknown): error is IactError {
  return error instanceof IactError && ['not-found', 'unreadable', 'changed'].includes(error.code);
}

function cancelled(): IactError {
  return new IactError('cancelled', 'The copy was stopped. Run the same command again to finish it.');
}
