import { directoryOf, IactError } from '../../core/index.ts';
import { type FileInfo, isStagedName, type LocalDestination } from '../../storage/index.ts';
import { STATE_DIRECTORY } from '../../transfer/index.ts';

/** @throws {IactError} `exists` */
export async function refuseUnfinishedCopy(destination: LocalDestination): Promise<void> {
  const uri = destination.uriOf(`${STATE_DIRECTORY}/journal.jsonl`);
  if ((await destination.stat(`${STATE_DIRECTORY}/journal.jsonl`)) === undefined) return;
  const remedy = `Run the copy again to its end, or remove "${uri}"`;
  throw new IactError('exists', `A copy into "${destination.uri}" is not finished. ${remedy}; then repair.`, { uri });
}

/** @throws {IactError} `changed` if a file is not what it was, as far as size, time and place on the disk tell. */
export async function requireUnchanged(
  destination: LocalDestination,
  path: string,
  expected: FileInfo | undefined,
): Promise<void> {
  const found = await destination.stat(path);
  const isSame = (['sizeBytes', 'mtimeMs', 'identity'] as const).every((key) => found?.[key] === expected?.[key]);
  if (expected === undefined || !isSame) throw changedSinceChecked(destination.uriOf(path));
}

export function changedSinceChecked(uri: string): IactError {
  const message = `"${uri}" has changed since it was checked, and is left as it is. Run the command again.`;
  return new IactError('changed', message, { uri });
}

/**
 * Removes unfinished files that a repair which was stopped has left where this one is going to work. The lock is held and
 * no copy is unfinished: nobody needs them.
 */
export async function removeLeftOvers(destination: LocalDestination, paths: Iterable<string>): Promise<void> {
  for (const directory of new Set([...paths].map(directoryOf))) {
    for (const { name } of await destination.list(directory)) {
      if (isStagedName(name)) await destination.remove(directory === '' ? name : `${directory}/${name}`);
    }
  }
}
