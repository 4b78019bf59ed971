import { mapConcurrently } from '../../core/index.ts';
import { findFile, pathsOf, type Source, type StoreFile } from '../../storage/index.ts';
import { contentEquals } from '../content-equals.ts';
import { LOOKS_PER_READ } from '../survey-files.ts';

/** A store whose data files shall lie beside those of others. */
export interface FilesToPlace {
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

/** A file that gets another path. */
export interface MovedFile {
  /** The path that the HDU index gets for it. */
  readonly path: string;
  /** Where it is in its store: under its path there, or as its compressed sibling. */
  readonly from: string;
}

/** A file, and whose it is. */
interface FileOfSource {
  readonly source: Source;
  readonly file: StoreFile;
}

/**
 * Finds a place for the data files of several stores in one. A file keeps its path; only where an earlier store, or the
 * output for somebody else, has another file there, it goes into a folder named after its dataset. Files of which no path is
 * that of another one are not looked at.
 *
 * @returns for each store those of its files that get another path, by the paths that the HDU index has now.
 */
export async function placeFiles(
  stores: readonly FilesToPlace[],
  { output, inUse, signal }: PlaceFilesOptions,
): Promise<Map<string, MovedFile>[]> {
  const shared = placesOfSeveral(stores);
  const taken = new Map<string, FileOfSource>();
  const takenPlaces = new Set<string>();
  const placed: Map<string, MovedFile>[] = [];
  for (const [position, { source, paths, name }] of stores.entries()) {
    const isForeign = (path: string) => [...(inUse.get(path) ?? [])].some((owner) => owner !== position);
    const thereBefore = async (path: string): Promise<FileOfSource | undefined> => {
      const file = isForeign(path) ? await findFile(output, path) : undefined;
      return file && { source: output, file };
    };
    const mayClash = (path: string): boolean => {
      const place = placeOf(path);
      return shared.has(place) || takenPlaces.has(place) || pathsOf(place).some(isForeign);
    };
    const looks = LOOKS_PER_READ * source.traits.maxReads;
    const found = await mapConcurrently(paths.filter(mayClash), looks, async (path) => {
      const file = await findFile(source, path);
      // A file that is not there keeps its path, and the copy will name it.
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
    const moved = new Map<string, MovedFile>();
    const own = new Set(paths.map(placeOf));
    const isTaken = (path: string) => own.has(placeOf(path)) || takenPlaces.has(placeOf(path)) || isForeign(path);
    const folder = freeFolder(name, isTaken, paths);
    for (const { path, file, isSame } of found) {
      if (file === undefined) continue;
      const target = isSame ? path : `${folder}/${path}`;
      if (!isSame) moved.set(path, { path: target, from: file.path });
      if (taken.has(target)) continue;
      taken.set(target, { source, file });
      if (isSame && file.path !== path) taken.set(file.path, { source, file });
    }
    for (const path of paths) takenPlaces.add(placeOf(moved.get(path)?.path ?? path));
    placed.push(moved);
  }
  return placed;
}

/** What the paths of a file and of its compressed sibling have in common. */
function placeOf(path: string): string {
  return path.replace(/\.gz$/, '');
}

/** Places where several stores have files. */
function placesOfSeveral(stores: readonly FilesToPlace[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const { paths } of stores) {
    const own = new Set(paths.map(placeOf));
    for (const place of own) if (seen.has(place)) shared.add(place);
    for (const place of own) seen.add(place);
  }
  return shared;
}

function freeFolder(name: string, isTaken: (path: string) => boolean, paths: readonly string[]): string {
  const slug = name.replace(/[^\w.+-]+/g, '_').replace(/^\.+/, '') || 'store';
  for (let count = 1; ; count++) {
    const folder = count === 1 ? slug : `${slug}-${count}`;
    if (!paths.some((path) => isTaken(`${folder}/${path}`))) return folder;
  }
}
