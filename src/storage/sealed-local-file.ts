import fs from 'node:fs';
import type { SealedFile } from './contract.ts';
import { DISK_CALLS, type FileCalls, fsync, MOUNT_CALLS } from './file-calls.ts';
import { writeError } from './system-error.ts';

/** Where a file is written before it gets its name. */
export interface LocalPlace {
  /** Path of the file at its destination. */
  readonly path: string;
  /** Where it is written. */
  readonly partial: string;
  /** Its name when published. */
  readonly target: string;
  /** Whether it lies on a disk of this machine, and not on a file system that answers over a network. */
  readonly onDisk: boolean;
}

/** A file beside its target that is complete and closed: hundreds wait to be synced together, and open files are few. */
export class SealedLocalFile implements SealedFile {
  private readonly place: LocalPlace;
  private ended = false;

  constructor(place: LocalPlace) {
    this.place = place;
  }

  get path(): string {
    return this.place.path;
  }

  async sync(): Promise<void> {
    try {
      const fd = fs.openSync(this.place.partial, 'r');
      await fsync(fd).finally(() => fs.closeSync(fd));
    } catch (error) {
      throw writeError(error, this.place.target);
    }
  }

  async publish(): Promise<void> {
    if (this.ended) throw new Error(`"${this.place.target}" was published or discarded before`);
    try {
      await this.calls.rename(this.place.partial, this.place.target);
      this.ended = true;
    } catch (error) {
      throw writeError(error, this.place.target);
    }
  }

  async discard(): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    await this.calls.unlink(this.place.partial).catch(() => undefined);
  }

  private get calls(): FileCalls {
    return this.place.onDisk ? DISK_CALLS : MOUNT_CALLS;
  }
}
