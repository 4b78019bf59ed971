import { MASTER_INDEX_NAME, type ObservationId } from '../../gadf/index.ts';
import { type Destination, findFile } from '../../storage/index.ts';
import { indexPathsOf, readHduIndexes } from '../open-store.ts';
import { readLocalMaster } from '../plan-master.ts';

/** The position of the store that an observation will come from; `undefined` if it comes from none. */
export type OwnerOf = (id: ObservationId) => number | undefined;

/**
 * The data files that the indexes of a store name, and whose they are: those of observations that come from one of the
 * stores to be merged are its own, all others nobody's. A file must not become another one as long as an index
 * names it for somebody else.
 *
 * @param joined path of the HDU index that takes the rows of what is to come; other indexes keep theirs.
 * @throws {IactError} `bad-data` for an index that cannot be read; `unsafe-path` for one that names files elsewhere.
 */
export async function pathsInUse(
  destination: Destination,
  joined: string,
  ownerOf: OwnerOf,
): Promise<Map<string, Set<number | undefined>>> {
  const master = await readLocalMaster(destination);
  const named = master ? indexPathsOf(master, 'hdu', destination.uriOf(MASTER_INDEX_NAME)) : [];
  const joinedFile = (await findFile(destination, joined))?.path;
  const owners = new Map<string, Set<number | undefined>>();
  const present = new Set<string>();
  for (const path of [joined, ...named]) {
    const file = await findFile(destination, path);
    if (file !== undefined) present.add(file.path);
  }
  for await (const index of readHduIndexes(destination, present)) {
    const { paths, fileOfRow } = index.files();
    for (const [row, position] of fileOfRow.entries()) {
      const used = paths[position];
      if (used === undefined) continue;
      const known = owners.get(used) ?? new Set();
      owners.set(used, known.add(index.path === joinedFile ? ownerOf(index.ids.at(row)) : undefined));
    }
  }
  return owners;
}
