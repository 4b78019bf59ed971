import type { LocalDestination } from '../storage/index.ts';
import { lockDirectory, STATE_DIRECTORY } from '../transfer/index.ts';

/**
 * Does something in a directory that nobody else may change meanwhile. The directory is made if it is absent; of the
 * lock nothing remains.
 *
 * @param program who does it, for another that is turned away.
 * @throws {IactError} `locked`, `unwritable`, and what the action throws.
 */
export async function withLock<T>(
  destination: LocalDestination,
  program: string,
  action: () => Promise<T>,
): Promise<T> {
  await destination.prepareDirectory('');
  const lock = await lockDirectory(destination.uri, program);
  try {
    return await action();
  } finally {
    await lock.release();
    // Something else may be kept in there, or the disk be gone; the result of the action counts.
    await destination.removeEmptyDirectory(STATE_DIRECTORY).catch(() => undefined);
  }
}
