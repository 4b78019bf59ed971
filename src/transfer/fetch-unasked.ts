import { IactError } from '../core/index.ts';
import type { FileInfo } from '../storage/index.ts';
import type { ReadSlots } from './adaptive-limit.ts';
import { type FetchContext, FileFetcher } from './fetch-file.ts';
import type { FetchedFile } from './fetch-from-disk.ts';
import { PARTS_FROM_BYTES } from './fetch-parts.ts';
import { OpenedFile } from './opened-file.ts';
import type { KnownFile, PlannedFile } from './plan.ts';

/** How files come to be known of which the source was not asked before the copy. */
export interface UnaskedFiles {
  /** The paths under which a file may be there; the first that is there counts. */
  readonly pathsOf: (path: string) => readonly string[];
  /**
   * What is planned with a file, by what the source has told of it. Called before any of it is written.
   *
   * @throws {IactError} `unwritable` if there is no room for it.
   */
  readonly complete: (file: PlannedFile, path: string, info: FileInfo) => KnownFile;
}

/**
 * Fetches a file of which only the name is known: the answer that brings its first bytes tells what it is. A small one has
 * come with that answer; of a large one the rest follows in parts. Where the answer does not tell, the source is asked
 * as it would have been before.
 *
 * @throws {IactError} `not-found` if it is there under none of its names; else as `FileFetcher.fetch`.
 */
export async function fetchUnasked(
  file: PlannedFile,
  context: FetchContext,
  { pathsOf, complete }: UnaskedFiles,
): Promise<FetchedFile> {
  const { source } = context;
  const paths = pathsOf(file.path);
  for (const path of paths) {
    if (!source.traits.tellsOnOpening) break;
    const fetched = await fetchOpened(path, context, (info) => complete(file, path, info));
    if (fetched === 'untold') break;
    if (fetched !== 'absent') return fetched;
    if (path === paths.at(-1)) throw absent(source.uriOf(file.path));
  }
  let isThere = false;
  for (const path of paths) {
    const info = await source.stat(path);
    if (info?.kind === 'file') return new FileFetcher(context).fetch(complete(file, path, info), info);
    if (path === file.path) isThere = info !== undefined;
  }
  throw isThere ? noFile(source.uriOf(file.path)) : absent(source.uriOf(file.path));
}

async function fetchOpened(
  path: string,
  context: FetchContext,
  complete: (info: FileInfo) => KnownFile,
): Promise<FetchedFile | 'absent' | 'untold'> {
  const { source, signal } = context;
  await context.limit.acquire();
  const slot = new HeldSlot(context.limit);
  let opened: OpenedFile | undefined;
  try {
    signal?.throwIfAborted();
    const begunMs = Date.now();
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
    return await fetcher.fetch(complete(opened.info), opened.info, begunMs);
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

function absent(uri: string): IactError {
  return new IactError('not-found', `"${uri}" does not exist.`, { uri });
}

function noFile(uri: string): IactError {
  return new IactError('not-found', `"${uri}" is no file.`, { uri });
}
