import { StringDecoder } from 'node:string_decoder';
import { IactError } from '../../core/index.ts';
import type { InputStream } from '../io.ts';
import { reasonOf } from '../reason.ts';

/** A longer answer is not one: a binary file may have come down the pipe. */
const MAX_LINE_LENGTH = 65_536;

/**
 * Takes lines from a stream on demand. The stream is paused between calls, so that it keeps no process alive, and what was
 * read beyond a line is kept for the next call.
 */
export class LineReader {
  readonly #stream: InputStream;
  readonly #decoder: StringDecoder = new StringDecoder('utf8');
  #buffer = '';
  #ended: boolean;
  #failure: unknown;
  #wake: () => void = () => {};

  constructor(stream: InputStream) {
    this.#stream = stream;
    this.#ended = stream.readableEnded || stream.destroyed;
    // These stay for good: a stream may end or fail between two calls.
    stream.on('end', () => this.#end()).on('close', () => this.#end());
    stream.on('error', (error) => {
      this.#failure ??= error;
      this.#end();
    });
  }

  /**
   * The next line without its end; the last one needs none.
   * @returns undefined at the end of the stream.
   * @throws IactError `unreadable` when the stream fails or a line is endless; the reason of the signal when it is aborted.
   */
  async next(signal: AbortSignal): Promise<string | undefined> {
    for (;;) {
      signal.throwIfAborted();
      const line = this.#takeLine();
      if (line !== undefined) return line;
      if (this.#failure !== undefined) throw unreadable(reasonOf(this.#failure), this.#failure);
      if (this.#ended) return undefined;
      if (this.#buffer.length > MAX_LINE_LENGTH) throw unreadable(`a line of more than ${MAX_LINE_LENGTH} characters`);
      await this.#more(signal);
    }
  }

  #takeLine(): string | undefined {
    const end = this.#buffer.indexOf('\n');
    const unfinished = end < 0;
    if (unfinished && (!this.#ended || this.#buffer === '')) return undefined;
    const line = unfinished ? this.#buffer : this.#buffer.slice(0, end);
    this.#buffer = unfinished ? '' : this.#buffer.slice(end + 1);
    return line.replace(/\r$/, '');
  }

  #end(): void {
    this.#buffer += this.#decoder.end();
    this.#ended = true;
    this.#wake();
  }

  /** Waits for one more piece of the stream, its end, or an abort. */
  async #more(signal: AbortSignal): Promise<void> {
    const stream = this.#stream;
    const onData = (piece: Buffer | string): void => {
      this.#buffer += typeof piece === 'string' ? piece : this.#decoder.write(piece);
      this.#wake();
    };
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      signal.addEventListener('abort', this.#wake);
      stream.on('data', onData).resume();
    });
    signal.removeEventListener('abort', this.#wake);
    stream.off('data', onData).pause();
  }
}

function unreadable(reason: string, cause?: unknown): IactError {
  return new IactError('unreadable', `Cannot read an answer from standard input (${reason}).`, { cause });
}
