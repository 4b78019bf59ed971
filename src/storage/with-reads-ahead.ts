import { IactError } from '../core/index.ts';
import { closedSource } from './closed-source.ts';
import type { ExpectedReads, ReadOptions, Source } from './contract.ts';
import { DelegatingSource } from './delegating-source.ts';
import { readWhole, type WholeFile } from './read-text.ts';

/** A larger file is not kept, and whoever wants it reads it anew. */
const KEPT_BYTES = 4 * 1024 * 1024;
/** What was read longer ago may have changed since. */
const FRESH_MS = 5000;

/** What came of a file that was read before anybody asked for it. */
interface AheadFile {
  /** `not-found` where there is none. */
  readonly found: WholeFile | IactError;
  /** When that was known, in milliseconds. */
  readonly readAt: number;
}

/**
 * A source that reads some small files at once, because somebody is likely to ask for them: where a store is far away,
 * questions that are asked together are answered as soon as one. The first who reads one of these files as a whole is given
 * what came; where nothing came, or too much, it is read as if nobody had asked before. Goes below `withRetries`: what is
 * only guessed is not worth another attempt.
 */
export function withReadsAhead(inner: Source, paths: readonly string[]): Source {
  return new ReadAheadSource(inner, paths);
}

class ReadAheadSource extends DelegatingSource {
  private readonly ahead: Map<string, Promise<AheadFile | undefined>>;
  private readonly stop = new AbortController();
  private isClosed = false;
  readonly diskPath?: (path: string) => string | undefined;

  constructor(inner: Source, paths: readonly string[]) {
    super(inner);
    if (inner.diskPath !== undefined) this.diskPath = (path) => inner.diskPath?.(path);
    this.ahead = new Map(paths.map((path) => [path, this.readAhead(path)]));
  }

  get bytesReceived(): number {
    return this.inner.bytesReceived ?? 0;
  }

  override prepare(expected?: ExpectedReads): void {
    // What nobody has asked for when the data are read would only take its share of the link.
    if (expected !== undefined) this.giveUp();
    super.prepare(expected);
  }

  override async *read(path: string, options: ReadOptions = {}): AsyncGenerator<Uint8Array, void> {
    const { start = 0, end, expected, onOpened, signal } = options;
    if (start === 0 && end === undefined && expected === undefined) {
      const found = await this.take(path);
      if (this.isClosed) throw closedSource(this.uriOf(path));
      signal?.throwIfAborted();
      if (found instanceof IactError) throw found;
      if (found !== undefined) {
        onOpened?.(found.info);
        if (found.bytes.length > 0) yield found.bytes;
        return;
      }
    }
    yield* this.inner.read(path, options);
  }

  override close(): Promise<void> {
    this.isClosed = true;
    this.giveUp();
    return super.close();
  }

  private giveUp(): void {
    this.stop.abort();
    this.ahead.clear();
  }

  /** Once: whoever asks again wants to know what the file is by then. */
  private async take(path: string): Promise<AheadFile['found'] | undefined> {
    const reading = this.ahead.get(path);
    this.ahead.delete(path);
    const file = await reading;
    return file !== undefined && performance.now() - file.readAt < FRESH_MS ? file.found : undefined;
  }

  /** Never rejects: any failure but `not-found` is left to whoever reads the file. */
  private async readAhead(path: string): Promise<AheadFile | undefined> {
    let found: AheadFile['found'] | undefined;
    try {
      found = await readWhole(this.inner, path, KEPT_BYTES, this.stop.signal);
    } catch (error) {
      if (error instanceof IactError && error.code === 'not-found') found = error;
    }
    return found && { found, readAt: performance.now() };
  }
}
