import { findIndexTable, type HduIndex, readObservationIds } from '../gadf/index.ts';
import { compareFiles, type FileComparison, type FilesOfStore, filesOfStore } from './compare-files.ts';
import { compareHduRows, compareObservationRows, type IdTable } from './compare-indexes.ts';
import type { Difference } from './difference.ts';
import { findDataset, hduIndexOf, indexPath, readIndexFile, type Store } from './open-store.ts';

export interface DiffOptions {
  /** Only this dataset. */
  readonly dataset?: string | undefined;
  /** Whether to read files for which not both stores know a checksum. */
  readonly content: boolean;
  readonly onEvent?: ((event: DiffEvent) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a comparison tells while it works. */
export type DiffEvent =
  /** Files to be read come, and their size in one of the stores. */
  | { readonly type: 'plan'; readonly files: number; readonly sizeBytes: number }
  | { readonly type: 'file'; readonly comparison: FileComparison };

/** How much was compared in which way. */
export interface ComparedFiles {
  readonly bySize: number;
  readonly byChecksum: number;
  readonly byContent: number;
}

export interface StoreComparison {
  /** Dataset by dataset, in the order of the first store. */
  readonly differences: readonly Difference[];
  /** Observations that both stores have, over all datasets. */
  readonly observations: number;
  readonly files: ComparedFiles;
  /** What could not be compared, each a sentence. */
  readonly problems: readonly string[];
}

/**
 * Compares two stores by dataset, observation and content. The order of rows and columns, the names of index files, and
 * what a master index tells besides do not matter.
 *
 * @throws {IactError} `not-found` for a dataset that neither store has; what reading an index file throws.
 */
export async function diffStores(a: Store, b: Store, options: DiffOptions): Promise<StoreComparison> {
  const { shared, differences } = compareDatasets(a, b, options.dataset);
  const [filesA, filesB] = await Promise.all([filesOfStore(a.source), filesOfStore(b.source)]);
  const counts = { bySize: 0, byChecksum: 0, byContent: 0 };
  const problems: string[] = [];
  let observations = 0;
  for (const name of shared) {
    const found = await compareDataset(name, { store: a, files: filesA }, { store: b, files: filesB }, options);
    differences.push(...found.differences);
    observations += found.observations;
    for (const { by, problem } of found.files) {
      if (problem !== undefined) problems.push(problem);
      else if (by === 'content') counts.byContent++;
      else if (by === 'checksum') counts.byChecksum++;
      else if (by === 'size') counts.bySize++;
    }
  }
  return { differences, observations, files: counts, problems };
}

function compareDatasets(
  a: Store,
  b: Store,
  dataset: string | undefined,
): { shared: string[]; differences: Difference[] } {
  const [inA, inB] = [namesOf(a, dataset), namesOf(b, dataset)];
  // Says what there is.
  if (dataset !== undefined && !inA.has(dataset) && !inB.has(dataset)) findDataset(a, dataset);
  const only = (names: Set<string>, others: Set<string>, side: 'a' | 'b'): Difference[] =>
    [...names]
      .filter((name) => !others.has(name))
      .map((name): Difference => ({ kind: 'dataset', dataset: name, only: side }));
  return {
    shared: [...inA].filter((name) => inB.has(name)),
    differences: [...only(inA, inB, 'a'), ...only(inB, inA, 'b')],
  };
}

function namesOf({ master }: Store, dataset: string | undefined): Set<string> {
  const names = master.datasets.flatMap(({ name }) => name ?? []);
  return new Set(dataset === undefined ? names : names.filter((name) => name === dataset));
}

interface ComparedStore {
  readonly store: Store;
  readonly files: FilesOfStore;
}

interface DatasetComparison {
  readonly differences: readonly Difference[];
  readonly observations: number;
  readonly files: readonly FileComparison[];
}

async function compareDataset(
  dataset: string,
  a: ComparedStore,
  b: ComparedStore,
  { content, onEvent = () => undefined, signal }: DiffOptions,
): Promise<DatasetComparison> {
  const { obs, hdu, shared, paths } = await compareIndexes(dataset, a.store, b.store);
  const files = await compareFiles(paths, a.files, b.files, {
    content,
    signal,
    onPlan: (count, sizeBytes) => onEvent({ type: 'plan', files: count, sizeBytes }),
    onFile: (comparison) => onEvent({ type: 'file', comparison }),
  });
  const differing = files.flatMap(({ path, reason, sizeBytes }): Difference[] =>
    reason === undefined ? [] : [{ kind: 'file', dataset, path, reason, sizeBytes }],
  );
  return { differences: [...obs, ...hdu, ...differing], observations: shared.size, files };
}

/** What two stores tell of a dataset in their index files. */
export interface IndexComparison {
  readonly obs: readonly Difference[];
  readonly hdu: readonly Difference[];
  /** Observations that both have, as text. */
  readonly shared: ReadonlySet<string>;
  /** Files that both name. */
  readonly paths: readonly string[];
}

/** Compares the index files of a dataset that both stores have. @throws {IactError} what reading an index file throws. */
export async function compareIndexes(dataset: string, a: Store, b: Store): Promise<IndexComparison> {
  const [one, two] = await Promise.all([readIndexes(a, dataset), readIndexes(b, dataset)]);
  const { differences: obs, shared } = compareObservationRows(dataset, one.obs, two.obs);
  const apart = new Set(obs.flatMap((each) => (each.kind === 'observation' ? [String(each.id)] : [])));
  const hdu = compareHduRows(dataset, one.hdu, two.hdu, (id) => !apart.has(id));
  const theirs = new Set(two.hdu.files().paths);
  return { obs, hdu, shared, paths: one.hdu.files().paths.filter((path) => theirs.has(path)) };
}

async function readIndexes(store: Store, dataset: string): Promise<{ obs: IdTable; hdu: HduIndex }> {
  const entry = findDataset(store, dataset);
  const [obs, hdu] = await Promise.all([
    readIndexFile(store.source, indexPath(store, entry, 'obs'), 'Observation index file'),
    readIndexFile(store.source, indexPath(store, entry, 'hdu'), 'HDU index file'),
  ]);
  const { table } = findIndexTable(obs.hdus, 'obs', obs.uri);
  return { obs: { table, ids: readObservationIds(table, obs.uri) }, hdu: hduIndexOf(hdu) };
}
