import { directoryOf, fileNameOf, mapConcurrently, messageOf } from '../core/index.ts';
import { FITS_NAME, readFits } from '../fits/index.ts';
import { INDEX_HDU_NAME, type IndexKind, isIndex } from '../gadf/index.ts';
import { inflate, type Source } from '../storage/index.ts';

/** The index files of one dataset, found on disk; one and the same file may hold both tables. */
export interface IndexPair {
  readonly hdu: string;
  readonly obs: string;
}

/** The names that GADF suggests, and most stores have. */
export const DEFAULT_PAIR: IndexPair = { hdu: 'hdu-index.fits.gz', obs: 'obs-index.fits.gz' };

export interface FoundIndexes {
  readonly pairs: readonly IndexPair[];
  /** Index files that have no partner. */
  readonly single: readonly string[];
  /** Why files that are named like an index could not be read. */
  readonly unreadable: readonly string[];
}

/** What index files are mostly named like. */
export const INDEX_NAME: RegExp = /(?:hdu|obs).*(?:ind(?:e)?x|idx)|(?:ind(?:e)?x|idx).*(?:hdu|obs)/i;
/** Words that every index file name has; what remains tells which two belong together. */
const COMMON_WORDS = /hdu|observations?|obs|index|indx|idx|\.fits|\.fit|\.fts|\.gz|[-_. ]/gi;
const READS_AT_ONCE = 8;

/**
 * Finds the index files below the root of a store by what they hold. Files that are named like an index are looked at
 * first; only if these give no dataset, all FITS files are.
 *
 * @param outside identities of directories that are not looked into when a link leads there: those above the root, which
 *   hold other stores.
 */
export async function findIndexes(source: Source, outside: Iterable<string> = []): Promise<FoundIndexes> {
  const files = (await walkFiles(source, outside)).filter((path) => FITS_NAME.test(path));
  const named = files.filter((path) => INDEX_NAME.test(fileNameOf(path)));
  const { kinds, unreadable } = await classify(source, named);
  const found = { ...pairUp(kinds), unreadable };
  if (found.pairs.length > 0 || named.length === files.length) return found;
  return { ...pairUp((await classify(source, files)).kinds), unreadable };
}

/** The files below the root of a store, hidden ones left out, by path. Each directory is looked at once. */
export async function walkFiles(source: Source, outside: Iterable<string> = []): Promise<string[]> {
  const files: string[] = [];
  const seen = new Set<string>(outside);
  const queue = [''];
  for (let directory = queue.pop(); directory !== undefined; directory = queue.pop()) {
    // Links may lead in a circle.
    const identity = (await source.stat(directory))?.identity;
    if (identity !== undefined && seen.has(identity)) continue;
    if (identity !== undefined) seen.add(identity);
    for (const { name, kind } of (await source.list(directory)) ?? []) {
      if (name.startsWith('.')) continue;
      const path = directory === '' ? name : `${directory}/${name}`;
      if (kind === 'directory') queue.push(path);
      else if (kind === 'file') files.push(path);
    }
  }
  return files.sort();
}

/** Which index tables files hold. */
type Classified = ReadonlyMap<string, ReadonlySet<IndexKind>>;

async function classify(
  source: Source,
  paths: readonly string[],
): Promise<{ kinds: Classified; unreadable: readonly string[] }> {
  const unreadable: string[] = [];
  const kinds = await mapConcurrently(paths, READS_AT_ONCE, (path) =>
    kindsOf(source, path).catch((error: unknown) => {
      unreadable.push(messageOf(error));
      return undefined;
    }),
  );
  const indexes = paths.flatMap((path, position) => (kinds[position]?.size ? [[path, kinds[position]] as const] : []));
  return { kinds: new Map(indexes), unreadable };
}

/** Reads headers up to the first table that is no index. */
async function kindsOf(source: Source, path: string): Promise<Set<IndexKind>> {
  const kinds = new Set<IndexKind>();
  const select = (hdu: Parameters<typeof isIndex>[0]) => {
    const kind = (Object.keys(INDEX_HDU_NAME) as IndexKind[]).find((each) => isIndex(hdu, each));
    if (kind !== undefined) kinds.add(kind);
    return hdu.kind === 'bintable' && kind === undefined ? 'stop' : 'skip';
  };
  await readFits(source.read(path), { uri: source.uriOf(path), inflate, select });
  return kinds;
}

/** The pairs of index files among names that tell which of the two each is; what they hold is not looked at. */
export function pairUpNames(names: readonly string[]): readonly IndexPair[] {
  const named = names.filter((name) => FITS_NAME.test(name) && INDEX_NAME.test(name));
  const kind = (name: string): IndexKind => (/hdu/i.test(name) ? 'hdu' : 'obs');
  return pairUp(new Map(named.map((name) => [name, new Set([kind(name)])]))).pairs;
}

/** Brings index files together that belong to one dataset. */
export function pairUp(classified: Classified): Omit<FoundIndexes, 'unreadable'> {
  const of = (kind: IndexKind) => [...classified].filter(([, kinds]) => kinds.has(kind)).map(([path]) => path);
  const obs = new Set(of('obs'));
  const hdus = of('hdu');
  const pairs: IndexPair[] = [];
  const single: string[] = [];
  for (const hdu of hdus) {
    const partner = partnerOf(hdu, hdus, [...obs]);
    if (partner === undefined) single.push(hdu);
    else {
      obs.delete(partner);
      pairs.push({ hdu, obs: partner });
    }
  }
  return { pairs, single: [...single, ...obs] };
}

function partnerOf(hdu: string, hdus: readonly string[], obs: readonly string[]): string | undefined {
  if (hdus.length === 1 && obs.length === 1) return obs[0];
  const near = obs.filter((path) => directoryOf(path) === directoryOf(hdu));
  const neighbours = hdus.filter((path) => directoryOf(path) === directoryOf(hdu));
  if (near.length === 1 && neighbours.length === 1) return near[0];
  return near.find((path) => path === hdu) ?? near.find((path) => distinctPart(path) === distinctPart(hdu));
}

/** What tells one dataset's index files from another's in the same directory. */
export function distinctPart(path: string): string {
  return fileNameOf(path).replace(COMMON_WORDS, '');
}
