import { IactError } from '../core/index.ts';
import { absentFile, type FileInfo, findFile, pathsOf, whyNoFile } from '../storage/index.ts';
import type { ReadSlots } from './adaptive-limit.ts';
import { type FetchContext, FileFetcher } from './fetch-file.ts';
import { PARTS_FROM_BYTES } from './fetch-parts.ts';
import type { FetchedFile } from './fetched-file.ts';
import { OpenedFile } from './opened-file.ts';
import type { KnownFile, PlannedFile } from './plan.ts';

/**
 * What is planned with a file of which the source was not asked before the copy, by what it has told of it by then. Called
 * before any of it is written.
 *
 * @param path under which the file is there.
 * @throws {IactError} `unwritable` if there is no room for it.
 */
export type KnowFile = (file: PlannedFile, path: string, info: FileInfo) => KnownFile;

/**
 * Fetches a file of which only the name is known: the answer that brings its first bytes tells what it is. A small one has
 * come with that answer; of a large one the rest follows in parts. Where the answer does not tell, the source is asked
 * as it would have been before.
 *
 * @param begunMs since when the source is asked for it, in milliseconds since 1970.
 * @throws {IactError} `not-found` if it is there under none of its names; else as `FileFetcher.fetch`.
 */
export async function fetchUnasked(
  file: PlannedFile,
  context: FetchContext,
  onKnown: KnowFile,
  begunMs: number,
): Promise<FetchedFile> {
  const { source } = context;
  let isAbsent = false;
  for (const path of pathsOf(file.path)) {
    isAbsent = false;
    if (!source.traits.tellsOnOpening) break;
    const fetched = await fetchOpened(path, context, (info) => onKnown(file, path, info), begunMs);
    if (fetched === 'untold') break;
    if (fetched !== 'absent') return fetched;
    isAbsent = true;
  }
  if (isAbsent) throw absentFile(source.uriOf(file.path));
  const found = await findFile(source, file.path);
  if (found === undefined) throw await whyNoFile(source, file.path);
  const { path, info } = found;
  return new FileFetcher(context).fetch(onKnown(file, path, info), info, begunMs);
}

async function fetchOpened(
  path: string,
  context: FetchContext,
  onKnown: (info: FileInfo) => KnownFile,
  begunMs: number,
): Promise<FetchedFile | 'absent' | 'untold'> {
  const { source, signal } = context;
  await context.limit.acquire();
  const slot = new HeldSlot(context.limit);
  let opened: OpenedFile | undefined;
  try {
    signal?.throwIfAborted();
    // Of a server without ranges the first part cannot be had alone.
    const end = source.traits.parallelRanges ? PARTS_FROM_BYTES : Number.POSITIVE_INFINITY;
    try {
      opened = await OpenedFile.open(source, path, end, signal);
    } catch (error) {
      if (!(error instanceof IactError)) throw error;
      if (error.code === 'not-found') return 'absent';
      if (error.code === 'unreadable' || error.code === 'changed') return 'untold';
      throw error;
    }
    if (opened === undefined) return 'untold';
    const fetcher = new FileFetcher({ ...context, source: opened.asSource(), limit: slot });
    return await fetcher.fetch(onKnown(opened.info), opened.info, begunMs);
  } finally {
    await opened?.close();
    slot.giveBack();
  }
}

/** Slots for reads of which one was taken before. */
class HeldSlot implements ReadSlots {
  private readonly slots: ReadSlots;
  private isHeld = true;

  constructor(slots: ReadSlots) {
    this.slots = slots;
  }

  async acquire(): Promise<void> {
    if (!this.isHeld) return this.slots.acquire();
    this.isHeld = false;
  }

  release(): void {
    this.slots.release();
  }

  arrived(bytes: number): void {
    this.slots.arrived(bytes);
  }

  /** Ends the read that was begun, unless somebody has taken it over. */
  giveBack(): void {
    if (this.isHeld) this.slots.release();
    this.isHeld = false;
  }
}
