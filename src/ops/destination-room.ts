import { directoryOf, IactError } from '../core/index.ts';
import { MASTER_INDEX_NAME } from '../gadf/index.ts';
import { type Destination, isStagedName, stagedPathOf } from '../storage/index.ts';
import { type CopyPlan, STATE_DIRECTORY, sizeOf } from '../transfer/index.ts';
import type { Selection } from './select-files.ts';

/** Counts what is to be written against what was free before the copy. */
export class DestinationRoom {
  private readonly uri: string;
  private readonly free: number;
  private needed = 0;
  /** Files whose size is not known yet. */
  private unsized: number;

  private constructor(uri: string, free: number, { files, unsizedFiles }: CopyPlan) {
    this.uri = uri;
    this.free = free;
    this.unsized = unsizedFiles;
    for (const file of files) {
      if (file.action === 'copy') this.needed += sizeOf(file) - (file.partBytes ?? 0);
    }
  }

  /**
   * Better before the first byte than after hours.
   *
   * @throws {IactError} `unwritable` if what is to be copied does not fit into a destination that tells what is free.
   */
  static async for(plan: CopyPlan, destination: Destination): Promise<DestinationRoom> {
    const free = (await destination.freeBytes()) ?? Number.POSITIVE_INFINITY;
    const room = new DestinationRoom(destination.uriOf(''), free, plan);
    room.refuseIfFull();
    return room;
  }

  /** Counts a file of the plan whose size was not known before. @throws {IactError} `unwritable` if it does not fit. */
  take(sizeBytes: number): void {
    this.needed += sizeBytes;
    this.unsized -= 1;
    this.refuseIfFull();
  }

  private refuseIfFull(): void {
    const { uri, needed, free } = this;
    if (needed <= free) return;
    const atLeast = this.unsized > 0 ? 'at least ' : '';
    const room = `${atLeast}${sizeText(needed)} are to be copied, and ${sizeText(free)} are free`;
    throw new IactError('unwritable', `There is no room in "${uri}": ${room}. Make room, or select less.`, { uri });
  }
}

function sizeText(bytes: number): string {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(2)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}

/**
 * Removes the unfinished files that interrupted copies left where this one has worked.
 *
 * @param keep directories where some are still needed.
 */
export async function removeLeftOvers(
  destination: Destination,
  selection: Selection,
  keep: { readonly directories: ReadonlySet<string>; readonly paths: ReadonlySet<string> },
): Promise<void> {
  const places = [...selection.paths, selection.hdu.file.path, selection.obs.file.path, MASTER_INDEX_NAME];
  const directories = new Set([...places.map(directoryOf), STATE_DIRECTORY]);
  const staged = new Set([...keep.paths].map(stagedPathOf));
  for (const directory of directories) {
    if (keep.directories.has(directory)) continue;
    for (const { name } of (await destination.list(directory)) ?? []) {
      const path = directory === '' ? name : `${directory}/${name}`;
      if (isStagedName(name) && !staged.has(path)) await destination.remove(path);
    }
  }
}
