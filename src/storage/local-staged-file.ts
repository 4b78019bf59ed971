import fs from 'node:fs';
import { promisify } from 'node:util';
import { IactError } from '../core/index.ts';
import type { DiskCopy, FileAttributes, StagedFile, StagedParts } from './contract.ts';
import { DISK_CALLS, type FileCalls, fsync, MOUNT_CALLS } from './file-calls.ts';
import { fileInfo, refuseChanged } from './local-source.ts';
import { readError, systemCode, writeError } from './system-error.ts';

/** Where a staged file is written, and how. */
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

/** A file that is written beside its target. */
export class LocalStagedFile implements StagedFile {
  readonly path: string;
  readonly parts: StagedParts;
  private readonly place: LocalPlace;
  private readonly calls: FileCalls;
  private fd: number | undefined;
  private ended = false;
  private position = 0;

  private constructor(place: LocalPlace, fd: number) {
    this.path = place.path;
    this.place = place;
    this.calls = place.onDisk ? DISK_CALLS : MOUNT_CALLS;
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
      if (Buffer.compare(back, chunk) !== 0) throw this.readsBackDifferent();
      this.position += chunk.length;
    });
  }

  seal({ mode, mtimeMs }: FileAttributes): Promise<number> {
    return this.guard(async (fd) => {
      await this.calls.chmod(fd, mode ?? defaultMode());
      if (mtimeMs !== undefined) await this.calls.utimes(fd, mtimeMs / 1000, mtimeMs / 1000);
      return this.calls.size(fd);
    });
  }

  /** Copies a file of a disk at once, seals and closes it; see {@link copyOnDisk}. */
  fill(from: string, uri: string): Omit<DiskCopy, 'staged'> {
    const fd = this.fd ?? -1;
    const source = reading(uri, () => fs.openSync(from, 'r'));
    try {
      const before = reading(uri, () => fs.fstatSync(source));
      const content = reading(uri, () => readSync(source, before.size + 1));
      for (let done = 0; done < content.length; ) done += fs.writeSync(fd, content, done, content.length - done, done);
      if (!holds(fd, content)) throw this.readsBackDifferent();
      refuseChanged(
        uri,
        { ...fileInfo(before), sizeBytes: content.length },
        reading(uri, () => fileInfo(fs.fstatSync(source))),
      );
      fs.fchmodSync(fd, before.mode & 0o777);
      fs.futimesSync(fd, before.mtimeMs / 1000, before.mtimeMs / 1000);
      // Hundreds of such files wait to be synced together, and open files are few on some systems.
      this.closeSync();
      return { source: fileInfo(before), content };
    } catch (error) {
      throw writeError(error, this.place.target);
    } finally {
      fs.closeSync(source);
    }
  }

  async sync(): Promise<void> {
    if (this.fd !== undefined) return this.guard((fd) => fsync(fd));
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
      await this.close();
      await this.calls.rename(this.place.partial, this.place.target);
      this.ended = true;
    } catch (error) {
      throw writeError(error, this.place.target);
    }
  }

  async discard(): Promise<void> {
    if (this.ended) return;
    await this.keep();
    await this.calls.unlink(this.place.partial).catch(() => undefined);
  }

  private async keep(): Promise<void> {
    this.ended = true;
    await this.close().catch(() => undefined);
  }

  private async close(): Promise<void> {
    const fd = this.fd;
    this.fd = undefined;
    if (fd !== undefined) await this.calls.close(fd);
  }

  private closeSync(): void {
    const fd = this.fd;
    this.fd = undefined;
    if (fd !== undefined) fs.closeSync(fd);
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

  private readsBackDifferent(): IactError {
    const message = `What was written to "${this.place.target}" reads back different. Is the disk failing?`;
    return new IactError('unwritable', message, { uri: this.place.target });
  }
}

const CHUNK_BYTES = 1024 * 1024;

/**
 * Stages a file of a disk by calls that block: on a disk they return in microseconds, and the thread pool would cost
 * more than the work (105 files of 600 kB: 45 ms, against 250 ms by asynchronous calls).
 */
export async function copyOnDisk(place: LocalPlace, from: string, uri: string): Promise<DiskCopy> {
  const staged = LocalStagedFile.create(place, false);
  try {
    return { staged, ...staged.fill(from, uri) };
  } catch (error) {
    await staged.discard();
    throw error;
  }
}

/** Reads up to so many bytes from the beginning of a file, or all if there are fewer. */
function readSync(
  fd: number,
  atMost: number,
  buffer: Buffer<ArrayBuffer> = Buffer.allocUnsafeSlow(atMost),
): Buffer<ArrayBuffer> {
  let done = 0;
  while (done < atMost) {
    const count = fs.readSync(fd, buffer, done, atMost - done, done);
    if (count === 0) break;
    done += count;
  }
  return buffer.subarray(0, done);
}

/** Used again and again: a new one for each of thousands of small files is as much work as reading them. */
let readBack: Buffer<ArrayBuffer> = Buffer.allocUnsafeSlow(64 * 1024);

/** Whether a file begins with this content. Returns before anything else can run, so that one buffer will do. */
function holds(fd: number, content: Uint8Array): boolean {
  if (readBack.length < content.length) readBack = Buffer.allocUnsafeSlow(content.length);
  return readSync(fd, content.length, readBack).equals(content);
}

function openPartial(partial: string, resume: boolean): number {
  const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW } = fs.constants;
  if (resume) return fs.openSync(partial, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600);
  const flags = O_RDWR | O_CREAT | O_EXCL;
  try {
    return fs.openSync(partial, flags, 0o600);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
    fs.unlinkSync(partial);
    return fs.openSync(partial, flags, 0o600);
  }
}

function reading<T>(uri: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw readError(error, uri);
  }
}

function defaultMode(): number {
  return 0o666 & ~process.umask();
}
