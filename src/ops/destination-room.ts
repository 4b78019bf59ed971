import { directoryOf, IactError } from '../core/index.ts';
import { MASTER_INDEX_NAME } from '../gadf/index.ts';
import { type Destination, isStagedName } from '../storage/index.ts';
import { type CopyPlan, STATE_DIRECTORY } from '../transfer/index.ts';
import type { Selection } from './select-files.ts';

/**
 * Better before the first byte than after hours.
 *
 * @throws {IactError} `unwritable` if what is to be copied does not fit into a destination that tells what is free.
 */
export async function refuseFullDisk(destination: Destination, { files }: CopyPlan): Promise<void> {
  const free = await destination.freeBytes();
  if (free === undefined) return;
  let needed = 0;
  for (const { action, source, partBytes = 0 } of files) {
    if (action === 'copy') needed += source.sizeBytes - partBytes;
  }
  if (needed <= free) return;
  const uri = destination.uriOf('');
  const room = `${sizeText(needed)} are to be copied, and ${sizeText(free)} are free`;
  throw new IactError('unwritable', `There is no room in "${uri}": ${room}. Make room, or select less.`, { uri });
}

function sizeText(bytes: number): string {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(2)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}

/**
 * Removes the unfinished files that interrupted copies left where this one has worked.
 *
 * @param keep directories where some are still needed.
 */
export async function removeLeftOvers(
  destination: Destination,
  selection: Selection,
  keep: ReadonlySet<string>,
): Promise<void> {
  const places = [...selection.paths, selection.hdu.file.path, selection.obs.file.path, MASTER_INDEX_NAME];
  const directories = new Set([...places.map(directoryOf), STATE_DIRECTORY]);
  for (const directory of directories) {
    if (keep.has(directory)) continue;
    for (const { name } of (await destination.list(directory)) ?? []) {
      if (isStagedName(name)) await destination.remove(directory === '' ? name : `${directory}/${name}`);
    }
  }
}
