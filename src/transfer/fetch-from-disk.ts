import { IactError } from '../core/index.ts';
import type { Destination, DiskFile, Source } from '../storage/index.ts';
import type { FetchedFile } from './fetched-file.ts';
import type { PlannedFile } from './plan.ts';

/** Larger files are not copied at once: others must go on, and a signal must be heard. */
const AT_ONCE_BYTES = 2 * 1024 * 1024;

/** A file that is copied at once, because both ends lie on disks of this machine and it is small. */
export interface DiskTask {
  readonly file: PlannedFile;
  readonly disk: DiskFile;
}

/** How to copy a file at once; `undefined` if it has to come in chunks. */
export function diskTask(file: PlannedFile, source: Source, destination: Destination): DiskTask | undefined {
  const { sizeBytes } = file.source ?? {};
  if (sizeBytes === undefined || sizeBytes > AT_ONCE_BYTES || destination.stageFromDisk === undefined) return undefined;
  if (destination.diskPath?.(file.path) === undefined) return undefined;
  const from = source.diskPath?.(file.path);
  if (from === undefined) return undefined;
  const withMd5 = file.digests?.md5 !== undefined;
  return { file, disk: { path: file.path, from, uri: source.uriOf(file.path), withMd5 } };
}

/** Brings files beside their targets; an error in place of each that could not be brought. */
export async function stageTasks(
  tasks: readonly DiskTask[],
  destination: Destination,
): Promise<(FetchedFile | IactError)[]> {
  const copies = await destination.stageFromDisk?.(tasks.map(({ disk }) => disk));
  if (copies === undefined) throw new Error(`"${destination.uri}" takes no files from a disk`);
  return copies.map((copy) =>
    copy instanceof IactError ? copy : { staged: copy.staged, info: copy.source, digests: copy.digests },
  );
}
