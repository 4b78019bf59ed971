import { IactError } from '../core/index.ts';
import type { Destination } from '../storage/index.ts';
import { type CopyPlan, type PlannedFile, sizeOf, UNPUBLISHED_BYTES } from '../transfer/index.ts';

/**
 * Counts what is to be written against what was free before the copy. A file that is replaced needs room beside the one
 * that gives way to it; the room of that is free when so much has come since that the new one has its name.
 */
export class DestinationRoom {
  private readonly uri: string;
  private readonly free: number;
  /** What is taken after the files counted so far, and the most that was by then. */
  private taken = 0;
  private needed = 0;
  /** Files whose size is not known yet. */
  private unsized: number;

  private constructor(uri: string, free: number, { files, unsizedFiles }: CopyPlan, atOnce: number) {
    this.uri = uri;
    this.free = free;
    this.unsized = unsizedFiles;
    const coming = files.filter(({ action }) => action === 'copy');
    // But for the last files: each of two groups may end with as many as come at once, however large they are.
    let unpublished = 0;
    let published = 0;
    for (const [position, file] of coming.entries()) {
      const earlier = coming[position - 2 * atOnce];
      if (earlier !== undefined) unpublished += missingBytes(earlier);
      for (; unpublished >= UNPUBLISHED_BYTES; published++) {
        const first = coming[published] as PlannedFile;
        unpublished -= missingBytes(first);
        this.taken -= first.destination?.sizeBytes ?? 0;
      }
      this.count(missingBytes(file));
    }
  }

  /**
   * Better before the first byte than after hours.
   *
   * @param atOnce how many files are under way at the same time, at most.
   * @throws {IactError} `unwritable` if what is to be copied does not fit into a destination that tells what is free.
   */
  static async for(plan: CopyPlan, destination: Destination, atOnce: number): Promise<DestinationRoom> {
    const free = (await destination.freeBytes()) ?? Number.POSITIVE_INFINITY;
    const room = new DestinationRoom(destination.uriOf(''), free, plan, atOnce);
    room.refuseIfFull();
    return room;
  }

  /** Counts a file of the plan whose size was not known before. @throws {IactError} `unwritable` if it does not fit. */
  take(sizeBytes: number): void {
    this.count(sizeBytes);
    this.unsized -= 1;
    this.refuseIfFull();
  }

  private count(sizeBytes: number): void {
    this.taken += sizeBytes;
    this.needed = Math.max(this.needed, this.taken);
  }

  private refuseIfFull(): void {
    const { uri, needed, free } = this;
    if (needed <= free) return;
    const atLeast = this.unsized > 0 ? 'at least ' : '';
    const room = `${atLeast}${sizeText(needed)} are needed, and ${sizeText(free)} are free`;
    throw new IactError('unwritable', `There is no room in "${uri}": ${room}. Make room, or select less.`, { uri });
  }
}

function missingBytes(file: PlannedFile): number {
  return sizeOf(file) - (file.partBytes ?? 0);
}

function sizeText(bytes: number): string {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(2)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}
