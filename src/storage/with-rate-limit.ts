import { setTimeout as sleep } from 'node:timers/promises';
import type { Source } from './contract.ts';

/** What may come at once after a pause. */
const BURST_MS = 100;

/** A source whose reads, all together, bring no more than so many bytes per second on average. */
export function withRateLimit(inner: Source, bytesPerSecond: number): Source {
  let freeAt = performance.now();
  const waitFor = async (bytes: number, signal: AbortSignal | undefined): Promise<void> => {
    const now = performance.now();
    freeAt = Math.max(freeAt, now - BURST_MS) + (bytes / bytesPerSecond) * 1000;
    if (freeAt > now) await sleep(freeAt - now, undefined, signal ? { signal } : {});
  };
  return {
    uri: inner.uri,
    // It may change once the store has shown what it can.
    get traits() {
      return inner.traits;
    },
    uriOf: (path) => inner.uriOf(path),
    stat: (path) => inner.stat(path),
    list: (path) => inner.list(path),
    ...(inner.prepare !== undefined && { prepare: () => inner.prepare?.() }),
    close: () => inner.close(),
    async *read(path, options) {
      for await (const chunk of inner.read(path, options)) {
        await waitFor(chunk.length, options?.signal);
        yield chunk;
      }
    },
    // Without `diskPath`: what is copied at once cannot be slowed down.
  };
}
