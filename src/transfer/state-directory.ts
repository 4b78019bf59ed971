import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Where a destination keeps what is needed to finish an interrupted copy. Gone when the copy is complete. */
export const STATE_DIRECTORY = '.iact';

/** Makes the state directory of a destination that exists. */
export async function makeStateDirectory(destination: string): Promise<void> {
  try {
    await mkdir(join(destination, STATE_DIRECTORY));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
