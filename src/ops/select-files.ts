import { IactError } from '../core/index.ts';
import type { RunListEntry } from '../gadf/index.ts';
import {
  type DatasetEntry,
  findIndexTable,
  type HduIndex,
  MASTER_INDEX_NAME,
  type ObservationId,
  type ObservationIds,
  type RunList,
  readObservationIds,
  rowsOf,
  selectRuns,
} from '../gadf/index.ts';
import { STATE_DIRECTORY } from '../transfer/index.ts';
import type { SelectedRows } from './arrived-rows.ts';
import { findDataset, hduIndexOf, type IndexFile, indexPath, readIndexFile, type Store } from './open-store.ts';

/** What of a dataset is to be copied. */
export interface Selection extends SelectedRows {
  readonly entry: DatasetEntry;
  readonly hdu: IndexFile;
  readonly obs: IndexFile;
  /** Entries of the run list that the dataset has not. */
  readonly missingRuns: readonly RunListEntry[];
}

/**
 * Selects observations of a dataset and the files that they need.
 *
 * @param runs which observations; all if absent.
 * @throws {IactError} `not-found`, `bad-data`, or `unsafe-path` naming the row.
 */
export async function selectFiles(store: Store, dataset: string, runs: RunList | undefined): Promise<Selection> {
  const entry = findDataset(store, dataset);
  const [hdu, obs] = await Promise.all([
    readIndexFile(store.source, indexPath(store, entry, 'hdu'), 'HDU index file'),
    readIndexFile(store.source, indexPath(store, entry, 'obs'), 'Observation index file'),
  ]);
  const hduIndex = hduIndexOf(hdu);
  const obsIds = readObservationIds(findIndexTable(obs.hdus, 'obs', obs.uri).table, obs.uri);
  const rows = runs && selectRows(runs, hduIndex, obsIds, dataset);
  const files = hduIndex.files(rows?.hduRows);
  refuseReservedPaths(files.paths, [hdu.file.path, obs.file.path], hdu.uri);
  const { hduRows, obsRows, missingRuns = [] } = rows ?? {};
  return { entry, hdu, obs, hduIndex, obsIds, hduRows, obsRows, missingRuns, ...files };
}

function selectRows(
  runs: RunList,
  hduIndex: HduIndex,
  obsIds: ObservationIds,
  dataset: string,
): Pick<Selection, 'missingRuns'> & { hduRows: Uint32Array; obsRows: Uint32Array } {
  const { ids, missing } = selectRuns(runs, hduIndex.ids);
  if (ids.size === 0) {
    const message = `Dataset "${dataset}" has none of the observations that run list "${runs.uri}" names.`;
    throw new IactError('not-found', message, { uri: runs.uri });
  }
  const block = blocksOfRuns(ids);
  return {
    hduRows: inBlocks(hduIndex.ids, block),
    obsRows: inBlocks(obsIds, block),
    missingRuns: missing,
  };
}

/** ctools asks for 50 runs at a time, and its rows come in that order; ours do, so that the tables are equal. */
const RUNS_IN_BLOCK = 50;

type BlockOf = (id: ObservationId) => number | undefined;

function blocksOfRuns(ids: ReadonlySet<ObservationId>): BlockOf {
  // By text, because one table may hold numbers and the other text.
  const blocks = new Map([...ids].map((id, position) => [String(id), Math.floor(position / RUNS_IN_BLOCK)]));
  return (id) => blocks.get(String(id));
}

/** Rows of the listed runs: block by block, and in the order of the table within a block. */
function inBlocks(ids: ObservationIds, block: BlockOf): Uint32Array {
  const rows = rowsOf(ids, (id) => block(id) !== undefined);
  return rows.sort((left, right) => (block(ids.at(left)) ?? 0) - (block(ids.at(right)) ?? 0) || left - right);
}

/** Data files must not take the place of what makes the destination a store. */
function refuseReservedPaths(paths: readonly string[], indexPaths: readonly string[], uri: string): void {
  const reserved = new Set([MASTER_INDEX_NAME, ...indexPaths]);
  const found = paths.find((path) => reserved.has(path) || path.split('/').includes(STATE_DIRECTORY));
  if (found === undefined) return;
  const message = `HDU index "${uri}" names "${found}" as a data file, which is the name of an index or of our own state.`;
  throw new IactError('unsafe-path', message, { uri });
}
