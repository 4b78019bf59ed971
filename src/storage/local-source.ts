import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statfsSync, statSync } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { changedFile } from './changed-file.ts';
import type { DirectoryEntry, FileInfo, ReadOptions, ReadTraits, Source } from './contract.ts';
import { kindOfLink } from './link-kind.ts';
import { readError, systemCode } from './system-error.ts';

/** Large enough that most data files are one chunk, small enough that eight at once are nothing. */
const CHUNK_BYTES = 1024 * 1024;

/** A part of a file that a disk gives at once: five rounds through the thread pool would take longer. */
const SMALL_BYTES = 256 * 1024;

/** What Linux calls the file systems that answer from a disk or from memory: ext, XFS, Btrfs, ZFS, F2FS, tmpfs, overlay. */
const DISK_TYPES: ReadonlySet<number> = new Set([
  0xef53, 0x58465342, 0x9123683e, 0x2fc12fc1, 0xf2f52010, 0x01021994, 0x794c7630,
]);

/** A directory of this machine, or one that is mounted on it. */
export class LocalSource implements Source {
  readonly uri: string;
  /** More gain nothing on a disk; on a mounted file system they hide its round trips. */
  readonly traits: ReadTraits = { initialReads: 8, maxReads: 32, parallelRanges: false };
  // File systems by directory: a link may lead to another one.
  private readonly onDisk = new Map<string, boolean>();

  /** @param root as the user gave it; a relative one counts from the working directory. */
  constructor(root: string) {
    this.uri = root;
  }

  uriOf(path: string): string {
    if (this.uri === '' || path === '') return this.uri || path || '.';
    // Not normalised: people see the path as they gave it.
    return this.uri.endsWith('/') ? this.uri + path : `${this.uri}/${path}`;
  }

  async stat(path: string): Promise<FileInfo | undefined> {
    const uri = this.uriOf(path);
    try {
      if (!this.isOnDisk(dirname(uri))) return fileInfo(await stat(uri));
      // On a disk the answer is there sooner than the thread pool could ask for it.
      const stats = statSync(uri, { throwIfNoEntry: false });
      return stats && fileInfo(stats);
    } catch (error) {
      const code = systemCode(error);
      if (isAbsence(code)) return undefined;
      throw readError(error, uri);
    }
  }

  read(path: string, options: ReadOptions = {}): AsyncIterable<Uint8Array> {
    const uri = this.uriOf(path);
    const { start = 0, end = Number.POSITIVE_INFINITY } = options;
    const isSmall = end - start <= SMALL_BYTES && this.isOnDisk(dirname(uri));
    return isSmall ? readPartOfDisk(uri, start, end, options) : readLocalFile(uri, options);
  }

  diskPath(path: string): string | undefined {
    const uri = this.uriOf(path);
    return this.isOnDisk(dirname(uri)) ? uri : undefined;
  }

  async list(path: string): Promise<DirectoryEntry[]> {
    const uri = this.uriOf(path);
    try {
      const found = await readdir(uri, { withFileTypes: true });
      const entries = found.map(async (entry): Promise<DirectoryEntry[]> => {
        const { name } = entry;
        if (entry.isFile()) return [{ name, kind: 'file' }];
        if (entry.isDirectory()) return [{ name, kind: 'directory' }];
        // A link, or a file system that tells no types.
        const kind = await kindOfLink(this.stat(path === '' ? name : `${path}/${name}`));
        return kind === undefined ? [] : [{ name, kind }];
      });
      return (await Promise.all(entries)).flat().sort((left, right) => (left.name < right.name ? -1 : 1));
    } catch (error) {
      if (isAbsence(systemCode(error))) return [];
      throw readError(error, uri);
    }
  }

  async close(): Promise<void> {}

  private isOnDisk(directory: string): boolean {
    let onDisk = this.onDisk.get(directory);
    if (onDisk === undefined) {
      onDisk = isOnDisk(directory);
      this.onDisk.set(directory, onDisk);
    }
    return onDisk;
  }
}

/** What the system says where there is nothing, and where there can be nothing of that name. */
function isAbsence(code: string | undefined): boolean {
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG';
}

/** A directory that is not there yet will lie where the one above it does. */
function isOnDisk(directory: string): boolean {
  try {
    return DISK_TYPES.has(statfsSync(directory).type);
  } catch (error) {
    const parent = dirname(directory);
    return systemCode(error) === 'ENOENT' && parent !== directory ? isOnDisk(parent) : false;
  }
}

/** Reads a file in chunks; the size may change meanwhile, the caller compares. */
export async function* readLocalFile(uri: string, options: ReadOptions = {}): AsyncGenerator<Uint8Array, void> {
  try {
    const file = await open(uri, 'r');
    try {
      const stats = await file.stat();
      if (options.expected !== undefined) refuseChanged(uri, options.expected, fileInfo(stats));
      options.onOpened?.(fileInfo(stats));
      let position = options.start ?? 0;
      const end = options.end ?? Number.POSITIVE_INFINITY;
      while (position < end) {
        options.signal?.throwIfAborted();
        // One byte more than there was, which tells that a file has grown. A short read is no end of the file.
        const left = position > stats.size ? CHUNK_BYTES : stats.size - position + 1;
        const wanted = Math.min(CHUNK_BYTES, left, end - position);
        const { bytesRead, buffer } = await file.read(Buffer.allocUnsafeSlow(wanted), 0, wanted, position);
        if (bytesRead === 0) break;
        position += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
      if (options.expected !== undefined) refuseChanged(uri, options.expected, fileInfo(await file.stat()));
    } finally {
      await file.close();
    }
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw systemCode(error) === undefined ? error : readError(error, uri);
  }
}

/** Reads a part of a file by calls that block; it is one chunk. */
async function* readPartOfDisk(
  uri: string,
  start: number,
  end: number,
  { expected, onOpened, signal }: ReadOptions,
): AsyncGenerator<Uint8Array, void> {
  signal?.throwIfAborted();
  let chunk: Uint8Array;
  try {
    // What is no file but a pipe must not hold up everything.
    const fd = openSync(uri, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const info = fileInfo(fstatSync(fd));
      if (expected !== undefined) refuseChanged(uri, expected, info);
      onOpened?.(info);
      // One byte more than expected, so that a file that has grown is read on.
      chunk = readPart(fd, start, Math.min(end, Math.max(info.sizeBytes, start) + 1));
      if (expected !== undefined) refuseChanged(uri, expected, fileInfo(fstatSync(fd)));
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw systemCode(error) === undefined ? error : readError(error, uri);
  }
  if (chunk.length > 0) yield chunk;
}

function readPart(fd: number, start: number, end: number): Uint8Array {
  const buffer = Buffer.allocUnsafeSlow(Math.max(0, end - start));
  let filled = 0;
  while (filled < buffer.length) {
    const bytes = readSync(fd, buffer, filled, buffer.length - filled, start + filled);
    if (bytes === 0) break;
    filled += bytes;
  }
  return buffer.subarray(0, filled);
}

/** @throws {IactError} `changed` if a file is no longer what it was, as far as size and time tell. */
export function refuseChanged(uri: string, expected: FileInfo, found: FileInfo): void {
  if (found.sizeBytes === expected.sizeBytes && found.mtimeMs === expected.mtimeMs) return;
  const sizes = `${found.sizeBytes} bytes now, ${expected.sizeBytes} before`;
  const what = found.sizeBytes === expected.sizeBytes ? 'it was written to' : sizes;
  throw changedFile(uri, what);
}

/** What the system says of a file, in our words. */
export function fileInfo(stats: Stats): FileInfo {
  return {
    kind: stats.isFile() ? 'file' : stats.isDirectory() ? 'directory' : 'other',
    sizeBytes: stats.size,
    mtimeMs: stats.mtimeMs,
    mode: stats.mode & 0o777,
    identity: `${stats.dev}:${stats.ino}`,
  };
}
