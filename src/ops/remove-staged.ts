import { type Destination, isStagedName, stagedPathOf } from '../storage/index.ts';

/**
 * Removes the unfinished files in some directories that something which was stopped has left. The lock is held: nobody
 * else works there.
 *
 * @param keep paths of files whose unfinished ones are still needed.
 */
export async function removeStaged(
  destination: Destination,
  directories: Iterable<string>,
  keep: Iterable<string> = [],
): Promise<void> {
  const needed = new Set(Array.from(keep, stagedPathOf));
  for (const directory of new Set(directories)) {
    for (const { name } of (await destination.list(directory)) ?? []) {
      const path = directory === '' ? name : `${directory}/${name}`;
      if (isStagedName(name) && !needed.has(path)) await destination.remove(path);
    }
  }
}
