import { setTimeout as sleep } from 'node:timers/promises';
import { IactError } from '../../core/index.ts';

const ATTEMPTS = 8;
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 20_000;

/**
 * Acts again after errors that may pass, in what changes a bucket: nobody above repeats that, as the bytes may be here alone.
 * What is read goes through `withRetries`.
 *
 * @param act is told how many attempts there were before.
 * @param signal ends the waiting for the next attempt.
 */
export async function persistently<T>(act: (attempt: number) => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await act(attempt);
    } catch (error) {
      const passes = error instanceof IactError && error.retryable;
      if (!passes || signal?.aborted || attempt + 1 >= ATTEMPTS) throw error;
      const waitMs = error.retryAfterMs ?? FIRST_WAIT_MS * 2 ** attempt * (0.5 + Math.random());
      await sleep(Math.min(waitMs, LONGEST_WAIT_MS), undefined, signal ? { signal } : {}).catch(() => {
        throw error;
      });
    }
  }
}
