import {
  type AccessOptions,
  DEFAULT_RETRIES,
  openSource,
  type Retry,
  type Source,
  withRateLimit,
  withRetries,
} from '../storage/index.ts';

/** How stores are reached. */
export interface Access extends AccessOptions {
  /** Attempts after a failure that may pass. */
  readonly retries?: number | undefined;
  /** A server that is silent for so long counts as failed. */
  readonly silenceMs?: number | undefined;
  /** No more bytes per second than these, all reads together. */
  readonly bytesPerSecond?: number | undefined;
  /** Told before each wait for a further attempt. */
  readonly onRetry?: ((retry: Retry) => void) | undefined;
  /** Told of what the user should know of a store. */
  readonly onNote?: ((note: string) => void) | undefined;
}

/** The access of this process, where nobody can be asked. */
export function processAccess(): Access {
  return { env: process.env };
}

/** Opens a folder so that failures that may pass are tried again, and the rate is kept. */
export async function openFolder(folder: string, access: Access): Promise<Source> {
  const source = await openSource(folder, access);
  // What lies on a disk does not come back by waiting.
  const isOnDisk = source.diskPath?.('') !== undefined;
  const { retries = DEFAULT_RETRIES.retries, silenceMs = DEFAULT_RETRIES.silenceMs, onRetry, signal } = access;
  const patient = isOnDisk ? source : withRetries(source, { retries, silenceMs, onRetry, signal });
  return access.bytesPerSecond === undefined ? patient : withRateLimit(patient, access.bytesPerSecond);
}
