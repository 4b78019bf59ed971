import { IactError } from '../../core/index.ts';
import type { FileAttributes, StagedFile, StagedParts } from '../contract.ts';
import type { SftpConnections } from './connections.ts';
import { STATUS } from './protocol.ts';
import {
  closeHandle,
  freeBytesAt,
  readHandle,
  removeFile,
  renameOver,
  setHandleAttributes,
  statHandle,
  statusOf,
  syncHandle,
  writeHandle,
} from './sftp-calls.ts';
import type { SftpChannel } from './sftp-channel.ts';
import { openAgain, openAnew, readBlock } from './staged-handle.ts';
import { writeStatusError } from './status-error.ts';

/**
 * What all files together may have sent and not read back yet; each may have one block besides. ssh holds 2 MB on the
 * way to a server, and as much on the way back, and each needs requests that are there before.
 */
const WINDOW_BYTES = 8 * 1024 * 1024;

/** Where a file is staged. */
export interface StagePlace {
  /** Relative to the root of the destination. */
  readonly path: string;
  /** For the server: where it is written, and what it shall be called. */
  readonly partial: string;
  readonly target: string;
  /** How it is shown to people. */
  readonly uri: string;
}

/**
 * A file that is written beside its target. Writing and reading back run ahead of the caller; what goes wrong is
 * thrown by the next call, and at the latest by `seal`.
 */
export class SftpStagedFile implements StagedFile {
  readonly path: string;
  readonly parts: StagedParts;
  private readonly place: StagePlace;
  private readonly connections: SftpConnections;
  private readonly channel: SftpChannel;
  private handle: Uint8Array | undefined;
  private position = 0;
  private keepsOld: boolean;
  private failure: { readonly error: unknown } | undefined;
  private readonly underWay = new Set<Promise<void>>();

  private constructor(
    place: StagePlace,
    connections: SftpConnections,
    channel: SftpChannel,
    handle: Uint8Array,
    resume: boolean,
  ) {
    this.path = place.path;
    this.place = place;
    this.connections = connections;
    this.channel = channel;
    this.handle = handle;
    this.keepsOld = resume;
    this.parts = {
      write: (position, chunk) => this.writePart(position, chunk),
      read: (start, end) => this.readPart(start, end),
      truncate: (sizeBytes) => this.guard((open) => this.truncate(open, sizeBytes)),
      keep: () => this.close(),
    };
  }

  /** @param resume whether what an interrupted copy left at the place is kept. */
  static async create(place: StagePlace, connections: SftpConnections, resume: boolean): Promise<SftpStagedFile> {
    try {
      const channel = await connections.lightest();
      const handle = await (resume ? openAgain(channel, place.partial) : openAnew(channel, place.partial));
      return new SftpStagedFile(place, connections, channel, handle, resume);
    } catch (error) {
      throw writeStatusError(error, place.uri);
    }
  }

  write(chunk: Uint8Array): Promise<void> {
    return this.guard(async (handle) => {
      if (this.keepsOld) {
        this.keepsOld = false;
        await setHandleAttributes(this.channel, handle, { sizeBytes: 0 });
      }
      for (let at = 0; at < chunk.length; ) {
        const block = chunk.slice(at, at + this.channel.maxWriteBytes);
        while (this.underWay.size > 0 && this.channel.bytesInFlight + block.length > WINDOW_BYTES) {
          await Promise.race(this.underWay);
          this.throwFailure();
        }
        this.begin(handle, this.position, block);
        this.position += block.length;
        at += block.length;
      }
    });
  }

  seal({ mode, mtimeMs }: FileAttributes): Promise<number> {
    return this.guard(async (handle) => {
      await Promise.all(this.underWay);
      this.throwFailure();
      const mtimeSeconds = mtimeMs === undefined ? undefined : Math.floor(mtimeMs / 1000);
      const attributes = { mode: mode ?? defaultMode(), mtimeSeconds };
      const [, { sizeBytes = this.position }] = await Promise.all([
        setHandleAttributes(this.channel, handle, attributes).catch(passOverRefusal),
        statHandle(this.channel, handle),
      ]);
      return sizeBytes;
    });
  }

  sync(): Promise<void> {
    return this.guard((handle) => syncHandle(this.channel, handle));
  }

  publish(): Promise<void> {
    return this.guard(async (handle) => {
      // Whatever comes of it, it is never closed again: by then it may stand for another file.
      this.handle = undefined;
      await closeHandle(this.channel, handle);
      await renameOver(this.channel, this.place.partial, this.place.target);
    });
  }

  async discard(): Promise<void> {
    await this.close();
    try {
      // The connection that it was written over may be gone.
      await removeFile(await this.connections.lightest(), this.place.partial);
    } catch {
      // What remains has a name that no data file has, and is removed by the next run.
    }
  }

  private async truncate(handle: Uint8Array, sizeBytes: number): Promise<void> {
    try {
      await setHandleAttributes(this.channel, handle, { sizeBytes });
    } catch (error) {
      // What is shorter grows as it is written.
      const found = (await statHandle(this.channel, handle)).sizeBytes;
      if (found === undefined || found > sizeBytes) throw error;
      passOverRefusal(error);
    }
  }

  private begin(handle: Uint8Array, position: number, block: Uint8Array): void {
    const done = this.writeAndCompare(handle, position, block)
      .catch((error: unknown) => {
        this.failure ??= { error };
      })
      .finally(() => this.underWay.delete(done));
    this.underWay.add(done);
  }

  private async writeAndCompare(handle: Uint8Array, position: number, block: Uint8Array): Promise<void> {
    await writeHandle(this.channel, handle, position, block);
    for (let done = 0; done < block.length; ) {
      const back = await readHandle(this.channel, handle, position + done, block.length - done);
      if (back === undefined || Buffer.compare(back, block.subarray(done, done + back.length)) !== 0) {
        throw readsBackDifferent(this.place.uri);
      }
      done += back.length;
    }
  }

  private writePart(position: number, chunk: Uint8Array): Promise<void> {
    return this.guard(async (handle) => {
      const writes: Promise<void>[] = [];
      for (let at = 0; at < chunk.length; at += this.channel.maxWriteBytes) {
        const block = chunk.subarray(at, at + this.channel.maxWriteBytes);
        writes.push(writeHandle(this.channel, handle, position + at, block));
      }
      await Promise.all(writes);
    });
  }

  private async *readPart(start: number, end: number): AsyncGenerator<Uint8Array, void> {
    const { channel } = this;
    const ahead: Promise<Uint8Array[]>[] = [];
    let next = start;
    for (;;) {
      while (next < end && ahead.length < 16) {
        const length = Math.min(channel.maxReadBytes, end - next);
        const block = this.guard((handle) => readBlock(channel, handle, next, length));
        block.catch(() => undefined);
        ahead.push(block);
        next += length;
      }
      const chunks = await ahead.shift();
      if (chunks === undefined || chunks.length === 0) return;
      yield* chunks;
    }
  }

  /** Ends the access; what was written stays. Never throws. */
  private async close(): Promise<void> {
    const { handle } = this;
    this.handle = undefined;
    if (handle === undefined) return;
    await Promise.allSettled(this.underWay);
    await closeHandle(this.channel, handle).catch(() => undefined);
  }

  private async guard<T>(action: (handle: Uint8Array) => Promise<T>): Promise<T> {
    if (this.handle === undefined) throw new Error(`"${this.place.uri}" was published or discarded before`);
    try {
      this.throwFailure();
      return await action(this.handle);
    } catch (error) {
      throw writeStatusError(error, this.place.uri, await this.reasonOf(error));
    }
  }

  private throwFailure(): void {
    if (this.failure !== undefined) throw this.failure.error;
  }

  /** SFTP 3 knows no status for a full disk. */
  private async reasonOf(error: unknown): Promise<string | undefined> {
    if (statusOf(error) !== STATUS.failure) return undefined;
    const free = await freeBytesAt(this.channel, this.place.partial).catch(() => undefined);
    return free === 0 ? 'no space is left on the device' : undefined;
  }
}

function readsBackDifferent(uri: string): IactError {
  return new IactError('unwritable', `What was written to "${uri}" reads back different. Is the disk failing?`, {
    uri,
  });
}

function defaultMode(): number {
  return 0o666 & ~process.umask();
}

/** Some servers let nobody set attributes: a file with other permissions, or another time, is a file all the same. */
function passOverRefusal(error: unknown): void {
  const status = statusOf(error);
  if (status !== STATUS.permissionDenied && status !== STATUS.unsupported) throw error;
}
