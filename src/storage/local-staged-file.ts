import fs from 'node:fs';
import { promisify } from 'node:util';
import type { FileAttributes, FileOwner, StagedFile, StagedParts } from './contract.ts';
import { createPartial, readsBackDifferent } from './disk-copy.ts';
import { DISK_CALLS, type FileCalls, fsync, MOUNT_CALLS } from './file-calls.ts';
import { type LocalPlace, SealedLocalFile } from './sealed-local-file.ts';
import { isRefusal, writeError } from './system-error.ts';

/** A file that is written beside its target. */
export class LocalStagedFile implements StagedFile {
  readonly path: string;
  readonly parts: StagedParts;
  private readonly place: LocalPlace;
  private readonly calls: FileCalls;
  /** What it is as soon as it is closed. */
  private readonly sealed: SealedLocalFile;
  private fd: number | undefined;
  private isKept = false;
  private position = 0;

  private constructor(place: LocalPlace, fd: number) {
    this.path = place.path;
    this.place = place;
    this.calls = place.onDisk ? DISK_CALLS : MOUNT_CALLS;
    this.sealed = new SealedLocalFile(place);
    this.fd = fd;
    this.parts = {
      write: (position, chunk) => this.guard((descriptor) => this.writeAll(descriptor, chunk, position)),
      read: (start, end) => this.readParts(start, end),
      truncate: (sizeBytes) => this.guard((descriptor) => promisify(fs.ftruncate)(descriptor, sizeBytes)),
      keep: () => this.keep(),
    };
  }

  /** @param resume whether what a killed run left there stays; else it is removed. */
  static create(place: LocalPlace, resume: boolean): LocalStagedFile {
    try {
      return new LocalStagedFile(place, openPartial(place.partial, resume));
    } catch (error) {
      throw writeError(error, place.target);
    }
  }

  write(chunk: Uint8Array): Promise<void> {
    return this.guard(async (fd) => {
      await this.writeAll(fd, chunk, this.position);
      const back = await this.readAll(fd, chunk.length, this.position);
      if (Buffer.compare(back, chunk) !== 0) throw readsBackDifferent(this.place.target);
      this.position += chunk.length;
    });
  }

  seal({ mode, mtimeMs, owner }: FileAttributes): Promise<number> {
    return this.guard(async (fd) => {
      // Before the mode, from which the system may take bits when the owner changes.
      if (owner !== undefined) await this.giveTo(owner, fd);
      await unlessRefused(this.calls.chmod(fd, mode ?? defaultMode()));
      if (mtimeMs !== undefined) await unlessRefused(this.calls.utimes(fd, mtimeMs / 1000, mtimeMs / 1000));
      return this.calls.size(fd);
    });
  }

  async sync(): Promise<void> {
    return this.fd === undefined ? this.sealed.sync() : this.guard((fd) => fsync(fd));
  }

  async publish(): Promise<void> {
    try {
      await this.close();
    } catch (error) {
      throw writeError(error, this.place.target);
    }
    await this.sealed.publish();
  }

  async discard(): Promise<void> {
    if (this.isKept) return;
    await this.close().catch(() => undefined);
    await this.sealed.discard();
  }

  private async keep(): Promise<void> {
    this.isKept = true;
    await this.close().catch(() => undefined);
  }

  private async close(): Promise<void> {
    const fd = this.fd;
    this.fd = undefined;
    if (fd !== undefined) await this.calls.close(fd);
  }

  /** As `cp -p`: the group alone where the user cannot be kept, and neither where the system lets us keep none. */
  private async giveTo({ user, group }: FileOwner, fd: number): Promise<void> {
    const { uid, gid } = fs.fstatSync(fd);
    if (uid === user && gid === group) return;
    for (const wanted of [user, -1]) {
      try {
        return await this.calls.chown(fd, wanted, group);
      } catch (error) {
        if (!isRefusal(error)) throw error;
      }
    }
  }

  private async *readParts(start: number, end: number): AsyncGenerator<Uint8Array, void> {
    for (let position = start; position < end; ) {
      const length = Math.min(CHUNK_BYTES, end - position);
      const chunk = await this.guard((fd) => this.readAll(fd, length, position));
      if (chunk.length === 0) return;
      position += chunk.length;
      yield chunk;
    }
  }

  private async writeAll(fd: number, chunk: Uint8Array, position: number): Promise<void> {
    for (let done = 0; done < chunk.length; ) done += await this.calls.write(fd, chunk, done, position + done);
  }

  private async readAll(fd: number, length: number, position: number): Promise<Uint8Array> {
    const buffer = Buffer.allocUnsafeSlow(length);
    let done = 0;
    while (done < length) {
      const count = await this.calls.read(fd, buffer, done, position + done);
      if (count === 0) break;
      done += count;
    }
    return buffer.subarray(0, done);
  }

  private async guard<T>(action: (fd: number) => Promise<T>): Promise<T> {
    if (this.fd === undefined) throw new Error(`"${this.place.target}" was published or discarded before`);
    try {
      return await action(this.fd);
    } catch (error) {
      throw writeError(error, this.place.target);
    }
  }
}

const CHUNK_BYTES = 1024 * 1024;

/** A file with other permissions, or another time, is a file; one that is not there is none. */
async function unlessRefused(call: Promise<void>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
}

function openPartial(partial: string, resume: boolean): number {
  if (!resume) return createPartial(partial, 0o600);
  const { O_RDWR, O_CREAT, O_NOFOLLOW } = fs.constants;
  const fd = fs.openSync(partial, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600);
  if (fs.fstatSync(fd).nlink <= 1) return fd;
  // What has another name, too, may lie anywhere.
  fs.closeSync(fd);
  return createPartial(partial, 0o600);
}

function defaultMode(): number {
  return 0o666 & ~process.umask();
}
