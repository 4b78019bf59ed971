import { IactError } from '../../core/index.ts';
import { joinInStore, type MasterIndex, type PlannedIndex } from '../../gadf/index.ts';
import type { Source } from '../../storage/index.ts';
import { DEFAULT_PAIR, type IndexPair, pairUp } from '../find-indexes.ts';
import { describes, unusedName } from '../master-entry.ts';
import { proposeNames } from '../propose-names.ts';
import type { KnownFile } from './index-state.ts';

/** Where an index goes. */
export interface IndexTarget {
  readonly index: PlannedIndex;
  readonly pair: IndexPair;
  /** Name of the dataset in the master index. */
  readonly name: string;
  /** Either file is there. */
  readonly existed: boolean;
}

/** The index files among files whose headers were read. */
export function existingPairs(files: readonly KnownFile[]): readonly IndexPair[] {
  return pairUp(new Map(files.flatMap(({ path, indexKinds }) => (indexKinds ? [[path, new Set(indexKinds)]] : []))))
    .pairs;
}

export interface TargetRequest {
  readonly source: Source;
  readonly files: readonly KnownFile[];
  readonly master: MasterIndex;
  /** Name that the user wants. */
  readonly name: string | undefined;
  /** Name of the folder. */
  readonly folder: string;
}

/**
 * Chooses files and names for indexes. Index files that are there keep their names; else those of the master index are
 * taken, else those that GADF suggests. Several event types have files of their own.
 *
 * @throws {IactError} `usage` if there are index files of several datasets: nobody knows which data are whose.
 */
export async function chooseTargets(indexes: readonly PlannedIndex[], request: TargetRequest): Promise<IndexTarget[]> {
  const { source, files, master, name, folder } = request;
  const pairs = existingPairs(files);
  const several = indexes.length > 1;
  if (!several && pairs.length > 1) throw severalDatasets(pairs, source);
  const slugs = new Set<string | undefined>();
  const chosen = indexes.map((index) => {
    const slug = several ? unusedName(slugOf(index.eventType), slugs) : '';
    const pair = several
      ? { hdu: `hdu-index-${slug}.fits.gz`, obs: `obs-index-${slug}.fits.gz` }
      : (pairs[0] ?? pairOfMaster(master) ?? DEFAULT_PAIR);
    return { index, pair, slug };
  });
  const taken = new Set(
    master.datasets.filter((entry) => !chosen.some(({ pair }) => describes(entry, pair))).map((entry) => entry.name),
  );
  const targets: IndexTarget[] = [];
  for (const { index, pair, slug } of chosen) {
    refuseDataFile(pair, files, source);
    const stats = await Promise.all([source.stat(pair.hdu), source.stat(pair.obs)]);
    const known = master.datasets.find((entry) => describes(entry, pair))?.name;
    const base = name ?? proposeNames([pair], folder)[0] ?? folder;
    const wanted = several ? `${base}-${slug}` : base;
    const final = unusedName(name === undefined ? (known ?? wanted) : wanted, taken);
    targets.push({ index, pair, name: final, existed: stats.some((info) => info !== undefined) });
  }
  return targets;
}

function slugOf(eventType: string): string {
  return eventType.replace(/[^\w.+-]+/g, '_').replace(/^_+|_+$/g, '') || 'untyped';
}

/** The files that a master index names, whether they are there or not. */
function pairOfMaster({ datasets }: MasterIndex): IndexPair | undefined {
  const [entry] = datasets;
  if (datasets.length !== 1 || !entry?.hduindx || !entry.obsindx) return undefined;
  const [hdu, obs] = [entry.hduindx, entry.obsindx].map((path) => joinInStore([path], `Dataset "${entry.name ?? ''}"`));
  return hdu && obs ? { hdu, obs } : undefined;
}

function severalDatasets(pairs: readonly IndexPair[], source: Source): IactError {
  const list = pairs.map(({ hdu }) => `\n - ${source.uriOf(hdu)}`).join('');
  const remedy = 'Index the folder of one dataset, or move the index files away that are not wanted';
  const message = `"${source.uriOf('')}" holds index files of ${pairs.length} datasets, and nothing tells which data files are whose:${list}\n${remedy}.`;
  return new IactError('usage', message, { uri: source.uri });
}

function refuseDataFile({ hdu, obs }: IndexPair, files: readonly KnownFile[], source: Source): void {
  const found = files.find(({ path, hdus }) => hdus.length > 0 && (path === hdu || path === obs));
  if (found === undefined) return;
  const uri = source.uriOf(found.path);
  throw new IactError('exists', `"${uri}" holds data, and has the name of an index file. Rename it.`, { uri });
}
