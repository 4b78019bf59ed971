import { setTimeout as sleep } from 'node:timers/promises';
import type { ReadOptions, Source } from './contract.ts';
import { DelegatingSource } from './delegating-source.ts';

/** What may come at once after a pause. */
const BURST_MS = 100;

/** A source whose reads, all together, bring no more than so many bytes per second on average. */
export function withRateLimit(inner: Source, bytesPerSecond: number): Source {
  return new LimitedSource(inner, bytesPerSecond);
}

/** Without `diskPath`: what is copied at once cannot be slowed down. */
class LimitedSource extends DelegatingSource {
  private readonly bytesPerSecond: number;
  private freeAt = performance.now();

  constructor(inner: Source, bytesPerSecond: number) {
    super(inner);
    this.bytesPerSecond = bytesPerSecond;
  }

  override async *read(path: string, options: ReadOptions = {}): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of this.inner.read(path, options)) {
      await this.waitFor(chunk.length, options.signal);
      yield chunk;
    }
  }

  /** Who keeps to a rate needs no connections besides those that it takes. */
  override prepare(): void {}

  private async waitFor(bytes: number, signal: AbortSignal | undefined): Promise<void> {
    const now = performance.now();
    this.freeAt = Math.max(this.freeAt, now - BURST_MS) + (bytes / this.bytesPerSecond) * 1000;
    if (this.freeAt > now) await sleep(this.freeAt - now, undefined, signal ? { signal } : {});
  }
}
