import { directoryOf, IactError } from '../core/index.ts';
import { MASTER_INDEX_NAME, type ObservationId, type ObservationIds, parseMasterIndex } from '../gadf/index.ts';
import { type Destination, pathsOf, readText } from '../storage/index.ts';
import { pathsTakenForOthers } from './distinct-names.ts';
import { hduIndexOf, type IndexFile, indexPathsOf, readHduIndexes } from './open-store.ts';
import type { Selection } from './select-files.ts';

/** What is to go from a destination because the source no longer has it. */
export interface PrunePlan {
  /** Observations whose rows go. */
  readonly isGone: (id: ObservationId) => boolean;
  /** Files that only these rows, and those that are replaced, name. */
  readonly paths: readonly string[];
}

/**
 * Finds what the source no longer has of what the index of the destination names. A file that the index does not know is
 * never among it.
 *
 * @param maxFiles more files than this are an error, and nothing is removed.
 * @throws {IactError} `exists` if there are more.
 */
export function planPrune(local: IndexFile, selection: Selection, maxFiles: number | undefined): PrunePlan {
  const index = hduIndexOf(local);
  const inSource = textsOf(selection.hduIndex.ids);
  const replaced = new Set(selectedIds(selection));
  const isGone = (id: ObservationId): boolean => !inSource.has(String(id));
  const { paths, fileOfRow } = index.files();
  const staying = new Set(selection.paths);
  for (const [row, file] of fileOfRow.entries()) {
    const id = String(index.ids.at(row));
    if (inSource.has(id) && !replaced.has(id)) staying.add(paths[file] ?? '');
  }
  const going = paths.filter((path) => !staying.has(path));
  if (maxFiles !== undefined && going.length > maxFiles) {
    const remedy = 'Look at them with --dry-run, and raise the limit if they shall go';
    const message = `${going.length} ${going.length === 1 ? 'file' : 'files'} would be deleted, more than the ${maxFiles} that --max-delete allows. ${remedy}.`;
    throw new IactError('exists', message, { uri: local.uri });
  }
  return { isGone, paths: going };
}

function textsOf(ids: ObservationIds): Set<string> {
  const texts = new Set<string>();
  for (let row = 0; row < ids.length; row++) texts.add(String(ids.at(row)));
  return texts;
}

function selectedIds({ hduIndex, hduRows }: Selection): Iterable<string> {
  if (hduRows === undefined) return textsOf(hduIndex.ids);
  return Array.from(hduRows, (row) => String(hduIndex.ids.at(row)));
}

/**
 * Removes files that no dataset of the destination names any more, and the directories that become empty.
 *
 * @returns the paths of the files that were removed now, and of all that are gone.
 */
export async function removeUnnamed(
  destination: Destination,
  paths: readonly string[],
): Promise<{ removed: string[]; gone: string[] }> {
  if (paths.length === 0) return { removed: [], gone: [] };
  const named = await namedPaths(destination);
  const both = (some: Iterable<string>): string[] => [...some].flatMap(pathsOf);
  // The former name of a file that has another one now may be a name of it still.
  const renamed = await pathsTakenForOthers(both(paths), both(named), destination);
  const removed: string[] = [];
  const gone: string[] = [];
  const directories = new Set<string>();
  for (const path of paths) {
    if (named.has(path)) continue;
    gone.push(path);
    for (const each of pathsOf(path)) {
      // The compressed sibling serves for a name whose file is absent; it has a name of its own if an index gives it one.
      if (named.has(each) || renamed.has(each) || (await destination.stat(each))?.kind !== 'file') continue;
      await destination.remove(each);
      removed.push(each);
      gone.push(each);
      break;
    }
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) directories.add(path.slice(0, at));
  }
  // Lasting before the journal that tells of them is gone.
  for (const directory of new Set(removed.map(directoryOf))) await destination.syncDirectory(directory);
  // The deepest first.
  const deepest = [...directories].sort((left, right) => right.length - left.length);
  for (const directory of deepest) await destination.removeEmptyDirectory(directory);
  return { removed, gone };
}

/** All that makes the destination a store: index files, and what they name. */
async function namedPaths(destination: Destination): Promise<Set<string>> {
  const uri = destination.uriOf(MASTER_INDEX_NAME);
  const master = parseMasterIndex(await readText(destination, MASTER_INDEX_NAME), uri);
  const [hdu, obs] = [indexPathsOf(master, 'hdu', uri), indexPathsOf(master, 'obs', uri)];
  const named = new Set([MASTER_INDEX_NAME, ...[...hdu, ...obs].flatMap(pathsOf)]);
  for await (const index of readHduIndexes(destination, hdu)) {
    for (const path of index.files().paths) named.add(path);
  }
  return named;
}
