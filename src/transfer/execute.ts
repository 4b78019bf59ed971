import { setImmediate as nextTurn } from 'node:timers/promises';
import { directoryOf, IactError, messageOf } from '../core/index.ts';
import type { Destination, DiskCopy, FileInfo, Source, StagedFile } from '../storage/index.ts';
import type { Journal, JournalEntry } from './journal.ts';
import type { PlannedFile } from './plan.ts';

/** What became of one file of a plan. */
export interface FileOutcome {
  readonly file: PlannedFile;
  readonly outcome: 'copied' | 'kept' | 'failed';
  /** Why it failed. */
  readonly error: IactError | undefined;
}

export interface ExecuteOptions {
  readonly source: Source;
  readonly destination: Destination;
  readonly journal: Journal;
  /** Files on their way at the same time. */
  readonly concurrency: number;
  readonly signal?: AbortSignal | undefined;
  /** Told of every file, in the order of the plan. */
  readonly onOutcome?: (outcome: FileOutcome, index: number) => void;
}

/** Small files share the cost of making renames lasting; a group is published when it holds this much. */
const GROUP_FILES = 64;
const GROUP_BYTES = 64 * 1024 * 1024;
/** Larger files are not copied by calls that block: a signal shall be heard within a few milliseconds. */
const BLOCKING_BYTES = 16 * 1024 * 1024;
const LONGEST_BLOCK_MS = 5;
/** A source that changes under us is read again this often before it counts as failed. */
const READ_ATTEMPTS = 3;

/**
 * Copies the files of a plan. Each is written beside its target, read back and compared, synced, and only
 * then renamed to its name; then the journal tells of it.
 *
 * A file that cannot be read is reported and left out. A destination that cannot be written ends the copy.
 *
 * @returns an outcome for each file, in the order of the plan.
 * @throws {IactError} `unwritable`, `unsafe-path`, `cancelled`; what was complete by then is published.
 */
export async function executeCopy(files: readonly PlannedFile[], options: ExecuteOptions): Promise<FileOutcome[]> {
  return new Execution(files, options).run();
}

interface Staged {
  readonly index: number;
  readonly staged: StagedFile;
  /** The disk writes it while the next files are read. */
  readonly synced: Promise<void>;
  readonly entry: JournalEntry;
}

class Execution {
  private readonly files: readonly PlannedFile[];
  private readonly options: ExecuteOptions;
  private readonly outcomes: (FileOutcome | undefined)[];
  private reported = 0;
  private next = 0;
  private group: Staged[] = [];
  private groupBytes = 0;
  private publishing: Promise<void> = Promise.resolve();
  private listened = performance.now();
  private failure: { error: unknown } | undefined;

  constructor(files: readonly PlannedFile[], options: ExecuteOptions) {
    this.files = files;
    this.options = options;
    this.outcomes = new Array(files.length);
  }

  async run(): Promise<FileOutcome[]> {
    const workers = Array.from({ length: Math.max(1, this.options.concurrency) }, () => this.work());
    await Promise.all(workers);
    await this.publishGroup();
    if (this.failure !== undefined) throw this.failure.error;
    return this.outcomes as FileOutcome[];
  }

  private async work(): Promise<void> {
    while (this.failure === undefined && this.next < this.files.length) {
      const index = this.next++;
      const file = this.files[index] as PlannedFile;
      try {
        if (this.options.signal?.aborted) throw cancelled();
        if (file.action === 'keep') this.settle(index, { file, outcome: 'kept', error: undefined });
        else await this.copy(file, index);
      } catch (error) {
        this.failure ??= { error };
      }
    }
  }

  private async copy(file: PlannedFile, index: number): Promise<void> {
    let reason: unknown;
    for (let attempt = 0; attempt < READ_ATTEMPTS; attempt++) {
      try {
        const { staged, entry } = await this.stage(file);
        const synced = staged.sync();
        // Whoever publishes the group hears of a failure; until then nobody listens.
        synced.catch(() => undefined);
        await this.enqueue({ index, staged, synced, entry });
        return;
      } catch (error) {
        if (this.options.signal?.aborted) throw cancelled();
        if (!isAboutSource(error)) throw error;
        reason = error;
        if (!error.retryable) break;
      }
    }
    const error = reason instanceof IactError ? reason : new IactError('unreadable', messageOf(reason));
    this.settle(index, { file, outcome: 'failed', error });
  }

  /** Brings a file beside its target, and makes sure that it is what the source held from beginning to end. */
  private async stage(file: PlannedFile): Promise<{ staged: StagedFile; entry: JournalEntry }> {
    const uri = this.options.source.uriOf(file.path);
    const onDisk = this.onDisk(file);
    const copy = onDisk === undefined ? await this.pump(file, uri) : await onDisk();
    await this.listen();
    const { staged, before, after, sizeBytes } = copy;
    if (sizeBytes === before.sizeBytes && isUnchanged(before, after)) {
      return { staged, entry: { path: file.path, sizeBytes, mtimeMs: before.mtimeMs } };
    }
    await staged.discard();
    throw changed(uri, before, sizeBytes);
  }

  /** How to copy a small file at once, if both ends lie on disks of this machine. */
  private onDisk(file: PlannedFile): (() => Promise<DiskCopy>) | undefined {
    const { source, destination } = this.options;
    if (file.source.sizeBytes > BLOCKING_BYTES || destination.diskPath?.(file.path) === undefined) return undefined;
    const from = source.diskPath?.(file.path);
    const { stageFromDisk } = destination;
    if (from === undefined || stageFromDisk === undefined) return undefined;
    return () => stageFromDisk.call(destination, file.path, from, source.uriOf(file.path));
  }

  /** Calls that block let nothing else happen: now and then a signal must be seen, and the end of an earlier group. */
  private async listen(): Promise<void> {
    if (performance.now() - this.listened < LONGEST_BLOCK_MS) return;
    await nextTurn();
    this.listened = performance.now();
  }

  private async pump(file: PlannedFile, uri: string): Promise<DiskCopy> {
    const { source, destination, signal } = this.options;
    const before = (await source.stat(file.path)) ?? missing(uri);
    const staged = await destination.stage(file.path);
    try {
      let bytesRead = 0;
      for await (const chunk of source.read(file.path, signal ? { signal } : {})) {
        await staged.write(chunk);
        bytesRead += chunk.length;
      }
      const sizeBytes = await staged.seal({ mode: before.mode, mtimeMs: before.mtimeMs });
      if (sizeBytes !== bytesRead) {
        const found = `${sizeBytes} bytes arrived of ${bytesRead}`;
        throw new IactError('unwritable', `Cannot write "${destination.uriOf(file.path)}": ${found}.`);
      }
      const after = (await source.stat(file.path)) ?? missing(uri);
      return { staged, before, after, sizeBytes };
    } catch (error) {
      await staged.discard();
      throw error;
    }
  }

  private async enqueue(staged: Staged): Promise<void> {
    this.group.push(staged);
    this.groupBytes += staged.entry.sizeBytes;
    if (this.group.length >= GROUP_FILES || this.groupBytes >= GROUP_BYTES) await this.publishGroup();
  }

  /** Groups are published one after the other; the files of the next are read meanwhile. */
  private publishGroup(): Promise<void> {
    const group = this.group;
    this.group = [];
    this.groupBytes = 0;
    this.publishing = this.publishing.then(() => this.publish(group));
    return this.publishing;
  }

  private async publish(group: readonly Staged[]): Promise<void> {
    if (group.length === 0) return;
    const published = new Set<Staged>();
    try {
      await Promise.all(group.map(({ synced }) => synced));
      const renames = group.map(async (item) => {
        await item.staged.publish();
        published.add(item);
      });
      await Promise.all(renames).finally(() => Promise.allSettled(renames));
      const directories = new Set(group.map(({ entry }) => directoryOf(entry.path)));
      await Promise.all([...directories].map((path) => this.options.destination.syncDirectory(path)));
      await this.options.journal.add(group.map(({ entry }) => entry));
      for (const { index } of group) {
        this.settle(index, { file: this.files[index] as PlannedFile, outcome: 'copied', error: undefined });
      }
    } catch (error) {
      this.failure ??= { error };
      await Promise.all(group.filter((item) => !published.has(item)).map(({ staged }) => staged.discard()));
    }
  }

  /** Keeps an outcome, and reports all whose turn has come. */
  private settle(index: number, outcome: FileOutcome): void {
    this.outcomes[index] = outcome;
    for (;;) {
      const next = this.outcomes[this.reported];
      if (next === undefined) return;
      this.options.onOutcome?.(next, this.reported);
      this.reported += 1;
    }
  }
}

function isAboutSource(error: unknown): error is IactError {
  return error instanceof IactError && (error.code === 'not-found' || error.code === 'unreadable');
}

function isUnchanged(before: FileInfo, after: FileInfo): boolean {
  return after.sizeBytes === before.sizeBytes && after.mtimeMs === before.mtimeMs;
}

function missing(uri: string): never {
  throw new IactError('not-found', `"${uri}" does not exist.`, { uri });
}

function changed(uri: string, before: FileInfo, sizeBytes: number): IactError {
  const found = sizeBytes === before.sizeBytes ? '' : ` (${sizeBytes} bytes read, ${before.sizeBytes} announced)`;
  return new IactError('unreadable', `"${uri}" changed while it was being copied${found}.`, { uri, retryable: true });
}

function cancelled(): IactError {
  return new IactError('cancelled', 'The copy was stopped. Run the same command again to finish it.');
}
