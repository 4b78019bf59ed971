import { open } from 'node:fs/promises';
import { systemCode } from './system-error.ts';

/** Makes the names in a directory of this machine lasting. Throws the system's own error. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } catch (error) {
    // Some network file systems know no sync of a directory; there is nothing more to be done there.
    if (!['EINVAL', 'ENOTSUP', 'EBADF'].includes(systemCode(error) ?? '')) throw error;
  } finally {
    await directory.close();
  }
}
