import { IactError } from '../core/index.ts';
import type { Destination } from '../storage/index.ts';
import { type CopyPlan, sizeOf } from '../transfer/index.ts';

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
