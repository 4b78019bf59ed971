import { mapConcurrently } from '../../core/index.ts';
import { findFile, type Source, type StoreFile } from '../../storage/index.ts';
import { contentEquals } from '../content-equals.ts';

/** A store whose data files shall lie beside those of others. */
export interface FilesOfStore {
  readonly source: Source;
  /** Paths as the HDU index has them. */
  readonly paths: readonly string[];
  /** What a folder for its files can be called. */
  readonly name: string;
}

export interface PlaceFilesOptions {
  /** Where the files are to lie. */
  readonly output: Source;
  /** Files that are there, and the positions of the stores that may replace them, if nobody else is among them. */
  readonly inUse: ReadonlyMap<string, ReadonlySet<number | undefined>>;
  readonly signal?: AbortSignal | undefined;
}

/** A file, and where it is. */
interface PlacedFile {
  readonly source: Source;
  readonly file: StoreFile;
}

const READS_AT_ONCE = 4;

/**
 * Finds a place for the data files of several stores in one. A file keeps its path; only where an earlier store, or the
 * output for somebody else, has another file there, it goes into a folder named after its dataset.
 *
 * @returns for each store the new paths of those files that get one.
 */
export async function placeFiles(
  stores: readonly FilesOfStore[],
  { output, inUse, signal }: PlaceFilesOptions,
): Promise<Map<string, string>[]> {
  const taken = new Map<string, PlacedFile>();
  const placed: Map<string, string>[] = [];
  for (const [position, { source, paths, name }] of stores.entries()) {
    const isForeign = (path: string) => [...(inUse.get(path) ?? [])].some((owner) => owner !== position);
    const thereBefore = async (path: string): Promise<PlacedFile | undefined> => {
      const file = isForeign(path) ? await findFile(output, path) : undefined;
      return file && { source: output, file };
    };
    const found = await mapConcurrently(paths, READS_AT_ONCE, async (path) => {
      const file = await findFile(source, path);
      if (file === undefined) return { path, file, isSame: true };
      const others = [
        taken.get(path) ?? taken.get(file.path),
        (await thereBefore(path)) ?? (await thereBefore(file.path)),
      ];
      let isSame = true;
      for (const other of others)
        isSame &&= other === undefined || (await contentEquals(other.source, other.file, source, file, signal));
      return { path, file, isSame };
    });
    const moved = new Map<string, string>();
    const own = new Set(paths);
    const folder = freeFolder(name, (path) => taken.has(path) || own.has(path) || isForeign(path), paths);
    for (const { path, file, isSame } of found) {
      // A file that is not there keeps its path, and the copy will name it.
      const target = isSame ? path : `${folder}/${path}`;
      if (target !== path) moved.set(path, target);
      if (file === undefined || taken.has(target)) continue;
      taken.set(target, { source, file });
      if (isSame && file.path !== path) taken.set(file.path, { source, file });
    }
    placed.push(moved);
  }
  return placed;
}

function freeFolder(name: string, isTaken: (path: string) => boolean, paths: readonly string[]): string {
  const slug = name.replace(/[^\w.+-]+/g, '_').replace(/^\.+/, '') || 'store';
  for (let count = 1; ; count++) {
    const folder = count === 1 ? slug : `${slug}-${count}`;
    if (!paths.some((path) => isTaken(`${folder}/${path}`))) return folder;
  }
}
