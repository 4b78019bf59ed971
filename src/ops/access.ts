import {
  type AccessOptions,
  DEFAULT_RETRIES,
  openSource,
  type Retry,
  type RetryPolicy,
  type Source,
  withRateLimit,
  withReadsAhead,
  withRetries,
} from '../storage/index.ts';

/** With so many reads at once or more, nobody means to spare a server. */
const MANY_JOBS = 32;

/** How much of an archive has been unpacked, in bytes of the archive as it lies there. */
export interface ArchiveProgress {
  readonly uri: string;
  readonly doneBytes: number;
  readonly sizeBytes: number;
}

/** How stores are reached. */
export interface Access extends AccessOptions {
  /** Much is going to be read; see {@link readsMuch}. */
  readonly readsMuch?: boolean | undefined;
  /** Attempts after a failure that may pass. */
  readonly retries?: number | undefined;
  /** A server that is silent for so long counts as failed. */
  readonly silenceMs?: number | undefined;
  /** No more bytes per second than these, all reads together. */
  readonly bytesPerSecond?: number | undefined;
  /** Told before each wait for a further attempt. */
  readonly onRetry?: ((retry: Retry) => void) | undefined;
  /** Told how far an archive is unpacked that cannot be read in place, which comes before all else. */
  readonly onArchive?: ((progress: ArchiveProgress) => void) | undefined;
  /** Told of what the user should know of a store. */
  readonly onNote?: ((note: string) => void) | undefined;
}

/** The access of this process, where nobody can be asked. */
export function processAccess(): Access {
  return { env: process.env };
}

/** Whether a copy is to get ready as fast as it can: not to read nothing, nor for somebody who asks for few reads at once. */
export function readsMuch({
  dryRun = false,
  jobs = MANY_JOBS,
}: {
  dryRun?: boolean | undefined;
  jobs?: number | undefined;
}): boolean {
  return !dryRun && jobs >= MANY_JOBS;
}

/** How often, and how long apart, calls to a store are made again. */
export function retryPolicyOf({ retries, silenceMs, onRetry, signal }: Access): RetryPolicy {
  return {
    retries: retries ?? DEFAULT_RETRIES.retries,
    silenceMs: silenceMs ?? DEFAULT_RETRIES.silenceMs,
    onRetry,
    signal,
  };
}

/**
 * Opens a folder so that failures that may pass are tried again, and the rate is kept.
 *
 * @param likely small files that are likely to be asked for, if the folder is far away and much is going to be read there.
 */
export async function openFolder(folder: string, access: Access, likely: readonly string[] = []): Promise<Source> {
  const source = await openSource(folder, access);
  const { bytesPerSecond } = access;
  // What lies on a disk does not come back by waiting.
  if (source.diskPath?.('') !== undefined) return limited(source, bytesPerSecond);
  const isHurried = likely.length > 0 && access.readsMuch && bytesPerSecond === undefined;
  if (isHurried) source.prepare?.();
  const prompt = isHurried ? withReadsAhead(source, likely) : source;
  return limited(withRetries(prompt, retryPolicyOf(access)), bytesPerSecond);
}

function limited(source: Source, bytesPerSecond: number | undefined): Source {
  return bytesPerSecond === undefined ? source : withRateLimit(source, bytesPerSecond);
}
