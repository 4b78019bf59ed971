import type { SkippableBytes } from '../fits/index.ts';
import type { Source } from '../storage/index.ts';

const FIRST_WINDOW = 32 * 1024;
const MAX_WINDOW = 1024 * 1024;

/** The content of a file, from which what is skipped is not read. What is read in one go comes in growing pieces. */
export class SkippableFile implements SkippableBytes {
  readonly #source: Source;
  readonly #path: string;
  readonly #sizeBytes: number;
  readonly #signal: AbortSignal | undefined;
  #beginning: Uint8Array | undefined;
  #position = 0;
  #window = FIRST_WINDOW;

  /** @param beginning what was already read of it. */
  constructor(
    source: Source,
    path: string,
    sizeBytes: number,
    beginning: Uint8Array | undefined,
    signal: AbortSignal | undefined,
  ) {
    this.#source = source;
    this.#path = path;
    this.#sizeBytes = sizeBytes;
    this.#beginning = beginning;
    this.#signal = signal;
  }

  skip(length: number): number {
    const skipped = Math.min(length, Math.max(0, this.#sizeBytes - this.#position));
    this.#position += skipped;
    this.#window = FIRST_WINDOW;
    return skipped;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk = await this.#next();
      if (chunk.length === 0) return;
      this.#position += chunk.length;
      yield chunk;
    }
  }

  async #next(): Promise<Uint8Array> {
    const beginning = this.#beginning;
    this.#beginning = undefined;
    if (beginning !== undefined) return beginning;
    const [start, end] = [this.#position, Math.min(this.#position + this.#window, this.#sizeBytes)];
    if (start >= end) return new Uint8Array(0);
    this.#window = Math.min(2 * this.#window, MAX_WINDOW);
    const signal = this.#signal === undefined ? {} : { signal: this.#signal };
    return readWhole(this.#source.read(this.#path, { ...signal, start, end }));
  }
}

/** Everything at once. */
export async function readWhole(content: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  const [first] = chunks;
  return chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
}
