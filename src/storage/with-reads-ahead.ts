import { IactError } from '../core/index.ts';
import type { DirectoryEntry, FileInfo, ReadOptions, Source } from './contract.ts';

/** A larger file is not kept, and whoever wants it reads it anew. */
const KEPT_BYTES = 4 * 1024 * 1024;
/** What was read longer ago may have changed since. */
const FRESH_MS = 5000;

/** A file that was read before anybody asked for it. */
interface AheadFile {
  readonly info: FileInfo | undefined;
  readonly bytes: Uint8Array;
  /** When it had been read, in milliseconds. */
  readonly readAt: number;
}

/**
 * A source that reads some small files at once, because somebody is likely to ask for them: where a store is far away,
 * questions that are asked together are answered as soon as one. The first who reads one of these files as a whole is given
 * what came; where nothing came, or too much, it is read as if nobody had asked before.
 */
export function withReadsAhead(inner: Source, paths: readonly string[]): Source {
  return new ReadAheadSource(inner, paths);
}

class ReadAheadSource implements Source {
  private readonly inner: Source;
  private readonly ahead: Map<string, Promise<AheadFile | undefined>>;
  private readonly stop = new AbortController();
  readonly diskPath?: (path: string) => string | undefined;
  readonly prepare?: () => void;

  constructor(inner: Source, paths: readonly string[]) {
    this.inner = inner;
    if (inner.diskPath !== undefined) this.diskPath = (path) => inner.diskPath?.(path);
    if (inner.prepare !== undefined) this.prepare = () => inner.prepare?.();
    this.ahead = new Map(paths.map((path) => [path, this.readAhead(path)]));
  }

  get uri(): string {
    return this.inner.uri;
  }

  get traits(): Source['traits'] {
    return this.inner.traits;
  }

  get bytesReceived(): number {
    return this.inner.bytesReceived ?? 0;
  }

  uriOf(path: string): string {
    return this.inner.uriOf(path);
  }

  stat(path: string): Promise<FileInfo | undefined> {
    return this.inner.stat(path);
  }

  list(path: string): Promise<DirectoryEntry[] | undefined> {
    return this.inner.list(path);
  }

  expectBytes(...expected: Parameters<NonNullable<Source['expectBytes']>>): void {
    // What nobody has asked for by now would only take its share of the link.
    this.stop.abort();
    this.ahead.clear();
    this.inner.expectBytes?.(...expected);
  }

  async *read(path: string, options: ReadOptions = {}): AsyncGenerator<Uint8Array, void> {
    const { start, end, expected, onOpened, signal } = options;
    if (start === undefined && end === undefined && expected === undefined) {
      const file = await this.take(path);
      signal?.throwIfAborted();
      if (file !== undefined) {
        if (file.info !== undefined) onOpened?.(file.info);
        if (file.bytes.length > 0) yield file.bytes;
        return;
      }
    }
    yield* this.inner.read(path, options);
  }

  close(): Promise<void> {
    this.stop.abort();
    return this.inner.close();
  }

  /** Once: whoever asks again wants to know what the file is by then. */
  private async take(path: string): Promise<AheadFile | undefined> {
    const reading = this.ahead.get(path);
    this.ahead.delete(path);
    const file = await reading;
    return file !== undefined && performance.now() - file.readAt < FRESH_MS ? file : undefined;
  }

  /** @throws {IactError} `not-found`; any other failure is left to whoever reads the file. */
  private readAhead(path: string): Promise<AheadFile | undefined> {
    const reading = this.readWhole(path).catch((error: unknown) => {
      if (error instanceof IactError && error.code === 'not-found') throw error;
      return undefined;
    });
    // If nobody asks for it, nobody needs to know that it is not there.
    reading.catch(() => undefined);
    return reading;
  }

  private async readWhole(path: string): Promise<AheadFile | undefined> {
    let info: FileInfo | undefined;
    const onOpened = (found: FileInfo): void => {
      info = found;
    };
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of this.inner.read(path, { onOpened, signal: this.stop.signal })) {
      size += chunk.length;
      if (size > KEPT_BYTES || (info?.sizeBytes ?? 0) > KEPT_BYTES) return undefined;
      chunks.push(chunk);
    }
    return { info, bytes: Buffer.concat(chunks), readAt: performance.now() };
  }
}
