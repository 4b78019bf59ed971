import { setMaxListeners } from 'node:events';
import { IactError } from '../core/index.ts';
import type { DirectoryEntry, FileInfo, ReadOptions, Source } from './contract.ts';
import { DelegatingSource } from './delegating-source.ts';
import { joinedSignal } from './joined-signal.ts';

/** How often, and how long apart, a call is made again that may succeed the next time. */
export interface RetryPolicy {
  /** Attempts after the first one, without a byte having come in between. */
  readonly retries: number;
  /**
   * A call or a read that is silent for so long counts as broken, unless others are answered meanwhile: where many share
   * a slow link, each waits for its turn. There is no limit on how long a file takes.
   */
  readonly silenceMs: number;
  /** Told before each wait. */
  readonly onRetry?: ((retry: Retry) => void) | undefined;
  /** Ends waiting, for the next attempt as for an answer. */
  readonly signal?: AbortSignal | undefined;
}

export interface Retry {
  readonly error: IactError;
  /** The first retry is 1. */
  readonly attempt: number;
  readonly waitMs: number;
}

export const DEFAULT_RETRIES: Pick<RetryPolicy, 'retries' | 'silenceMs'> = { retries: 6, silenceMs: 60_000 };

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 30_000;
/** While others are answered, a call may be silent this many times as long: it may be that it hangs. */
const MOST_TURNS = 10;
/** A server may ask for a pause; one that asks for more is as good as down. */
const LONGEST_PAUSE_MS = 300_000;

/**
 * A source that makes calls again that failed for a reason that may pass: after a wait that doubles from one to the next
 * and is spread at random, so that many who were cut off together do not come back together. A read goes on at the byte
 * where it broke, provided that it was told what to expect, so that parts of two versions are never put together.
 */
export function withRetries(inner: Source, policy: RetryPolicy): Source {
  return new RetryingSource(inner, policy);
}

class RetryingSource extends DelegatingSource {
  private readonly policy: RetryPolicy;
  private readonly closing = new AbortController();
  /** Counts the answers, and the chunks of all reads. */
  private answers = 0;
  readonly diskPath?: (path: string) => string | undefined;

  constructor(inner: Source, policy: RetryPolicy) {
    super(inner);
    this.policy = { ...policy, signal: joinedSignal(policy.signal) };
    setMaxListeners(0, this.closing.signal);
    if (inner.diskPath !== undefined) this.diskPath = (path) => inner.diskPath?.(path);
  }

  /** Another number whenever something has come since. */
  private get heard(): number {
    return this.answers + (this.inner.bytesReceived ?? 0);
  }

  override stat(path: string): Promise<FileInfo | undefined> {
    return this.again(path, () => this.inner.stat(path));
  }

  override list(path: string): Promise<DirectoryEntry[] | undefined> {
    return this.again(path, () => this.inner.list(path));
  }

  override async *read(path: string, options: ReadOptions = {}): AsyncGenerator<Uint8Array, void> {
    let position = options.start ?? 0;
    let attempt = 0;
    let { expected } = options;
    let isTold = false;
    // What was told once holds for the whole read.
    const onOpened = (info: FileInfo): void => {
      expected ??= info;
      if (!isTold) options.onOpened?.(info);
      isTold = true;
    };
    for (;;) {
      const begun = position;
      try {
        const known = expected === undefined ? { onOpened } : { onOpened, expected };
        for await (const chunk of this.readOnce(path, { ...options, ...known, start: position })) {
          position += chunk.length;
          yield chunk;
        }
        return;
      } catch (error) {
        if (position > begun) attempt = 0;
        // Without knowing the version, what comes next may not fit to what has been handed out.
        const fits = expected !== undefined || position === (options.start ?? 0);
        if (!fits || options.signal?.aborted) throw error;
        attempt += 1;
        await this.waitBefore(attempt, error, options.signal);
      }
    }
  }

  /** What is still under way, nobody waits for: it is not tried again. */
  override close(): Promise<void> {
    this.closing.abort();
    return this.inner.close();
  }

  private async *readOnce(path: string, options: ReadOptions): AsyncGenerator<Uint8Array, void> {
    const controller = new AbortController();
    const signals = [controller.signal, options.signal].filter((signal) => signal !== undefined);
    const reading = this.inner.read(path, { ...options, signal: AbortSignal.any(signals) });
    const iterator = reading[Symbol.asyncIterator]();
    let done = false;
    try {
      while (!done) {
        const next = await this.orSilence(path, () => iterator.next(), controller);
        done = next.done ?? false;
        if (!next.done) yield next.value;
      }
    } finally {
      // What was left early is told so; what hangs is not waited for.
      if (!done) {
        controller.abort(new Error('no longer wanted'));
        iterator.return?.()?.catch(() => undefined);
      }
    }
  }

  private async again<T>(path: string, call: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.orSilence(path, call);
      } catch (error) {
        await this.waitBefore(attempt, error);
      }
    }
  }

  /** A file system of this machine hangs only where it is mounted from elsewhere, and then its calls cannot be ended. */
  private async orSilence<T>(path: string, call: () => Promise<T>, controller?: AbortController): Promise<T> {
    const { silenceMs, signal } = this.policy;
    let timer: NodeJS.Timeout | undefined;
    let stop: (() => void) | undefined;
    const silence = new Promise<never>((_, reject) => {
      const wait = (turn: number, heard: number): void => {
        timer = setTimeout(() => {
          if (turn < MOST_TURNS && this.heard !== heard) {
            wait(turn + 1, this.heard);
            return;
          }
          const uri = this.inner.uriOf(path);
          const message = `"${uri}" has not answered for ${(turn * silenceMs) / 1000} s.`;
          const error = new IactError('unreachable', message, { uri, retryable: true });
          controller?.abort(error);
          reject(error);
        }, silenceMs);
      };
      wait(1, this.heard);
      stop = () => {
        const error = new IactError('cancelled', `Stopped while waiting for "${this.inner.uriOf(path)}".`);
        controller?.abort(error);
        reject(error);
      };
      signal?.addEventListener('abort', stop, { once: true });
      if (signal?.aborted) stop();
    });
    try {
      const answer = await Promise.race([call(), silence]);
      this.answers += 1;
      return answer;
    } finally {
      clearTimeout(timer);
      if (stop !== undefined) signal?.removeEventListener('abort', stop);
    }
  }

  private async waitBefore(attempt: number, error: unknown, ofRead?: AbortSignal): Promise<void> {
    const { retries, onRetry, signal } = this.policy;
    if (!(error instanceof IactError) || !error.retryable || error.code === 'changed') throw error;
    const isEnded = this.closing.signal.aborted || signal?.aborted;
    if (isEnded || attempt > retries || (error.retryAfterMs ?? 0) > LONGEST_PAUSE_MS) throw error;
    const ceiling = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1));
    const waitMs = Math.max(error.retryAfterMs ?? 0, ceiling / 2 + (Math.random() * ceiling) / 2);
    onRetry?.({ error, attempt, waitMs });
    await pause(waitMs, signal, ofRead, this.closing.signal);
    if (this.closing.signal.aborted || ofRead?.aborted) throw error;
  }
}

/** Resolves after a time, or at once when one of the signals is aborted. */
function pause(waitMs: number, ...signals: readonly (AbortSignal | undefined)[]): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      for (const signal of signals) signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, waitMs);
    for (const signal of signals) signal?.addEventListener('abort', end, { once: true });
    if (signals.some((signal) => signal?.aborted)) end();
  });
}
