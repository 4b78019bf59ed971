import { IactError } from '../../core/index.ts';
import type { FileInfo, LocalDestination } from '../../storage/index.ts';
import { JOURNAL_PATH } from '../../transfer/index.ts';

/** @throws {IactError} `exists` */
export async function refuseUnfinishedCopy(destination: LocalDestination): Promise<void> {
  const uri = destination.uriOf(JOURNAL_PATH);
  if ((await destination.stat(JOURNAL_PATH)) === undefined) return;
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
