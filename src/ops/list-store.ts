import { type ErrorCode, IactError, mapConcurrently } from '../core/index.ts';
import type { BinTable } from '../fits/index.ts';
import { type DatasetEntry, findIndexTable, type HduIndex, type IndexKind, readObservationIds } from '../gadf/index.ts';
import { type DataSize, dataSizeOf } from './data-size.ts';
import { ontimeOf, sumOfColumn, timeSpanOf } from './observation-time.ts';
import { findDataset, hduIndexOf, type IndexFile, indexPath, readIndexFile, type Store } from './open-store.ts';

/** An index file of a dataset, as it was found. */
export interface IndexListing {
  readonly kind: IndexKind;
  /** As people see it; `undefined` if the master index names none. */
  readonly uri: string | undefined;
  readonly state: 'ok' | 'missing' | 'unreadable' | 'broken';
  /** Why it is not `ok`. */
  readonly reason: string | undefined;
  readonly sizeBytes: number | undefined;
}

/** What an observation index tells. */
export interface ObservationsListing {
  readonly count: number;
  /** Observation time, dead time included; `undefined` if the index has no times. */
  readonly ontimeSeconds: number | undefined;
  readonly livetimeSeconds: number | undefined;
  readonly firstUtc: string | null;
  readonly lastUtc: string | null;
  /** Sum of EVENT_COUNT, where there is such a column. */
  readonly events: number | undefined;
  /** The objects with the numbers of their observations, most first; `undefined` without a column OBJECT. */
  readonly objects: readonly Counted[] | undefined;
}

/** What an HDU index tells. */
export interface FilesListing {
  readonly count: number;
  /** The types with the numbers of their HDUs. */
  readonly hduTypes: readonly Counted[];
  /** Absent if nobody asked. */
  readonly size: DataSize | undefined;
}

export interface Counted {
  readonly name: string;
  readonly count: number;
}

/** One dataset of a store, as far as its index files can be read. */
export interface DatasetListing {
  readonly name: string | undefined;
  /** The observation index and the HDU index. */
  readonly indexes: readonly IndexListing[];
  readonly observations: ObservationsListing | undefined;
  readonly files: FilesListing | undefined;
  /** What is wrong with it, each a sentence. */
  readonly problems: readonly string[];
}

export interface ListOptions {
  /** Only this dataset. */
  readonly dataset?: string | undefined;
  /** Whether to find out how large the data files are; a look at each of them may be needed. */
  readonly withSize: boolean;
}

const DATASETS_AT_ONCE = 4;

/**
 * Lists the datasets of a store. An index that is missing or broken is told, and hides nothing else.
 *
 * @throws {IactError} `not-found` for a dataset that the master index does not name; `unreachable`.
 */
export async function listStore(store: Store, { dataset, withSize }: ListOptions): Promise<DatasetListing[]> {
  const entries = dataset === undefined ? store.master.datasets : [findDataset(store, dataset)];
  return mapConcurrently(entries, DATASETS_AT_ONCE, (entry) => listDataset(store, entry, withSize));
}

async function listDataset(store: Store, entry: DatasetEntry, withSize: boolean): Promise<DatasetListing> {
  const obs = await lookAt(store, entry, 'obs', ({ hdus, uri }) => {
    const { table } = findIndexTable(hdus, 'obs', uri);
    readObservationIds(table, uri);
    return observationsOf(table, uri);
  });
  const hdu = await lookAt(store, entry, 'hdu', (file) => {
    const index = hduIndexOf(file);
    return { index, files: index.files() };
  });
  const indexes = [obs.listing, hdu.listing];
  const nameless = entry.name === undefined ? ['A dataset of the master index has no "name".'] : [];
  return {
    name: entry.name,
    indexes,
    observations: obs.content,
    files: hdu.content && {
      count: hdu.content.files.paths.length,
      hduTypes: typesOf(hdu.content.index),
      size: withSize ? await dataSizeOf(store.source, hdu.content.index, hdu.content.files) : undefined,
    },
    problems: [...nameless, ...indexes.flatMap(({ reason }) => reason ?? [])],
  };
}

const STATES: Readonly<Partial<Record<ErrorCode, IndexListing['state']>>> = {
  'not-found': 'missing',
  unreadable: 'unreadable',
  'bad-data': 'broken',
  'unsafe-path': 'broken',
};

const TITLES: Readonly<Record<IndexKind, string>> = { hdu: 'HDU index file', obs: 'Observation index file' };

/** Reads an index file; one that cannot be used is a result, a store that cannot be reached an error. */
async function lookAt<T>(
  store: Store,
  entry: DatasetEntry,
  kind: IndexKind,
  read: (file: IndexFile) => T,
): Promise<{ listing: IndexListing; content: T | undefined }> {
  const named = kind === 'hdu' ? entry.hduindx : entry.obsindx;
  let uri = named === undefined || named === '' ? undefined : store.source.uriOf(named);
  let sizeBytes: number | undefined;
  try {
    const file = await readIndexFile(store.source, indexPath(store, entry, kind), TITLES[kind]);
    uri = file.uri;
    sizeBytes = file.file.info.sizeBytes;
    const content = read(file);
    return { listing: { kind, uri, state: 'ok', reason: undefined, sizeBytes }, content };
  } catch (error) {
    const state = error instanceof IactError ? STATES[error.code] : undefined;
    if (state === undefined || !(error instanceof IactError)) throw error;
    const missing = uri === undefined ? 'missing' : state;
    return { listing: { kind, uri, state: missing, reason: error.message, sizeBytes }, content: undefined };
  }
}

function observationsOf(table: BinTable, uri: string): ObservationsListing {
  return {
    count: table.rowCount,
    ontimeSeconds: ontimeOf(table),
    livetimeSeconds: sumOfColumn(table, 'LIVETIME'),
    ...timeSpanOf(table, uri),
    events: sumOfColumn(table, 'EVENT_COUNT'),
    objects: countTexts(table, 'OBJECT'),
  };
}

function typesOf({ table }: HduIndex): Counted[] {
  return countTexts(table, 'HDU_TYPE') ?? countTexts(table, 'HDU_CLASS') ?? [];
}

/** The values of a column of text, most frequent first; empty ones are left out. */
function countTexts(table: BinTable, name: string): Counted[] | undefined {
  const column = table.column(name);
  const data = column && table.read(column);
  if (data?.kind !== 'string' || data.width !== 1) return undefined;
  const counts = new Map<string, number>();
  for (let row = 0; row < data.length; row++) {
    const text = data.get(row);
    if (text !== '') counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts]
    .map(([text, count]) => ({ name: text, count }))
    .sort((one, other) => other.count - one.count || (one.name < other.name ? -1 : 1));
}
