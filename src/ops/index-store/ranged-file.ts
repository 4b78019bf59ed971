import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { RangedFile } from '../../fits/index.ts';
import { type FileInfo, fileInfo, type Source, type StoreFile } from '../../storage/index.ts';

/** What is read of a disk at once: more than headers are, and enough to keep an expansion busy. */
const PIECE_BYTES = 512 * 1024;

/** A file whose headers are to be read. */
export interface HeaderFile extends RangedFile {
  close(): void;
}

/**
 * Opens nothing yet; reading throws what `Source.read` does. What `read` gives of a file on a disk is overwritten once the
 * next piece is asked for.
 */
export function headerFile(source: Source, { path, info }: StoreFile, signal?: AbortSignal): HeaderFile {
  const onDisk = source.diskPath?.(path);
  const disk = onDisk === undefined ? undefined : new DiskFile(onDisk, info);
  return {
    sizeBytes: info.sizeBytes,
    async *read(start, end) {
      let position = start;
      const buffer = disk && Buffer.allocUnsafeSlow(Math.min(PIECE_BYTES, Math.max(0, end - start)));
      while (buffer !== undefined && position < end) {
        const piece = disk?.read(position, buffer.subarray(0, end - position));
        if (piece === undefined) break;
        yield piece;
        position += piece.length;
      }
      if (position < end) yield* source.read(path, { start: position, end, expected: info, signal });
    },
    readNow: (start, end) =>
      end - start > PIECE_BYTES ? undefined : disk?.read(start, Buffer.allocUnsafeSlow(Math.max(0, end - start))),
    close: () => disk?.close(),
  };
}

/**
 * Parts of a file on a disk, by calls that block: they return in microseconds, while each round through the thread pool
 * costs more. Gives nothing where anything is not as expected: then the source tells what is wrong.
 */
class DiskFile {
  private readonly path: string;
  private readonly expected: FileInfo;
  private file: number | undefined;
  private isUsable = true;

  constructor(path: string, expected: FileInfo) {
    this.path = path;
    this.expected = expected;
  }

  /** Fills the buffer, all of which lies in the file. */
  read(start: number, buffer: Uint8Array): Uint8Array | undefined {
    if (!this.isUsable) return undefined;
    try {
      this.file ??= this.open();
      this.isUsable &&= readSync(this.file, buffer, 0, buffer.length, start) === buffer.length;
    } catch {
      this.isUsable = false;
    }
    return this.isUsable ? buffer : undefined;
  }

  close(): void {
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
    this.isUsable = false;
  }

  private open(): number {
    const file = openSync(this.path, 'r');
    const { sizeBytes, mtimeMs } = fileInfo(fstatSync(file));
    this.isUsable = sizeBytes === this.expected.sizeBytes && mtimeMs === this.expected.mtimeMs;
    return file;
  }
}
