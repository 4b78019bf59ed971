import { IactError, shortened } from '../core/index.ts';
import type { RunListEntry } from '../gadf/index.ts';
import {
  type DatasetEntry,
  findIndexTable,
  type HduIndex,
  type IndexedFiles,
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
import { findObservations } from './find-observations.ts';
import { findDataset, hduIndexOf, type IndexFile, indexPath, readIndexFile, type Store } from './open-store.ts';
import { type ObservationQuery, planSearch } from './plan-search.ts';

/** Which part of a dataset is wanted; all of it where everything is absent. */
export interface Wanted {
  /** Observations by their IDs. */
  readonly runs?: RunList | undefined;
  /** Observations by their IDs as the indexes have them; those of `runs`, if both are given. */
  readonly isWanted?: ((id: ObservationId) => boolean) | undefined;
  /** Observations by what the observation index tells of them; those that also fit the above, if given. */
  readonly query?: ObservationQuery | undefined;
  /** HDUs by their HDU_TYPE, in any case. */
  readonly only?: readonly string[] | undefined;
}

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
 * @throws {IactError} `not-found`, also if nothing of the dataset is wanted; `bad-data`; `unsafe-path` naming the row.
 */
export async function selectFiles(store: Store, dataset: string, wanted: Wanted): Promise<Selection> {
  const entry = findDataset(store, dataset);
  // Both before the first is read: a path that is refused must leave no reading behind that nobody waits for.
  const paths = { hdu: indexPath(store, entry, 'hdu'), obs: indexPath(store, entry, 'obs') };
  const [hdu, obs] = await Promise.all([
    readIndexFile(store.source, paths.hdu, 'HDU index file'),
    readIndexFile(store.source, paths.obs, 'Observation index file'),
  ]);
  const hduIndex = hduIndexOf(hdu);
  const obsIds = readObservationIds(findIndexTable(obs.hdus, 'obs', obs.uri).table, obs.uri);
  const found = wanted.query && (await findIds(wanted.query, { dataset, obs, obsIds }));
  const isWanted = bothOf(wanted.isWanted, found && ((id) => found.has(String(id))));
  const ofObservations = selectObservations({ runs: wanted.runs, isWanted }, hduIndex, obsIds, dataset);
  const rows = wanted.only === undefined ? ofObservations : selectTypes(wanted.only, hduIndex, obsIds, ofObservations);
  const files = hduIndex.files(rows?.hduRows);
  refuseReservedPaths(files, rows?.hduRows, [hdu, obs], hduIndex);
  const { hduRows, obsRows, missingRuns = [] } = rows ?? {};
  return { entry, hdu, obs, hduIndex, obsIds, hduRows, obsRows, missingRuns, ...files };
}

interface SelectedIndexRows {
  readonly hduRows: Uint32Array;
  readonly obsRows: Uint32Array;
  readonly missingRuns?: readonly RunListEntry[];
}

/** IDs as text, because one table may hold numbers and the other text. */
type IdTexts = ReadonlySet<string>;

async function findIds(
  query: ObservationQuery,
  { dataset, obs, obsIds }: { dataset: string; obs: IndexFile; obsIds: ObservationIds },
): Promise<IdTexts> {
  const { table } = findIndexTable(obs.hdus, 'obs', obs.uri);
  const index = { dataset, uri: obs.uri, table, ids: obsIds, hdus: obs.hdus };
  const { ids } = await findObservations(index, planSearch(index, query));
  if (ids.length > 0) return new Set(ids.map(String));
  throw new IactError('not-found', `No observation of dataset "${dataset}" is as asked for.`, { uri: obs.uri });
}

type IsWanted = NonNullable<Wanted['isWanted']>;

function bothOf(one: IsWanted | undefined, other: IsWanted | undefined): IsWanted | undefined {
  return one && other ? (id) => one(id) && other(id) : (one ?? other);
}

/** The rows of the wanted observations; `undefined` for all. */
function selectObservations(
  { runs, isWanted }: Pick<Wanted, 'runs' | 'isWanted'>,
  hduIndex: HduIndex,
  obsIds: ObservationIds,
  dataset: string,
): SelectedIndexRows | undefined {
  if (runs === undefined) {
    return isWanted && { hduRows: rowsOf(hduIndex.ids, isWanted), obsRows: rowsOf(obsIds, isWanted) };
  }
  const { ids, missing } = selectRuns(runs, hduIndex.ids);
  const wanted = isWanted === undefined ? ids : new Set([...ids].filter(isWanted));
  if (wanted.size === 0) {
    const which = ids.size === 0 ? 'that' : 'that are as asked for and that';
    const message = `Dataset "${dataset}" has none of the observations ${which} run list "${runs.uri}" names.`;
    throw new IactError('not-found', message, { uri: runs.uri });
  }
  const block = blocksOfRuns(wanted);
  return {
    hduRows: inBlocks(hduIndex.ids, block),
    obsRows: inBlocks(obsIds, block),
    missingRuns: missing,
  };
}

/** Of these rows, those of the wanted types; and the observations that have any. */
function selectTypes(
  only: readonly string[],
  hduIndex: HduIndex,
  obsIds: ObservationIds,
  rows: SelectedIndexRows | undefined,
): SelectedIndexRows {
  const wanted = new Set(only.map((type) => type.toLowerCase()));
  const all = rows?.hduRows ?? rowsOf(hduIndex.ids, () => true);
  const hduRows = all.filter((row) => wanted.has(hduTypeOf(hduIndex, row)));
  if (hduRows.length === 0) {
    const types = [...new Set(Array.from(all, (row) => hduTypeOf(hduIndex, row)))].sort();
    const message = `No HDU of type ${[...wanted].join(', ')} is listed; there are ${types.join(', ') || 'none'}.`;
    throw new IactError('not-found', message, { uri: hduIndex.uri });
  }
  const ids = new Set(Array.from(hduRows, (row) => String(hduIndex.ids.at(row))));
  const obsRows = rows?.obsRows ?? rowsOf(obsIds, () => true);
  return { ...rows, hduRows, obsRows: obsRows.filter((row) => ids.has(String(obsIds.at(row)))) };
}

/** `HDU_TYPE` of a row, in lower case. @see GADF v0.3 hdu-index, HDU_TYPE */
export function hduTypeOf(hduIndex: HduIndex, row: number): string {
  return hduIndex.text('HDU_TYPE', row).trim().toLowerCase();
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

/**
 * Data files must not take the place of what makes the destination a store, nor that of our own files in it. Names are
 * compared without case, as some file systems do; and as a missing file is looked for as its compressed sibling.
 */
function refuseReservedPaths(
  { paths, fileOfRow }: IndexedFiles,
  rows: Uint32Array | undefined,
  indexes: readonly IndexFile[],
  hduIndex: HduIndex,
): void {
  const names = [MASTER_INDEX_NAME, ...indexes.flatMap(({ namedPath, file }) => [namedPath, file.path])];
  const reserved = new Set(names.map((path) => path.toLowerCase()));
  const isReserved = (path: string): boolean => {
    const plain = path.toLowerCase();
    if (reserved.has(plain) || reserved.has(`${plain}.gz`)) return true;
    return plain.includes(STATE_DIRECTORY) && plain.split('/').some(isOwnName);
  };
  const found = paths.findIndex(isReserved);
  if (found < 0) return;
  const index = fileOfRow.indexOf(found);
  const place = `HDU index "${hduIndex.uri}", row ${(rows?.[index] ?? index) + 1}`;
  const what = `names "${shortened(paths[found] ?? '')}" as a data file`;
  const reason = 'which is the name of an index file or of our own state';
  throw new IactError('unsafe-path', `${place}, ${what}, ${reason}.`, { uri: hduIndex.uri });
}

/** `.iact` and all that is in it, and unfinished files. */
function isOwnName(name: string): boolean {
  return name === STATE_DIRECTORY || name.startsWith(`${STATE_DIRECTORY}-`);
}
