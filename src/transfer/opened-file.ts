import { DelegatingSource, type FileInfo, joinedSignal, type ReadOptions, type Source } from '../storage/index.ts';

/** A file that was opened before anything was known of it, and whose first bytes are on their way. */
export class OpenedFile {
  readonly info: FileInfo;
  private readonly source: Source;
  private readonly path: string;
  private readonly chunks: AsyncIterator<Uint8Array>;
  private readonly first: IteratorResult<Uint8Array>;
  /** Where the bytes end that were asked for. */
  private readonly end: number;
  private readonly controller: AbortController;

  private constructor(
    source: Source,
    path: string,
    opened: Pick<OpenedFile, 'info'> & {
      readonly chunks: AsyncIterator<Uint8Array>;
      readonly first: IteratorResult<Uint8Array>;
      readonly end: number;
      readonly controller: AbortController;
    },
  ) {
    this.source = source;
    this.path = path;
    this.info = opened.info;
    this.chunks = opened.chunks;
    this.first = opened.first;
    this.end = Math.min(opened.end, opened.info.sizeBytes);
    this.controller = opened.controller;
  }

  /**
   * Asks for a file from its beginning on, and waits for the first bytes. It must be closed.
   *
   * @param end first byte not to ask for; infinite for all of it.
   * @returns `undefined` if the source does not tell what the file is.
   * @throws {IactError} what `read` throws.
   */
  static async open(source: Source, path: string, end: number, signal?: AbortSignal): Promise<OpenedFile | undefined> {
    const controller = new AbortController();
    let info: FileInfo | undefined;
    const chunks = source
      .read(path, {
        ...(Number.isFinite(end) && { end }),
        signal: joinedSignal(controller.signal, signal),
        onOpened: (found) => {
          info = found;
        },
      })
      [Symbol.asyncIterator]();
    const first = await chunks.next();
    if (info !== undefined) return new OpenedFile(source, path, { info, chunks, first, end, controller });
    controller.abort();
    await chunks.return?.();
    return undefined;
  }

  /** The source, whose first read of the file from its beginning is the one that is under way. */
  asSource(): Source {
    return new OpenedSource(this.source, this.path, (options) => this.read(options));
  }

  /** Gives up what has not been read. */
  async close(): Promise<void> {
    this.controller.abort();
    await this.chunks.return?.();
  }

  private async *read(options: ReadOptions): AsyncGenerator<Uint8Array, void> {
    const { signal } = options;
    const end = Math.min(options.end ?? Number.POSITIVE_INFINITY, this.info.sizeBytes);
    const stop = (): void => this.controller.abort(signal?.reason);
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) stop();
    let position = 0;
    try {
      for (let next = this.first; !next.done; next = await this.chunks.next()) {
        const chunk = next.value.subarray(0, end - position);
        position += chunk.length;
        yield chunk;
        // To its own end a read goes on: there it tells whether the file is still the same.
        if (position === end && end < this.end) break;
      }
    } finally {
      signal?.removeEventListener('abort', stop);
      await this.close();
    }
    if (position < end) yield* this.source.read(this.path, { ...options, start: position, expected: this.info });
  }
}

class OpenedSource extends DelegatingSource {
  private readonly path: string;
  /** Until it is taken. */
  private first: ((options: ReadOptions) => AsyncIterable<Uint8Array>) | undefined;

  constructor(source: Source, path: string, first: (options: ReadOptions) => AsyncIterable<Uint8Array>) {
    super(source);
    this.path = path;
    this.first = first;
  }

  override read(path: string, options: ReadOptions = {}): AsyncIterable<Uint8Array> {
    const { first } = this;
    if (first === undefined || path !== this.path || (options.start ?? 0) > 0) return super.read(path, options);
    this.first = undefined;
    return first(options);
  }
}
