import { setTimeout as sleep } from 'node:timers/promises';
import { IactError } from '../../core/index.ts';
import type { RetryPolicy } from '../with-retries.ts';

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 20_000;
/** A service may ask for a pause; one that asks for more is as good as down. */
const LONGEST_PAUSE_MS = 300_000;

/** How often it is tried again, and who is told; `signal` ends the waiting for the next attempt. */
export type WritePolicy = Omit<RetryPolicy, 'silenceMs'>;

/**
 * Acts again after errors that may pass, in what changes a bucket: nobody above repeats that, as the bytes may be here alone.
 * What is read goes through `withRetries`.
 *
 * @param act is told how many attempts there were before.
 */
export async function persistently<T>(
  act: (attempt: number) => Promise<T>,
  { retries, onRetry, signal }: WritePolicy,
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await act(attempt);
    } catch (error) {
      const passes = error instanceof IactError && error.retryable;
      if (!passes || signal?.aborted || attempt >= retries) throw error;
      if ((error.retryAfterMs ?? 0) > LONGEST_PAUSE_MS) throw error;
      const ownMs = Math.min(FIRST_WAIT_MS * 2 ** attempt, LONGEST_WAIT_MS) * (0.5 + Math.random());
      const waitMs = error.retryAfterMs ?? ownMs;
      onRetry?.({ error, attempt: attempt + 1, waitMs });
      await sleep(waitMs, undefined, signal ? { signal } : {}).catch(() => {
        throw error;
      });
    }
  }
}
