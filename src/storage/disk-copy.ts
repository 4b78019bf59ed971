import { hash } from 'node:crypto';
import fs from 'node:fs';
import { IactError } from '../core/index.ts';
import type { ContentDigests, FileInfo } from './contract.ts';
import { fileInfo, refuseChanged } from './local-source.ts';
import { isRefusal, readError, systemCode, writeError } from './system-error.ts';

/** A file to be copied on the disks of this machine. Plain data, so that it can be handed to a thread. */
export interface DiskCopyRequest {
  /** Path of the source for the system; `uri` names it in errors. */
  readonly from: string;
  readonly uri: string;
  /** Where it is written. What a killed run left there goes. */
  readonly partial: string;
  /** Names it in errors. */
  readonly target: string;
  readonly withMd5: boolean;
}

/** What was copied. */
export interface DiskCopyResult {
  /** What the source was before it was read; it was the same afterwards. */
  readonly source: FileInfo;
  readonly digests: ContentDigests;
}

const UMASK = process.umask();

/** Used again and again: new ones for each of thousands of small files are as much work as reading them. */
let contentBuffer = Buffer.allocUnsafeSlow(64 * 1024);
let readBackBuffer = Buffer.allocUnsafeSlow(64 * 1024);

/**
 * Copies a file of a disk at once, by calls that block: on a disk they return in microseconds, while a round through the
 * thread pool would cost more than the work. The copy has the permissions and the time of its source, was read back and
 * compared, and is not synced. If it fails it leaves no trace.
 *
 * @throws {IactError} `changed` if the source changed meanwhile; `not-found`, `unreadable`, `unwritable`.
 */
export function copyOnDisk(request: DiskCopyRequest): DiskCopyResult {
  const { from, uri } = request;
  const source = reading(uri, () => fs.openSync(from, 'r'));
  try {
    const before = reading(uri, () => fs.fstatSync(source));
    const content = reading(uri, () => readWhole(source, before.size));
    writeCopy(request, content, before);
    const found = { ...fileInfo(before), sizeBytes: content.length };
    try {
      refuseChanged(
        uri,
        found,
        reading(uri, () => fileInfo(fs.fstatSync(source))),
      );
    } catch (error) {
      fs.unlinkSync(request.partial);
      throw error;
    }
    const md5 = request.withMd5 ? hash('md5', content) : undefined;
    return { source: found, digests: { sha256: hash('sha256', content), md5 } };
  } finally {
    fs.closeSync(source);
  }
}

function writeCopy({ partial, target }: DiskCopyRequest, content: Uint8Array, { mode, mtimeMs }: fs.Stats): void {
  let created = false;
  try {
    const permissions = mode & 0o777;
    const fd = createPartial(partial, permissions);
    created = true;
    try {
      for (let done = 0; done < content.length; ) done += fs.writeSync(fd, content, done, content.length - done, done);
      if (!holds(fd, content)) throw readsBackDifferent(target);
      if ((permissions & ~UMASK) !== permissions) unlessRefused(() => fs.fchmodSync(fd, permissions));
      unlessRefused(() => fs.futimesSync(fd, mtimeMs / 1000, mtimeMs / 1000));
    } finally {
      fs.closeSync(fd);
    }
  } catch (error) {
    if (created) fs.unlinkSync(partial);
    throw writeError(error, target);
  }
}

/** A file with other permissions, or another time, is a file; one that is not there is none. */
function unlessRefused(call: () => void): void {
  try {
    call();
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
}

/** Opens an unfinished file that is empty, also where there was one. */
export function createPartial(partial: string, mode: number): number {
  const { O_RDWR, O_CREAT, O_EXCL } = fs.constants;
  const flags = O_RDWR | O_CREAT | O_EXCL;
  try {
    return fs.openSync(partial, flags, mode);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
    fs.unlinkSync(partial);
    return fs.openSync(partial, flags, mode);
  }
}

/** What a disk gives back is not what it was given. */
export function readsBackDifferent(target: string): IactError {
  const message = `What was written to "${target}" reads back different. Is the disk failing?`;
  return new IactError('unwritable', message, { uri: target });
}

/** Reads a file of a known size, one byte more of a file that has grown; valid until the next call. */
function readWhole(fd: number, sizeBytes: number): Buffer {
  if (contentBuffer.length <= sizeBytes) contentBuffer = Buffer.allocUnsafeSlow(sizeBytes + 1);
  return readUpTo(fd, contentBuffer.subarray(0, sizeBytes + 1), sizeBytes);
}

/** Whether a file begins with this content. */
function holds(fd: number, content: Uint8Array): boolean {
  if (readBackBuffer.length < content.length) readBackBuffer = Buffer.allocUnsafeSlow(content.length);
  return readUpTo(fd, readBackBuffer.subarray(0, content.length), content.length).equals(content);
}

/** Fills a buffer from the beginning of a file, until it holds `enough` or the file ends. */
function readUpTo(fd: number, buffer: Buffer, enough: number): Buffer {
  let done = 0;
  while (done < enough) {
    const count = fs.readSync(fd, buffer, done, buffer.length - done, done);
    if (count === 0) break;
    done += count;
  }
  return buffer.subarray(0, done);
}

function reading<T>(uri: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw readError(error, uri);
  }
}
