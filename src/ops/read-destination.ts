import { MASTER_INDEX_NAME, type MasterIndex } from '../gadf/index.ts';
import { type Destination, findFile } from '../storage/index.ts';
import { type Manifest, readManifestToUpdate } from '../transfer/index.ts';
import { type IndexFile, readIndexFile } from './open-store.ts';
import { alignIndex } from './plan-indexes.ts';
import { readLocalMaster, refuseOtherIndexFiles } from './plan-master.ts';
import type { Selection } from './select-files.ts';

/** What the destination holds before the copy. Read before anything is copied, so that a broken file stops it early. */
export interface LocalState {
  readonly master: MasterIndex | undefined;
  readonly hdu: IndexFile | undefined;
  readonly obs: IndexFile | undefined;
  readonly manifest: Manifest;
}

/**
 * @throws {IactError} `bad-data` for what cannot be read, or not be joined; `exists` for a dataset of that name with other
 *   index files.
 */
export async function readDestination(destination: Destination, selection: Selection): Promise<LocalState> {
  const master = await readLocalMaster(destination);
  refuseOtherIndexFiles(master, selection.entry, destination.uriOf(MASTER_INDEX_NAME));
  const read = async (remote: IndexFile, kind: 'hdu' | 'obs'): Promise<IndexFile | undefined> => {
    const found = await findFile(destination, remote.namedPath);
    if (found === undefined) return undefined;
    const index = await readIndexFile(destination, found.path, 'Index file');
    alignIndex(kind, remote, index);
    return index;
  };
  const [hdu, obs] = [await read(selection.hdu, 'hdu'), await read(selection.obs, 'obs')];
  return { master, hdu, obs, manifest: await readManifestToUpdate(destination) };
}
