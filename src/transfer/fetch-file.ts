import { IactError } from '../core/index.ts';
import {
  changedFile,
  type Destination,
  type FileInfo,
  type Source,
  type StagedFile,
  type StagedParts,
} from '../storage/index.ts';
import type { ReadSlots } from './adaptive-limit.ts';
import { Digester } from './digest.ts';
import { type DiskTask, stageTasks } from './fetch-from-disk.ts';
import { fetchParts, PARTS_FROM_BYTES } from './fetch-parts.ts';
import type { FetchedFile } from './fetched-file.ts';
import type { Journal } from './journal.ts';
import type { PlannedFile } from './plan.ts';
import { readingTime } from './settled.ts';

export interface FetchContext {
  readonly source: Source;
  readonly destination: Destination;
  readonly journal: Journal;
  /** Bounds the reads under way. */
  readonly limit: ReadSlots;
  readonly signal?: AbortSignal | undefined;
  /**
   * Told of the bytes of a file that have come, less than none where they have to come again; `isNew` is false for those
   * that an interrupted copy has left.
   */
  readonly onBytes?: ((file: PlannedFile, bytes: number, isNew: boolean) => void) | undefined;
}

/** Brings files beside their targets. */
export class FileFetcher {
  private readonly context: FetchContext;

  constructor(context: FetchContext) {
    this.context = context;
  }

  /**
   * @param info what the source has told of the file; its content must be of this version.
   * @param begunMs since when the source is asked for its content, in milliseconds since 1970.
   * @throws {IactError} `changed` if it is another by now; what the source or the destination throws.
   */
  async fetch(file: PlannedFile, info: FileInfo, begunMs: number): Promise<FetchedFile> {
    const { destination } = this.context;
    const inParts = info.sizeBytes >= PARTS_FROM_BYTES;
    if (!inParts) return this.withSlot(async () => this.pump(file, info, await this.stage(file, info)));
    const { sizeBytes, mtimeMs } = info;
    const staged = await destination.stage(file.path, { sizeBytes, mtimeMs, resume: true });
    const { parts } = staged;
    if (parts !== undefined) return this.fetchParts(file, info, begunMs, Object.assign(staged, { parts }));
    return this.withSlot(() => this.pump(file, info, staged));
  }

  /** Brings small files of a disk; an error in place of each that could not be brought. */
  async fetchFromDisk(tasks: readonly DiskTask[]): Promise<(FetchedFile | IactError)[]> {
    const results = await stageTasks(tasks, this.context.destination);
    for (const [position, { file }] of tasks.entries()) {
      const result = results[position];
      if (!(result instanceof IactError)) this.context.onBytes?.(file, result?.info.sizeBytes ?? 0, true);
    }
    return results;
  }

  private stage(file: PlannedFile, info: FileInfo): Promise<StagedFile> {
    const { sizeBytes, mtimeMs } = info;
    return this.context.destination.stage(file.path, { sizeBytes, mtimeMs });
  }

  private async pump(file: PlannedFile, info: FileInfo, staged: StagedFile): Promise<FetchedFile> {
    const { source, signal } = this.context;
    const digester = new Digester(file.digests);
    let bytesRead = 0;
    let keptBytes = 0;
    try {
      for await (const chunk of source.read(file.path, { expected: info, signal })) {
        await staged.write(chunk);
        digester.update(chunk);
        bytesRead += chunk.length;
        const kept = (staged.keptBytes ?? 0) - keptBytes;
        keptBytes += kept;
        // Whether the store has them from before, it tells of many bytes at once, and of some that were counted as new.
        this.arrived(file, chunk.length - kept);
        this.arrived(file, kept, false);
      }
      if (bytesRead !== info.sizeBytes) {
        throw changedFile(source.uriOf(file.path), `${bytesRead} bytes came of ${info.sizeBytes}`);
      }
      await this.seal(staged, info);
      return { staged, info, digests: digester.digests() };
    } catch (error) {
      this.arrived(file, keptBytes - bytesRead);
      this.arrived(file, -keptBytes, false);
      const isOther = error instanceof IactError && error.code === 'changed';
      await (isOther || staged.leave === undefined ? staged.discard() : staged.leave());
      throw error;
    }
  }

  private async fetchParts(
    file: PlannedFile,
    info: FileInfo,
    begunMs: number,
    staged: StagedFile & { parts: StagedParts },
  ): Promise<FetchedFile> {
    const { source, journal, limit, signal } = this.context;
    let came = 0;
    const onBytes = (bytes: number, isNew: boolean): void => {
      came += bytes;
      this.arrived(file, bytes, isNew);
    };
    try {
      const { path, digests: expected } = file;
      const readMs = readingTime(info.mtimeMs, begunMs);
      const request = { source, path, info, readMs, staged, journal, limit, digests: expected, signal, onBytes };
      const digests = await fetchParts(request);
      await this.seal(staged, info);
      return { staged, info, digests };
    } catch (error) {
      this.arrived(file, -came);
      if (error instanceof IactError && error.code === 'changed') {
        await staged.discard();
        await journal.restart(file.path);
      } else await staged.parts.keep();
      throw error;
    }
  }

  private async seal(staged: StagedFile, { mode, mtimeMs, sizeBytes }: FileInfo): Promise<void> {
    const sealed = await staged.seal({ mode, mtimeMs });
    if (sealed === sizeBytes) return;
    const uri = this.context.destination.uriOf(staged.path);
    throw new IactError('unwritable', `Cannot write "${uri}": ${sealed} bytes arrived of ${sizeBytes}.`, { uri });
  }

  private arrived(file: PlannedFile, bytes: number, isNew = true): void {
    if (bytes > 0 && isNew) this.context.limit.arrived(bytes);
    if (bytes !== 0) this.context.onBytes?.(file, bytes, isNew);
  }

  private async withSlot<T>(action: () => Promise<T>): Promise<T> {
    const { limit, signal } = this.context;
    await limit.acquire();
    try {
      signal?.throwIfAborted();
      return await action();
    } finally {
      limit.release();
    }
  }
}
