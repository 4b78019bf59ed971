import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IactError, messageOf } from '../../core/index.ts';
import { systemCode } from '../system-error.ts';

/** A file that nobody else can open, and that is gone when the process has ended. */
export class SpoolFile {
  readonly handle: FileHandle;
  /** Where the system does not let an open file lose its name. */
  private readonly leftName: string | undefined;
  private readonly directory: string;
  private sizeBytes = 0;

  private constructor(handle: FileHandle, directory: string, leftName: string | undefined) {
    this.handle = handle;
    this.directory = directory;
    this.leftName = leftName;
  }

  /**
   * @param leastBytes what it will hold at least.
   * @throws {IactError} `unwritable` if there is no room, or no such directory.
   */
  static async create(directory: string = tmpdir(), leastBytes = 0): Promise<SpoolFile> {
    const path = join(directory, `iactools-${randomBytes(12).toString('hex')}`);
    try {
      const { bavail, bsize } = await statfs(directory);
      if (bavail * bsize < leastBytes)
        throw noRoom(directory, `${bavail * bsize} bytes are free, ${leastBytes} needed`);
      const handle = await open(path, 'wx+', 0o600);
      const isUnnamed = await rm(path).then(
        () => true,
        () => false,
      );
      return new SpoolFile(handle, directory, isUnnamed ? undefined : path);
    } catch (error) {
      throw spoolError(error, directory, 0);
    }
  }

  async append(chunk: Uint8Array): Promise<void> {
    for (let done = 0; done < chunk.length; ) {
      try {
        const { bytesWritten } = await this.handle.write(chunk, done, chunk.length - done, this.sizeBytes);
        done += bytesWritten;
        this.sizeBytes += bytesWritten;
      } catch (error) {
        throw spoolError(error, this.directory, this.sizeBytes);
      }
    }
  }

  /** Never throws. */
  async close(): Promise<void> {
    await this.handle.close().catch(() => undefined);
    if (this.leftName !== undefined) await rm(this.leftName, { force: true }).catch(() => undefined);
  }
}

function spoolError(error: unknown, directory: string, writtenBytes: number): IactError {
  if (error instanceof IactError) return error;
  const code = systemCode(error) ?? '';
  const full = `it is full after ${writtenBytes} bytes`;
  const reasons: Readonly<Record<string, string>> = {
    ENOSPC: full,
    EDQUOT: full,
    ENOENT: 'there is no such directory',
    ENOTDIR: 'it is no directory',
    EACCES: 'permission denied',
    EROFS: 'the file system is read-only',
  };
  return noRoom(directory, reasons[code] ?? messageOf(error), error);
}

function noRoom(directory: string, reason: string, cause?: unknown): IactError {
  const remedy = 'name a directory with more room in TMPDIR, or unpack the archive yourself';
  const message = `Cannot unpack an archive into the temporary directory "${directory}": ${reason}; ${remedy}.`;
  return new IactError('unwritable', message, { uri: directory, cause });
}
