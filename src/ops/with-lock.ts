import { type Destination, LocalDestination } from '../storage/index.ts';
import { lockDestination, STATE_DIRECTORY } from '../transfer/index.ts';

/**
 * Does something in a place that nobody else may change meanwhile. A directory is made if it is absent; of the lock nothing
 * remains.
 *
 * @param program who does it, for another that is turned away.
 * @throws {IactError} `locked`, `unwritable`, and what the action throws.
 */
export async function withLock<T>(destination: Destination, program: string, action: () => Promise<T>): Promise<T> {
  if (destination instanceof LocalDestination) await destination.prepareDirectory('');
  const lock = await lockDestination(destination, program);
  try {
    return await action();
  } finally {
    await lock.release();
    // Something else may be kept in there, or the disk be gone; the result of the action counts.
    await destination.removeEmptyDirectory(STATE_DIRECTORY).catch(() => undefined);
  }
}
