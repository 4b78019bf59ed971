import { IactError } from '../core/index.ts';

/** Chunks of a content of which parts need not be read. */
export interface SkippableBytes extends AsyncIterable<Uint8Array> {
  /** Passes over the next bytes that no chunk has brought yet, and tells how many there were: fewer only at the end. */
  skip(length: number): number;
}

/** Reads an asynchronous sequence of chunks by bytes; holds one chunk at a time. */
export class ByteStream {
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #source: AsyncIterable<Uint8Array> | SkippableBytes;
  readonly #signal: AbortSignal | undefined;
  #pending: Uint8Array = new Uint8Array(0);
  #ended = false;
  #position = 0;
  #failure: unknown;

  constructor(source: AsyncIterable<Uint8Array> | SkippableBytes, signal?: AbortSignal) {
    this.#source = source;
    this.#chunks = source[Symbol.asyncIterator]();
    this.#signal = signal;
  }

  /** Bytes consumed so far. */
  get position(): number {
    return this.#position;
  }

  /** What the source threw, if it did. */
  get failure(): unknown {
    return this.#failure;
  }

  /** The next `length` bytes, fewer at the end, without consuming them. */
  async peek(length: number): Promise<Uint8Array> {
    while (this.#pending.length < length) {
      const held = this.#pending;
      const chunk = await this.#pull();
      if (chunk === undefined) break;
      const joined = new Uint8Array(held.length + chunk.length);
      joined.set(held);
      joined.set(chunk, held.length);
      this.#pending = joined;
    }
    return this.#pending.subarray(0, length);
  }

  /** Fills `target` and returns how many bytes there were: fewer than its length only at the end. */
  async readInto(target: Uint8Array): Promise<number> {
    let filled = 0;
    while (filled < target.length && (await this.#fill())) {
      const taken = this.#pending.subarray(0, target.length - filled);
      target.set(taken, filled);
      filled += taken.length;
      this.#consume(taken.length);
    }
    return filled;
  }

  /** The next `length` bytes in memory of their own, fewer only at the end. */
  async read(length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    return bytes.subarray(0, await this.readInto(bytes));
  }

  /** Passes over `length` bytes and returns how many there were. */
  async skip(length: number): Promise<number> {
    let skipped = Math.min(length, this.#pending.length);
    this.#consume(skipped);
    if ('skip' in this.#source && skipped < length && !this.#ended) {
      const passed = this.#source.skip(length - skipped);
      this.#position += passed;
      return skipped + passed;
    }
    while (skipped < length && (await this.#fill())) {
      const step = Math.min(length - skipped, this.#pending.length);
      skipped += step;
      this.#consume(step);
    }
    return skipped;
  }

  /** All that is left, as chunks. */
  async *rest(): AsyncGenerator<Uint8Array> {
    while (await this.#fill()) {
      const chunk = this.#pending;
      this.#consume(chunk.length);
      yield chunk;
    }
  }

  /** Tells the source that nothing more will be read. */
  async close(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await this.#chunks.return?.();
  }

  #consume(length: number): void {
    this.#pending = this.#pending.subarray(length);
    this.#position += length;
  }

  /** Makes sure that at least one byte is pending; false at the end. */
  async #fill(): Promise<boolean> {
    while (this.#pending.length === 0) {
      const chunk = await this.#pull();
      if (chunk === undefined) return false;
      this.#pending = chunk;
    }
    return true;
  }

  async #pull(): Promise<Uint8Array | undefined> {
    if (this.#signal?.aborted === true) {
      throw new IactError('cancelled', 'Reading was cancelled', { cause: this.#signal.reason });
    }
    if (this.#ended) return undefined;
    try {
      const next = await this.#chunks.next();
      if (next.done !== true) return next.value;
      this.#ended = true;
      return undefined;
    } catch (error) {
      this.#ended = true;
      this.#failure = error;
      throw error;
    }
  }
}
