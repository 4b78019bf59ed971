import { IactError } from '../core/index.ts';
import { type DatasetEntry, indexesAmong, joinInStore, type ObservationId } from '../gadf/index.ts';
import type { DatasetFacts, FileFacts, HduFacts, IndexFacts, ObservationRows, StoreFacts } from './facts.ts';
import { fileFacts } from './file-facts.ts';
import type { Place } from './finding.ts';
import { HDU_INDEX, OBS_INDEX } from './formats/index.ts';
import { type IndexRows, idsOf, NO_ROWS, readIndexRows } from './index-rows.ts';
import { readFile } from './read-file.ts';

/** A dataset with its index files, which may be one and the same. */
export interface OpenedDataset {
  /** One, or one for each HDU index of the file: event types may have tables of their own. */
  readonly parts: readonly DatasetFacts[];
  /** The index files that are there. */
  readonly files: readonly FileFacts[];
}

/** Reads the indexes of a dataset, as far as they are there. */
export async function openDataset(
  store: StoreFacts,
  entry: DatasetEntry,
  position: number,
  signal?: AbortSignal,
): Promise<OpenedDataset> {
  const name = entry.name ?? `dataset ${position + 1}`;
  const place: Place = { uri: store.place.uri, dataset: name };
  const files = new Map<string, FileFacts>();
  const open = async (key: 'hduindx' | 'obsindx'): Promise<FileFacts | undefined> => {
    const path = indexPathOf(entry, key);
    if (path === undefined) return undefined;
    const known = files.get(path);
    if (known !== undefined) return known;
    // An index may be held in memory, once.
    const reading = { maxTableBytes: Number.POSITIVE_INFINITY, md5: false, signal };
    const content = await readFile({ source: store.source, path, ...reading });
    const file = fileFacts(content, { role: 'index', dataset: name, index: place, listed: [] });
    files.set(path, file);
    return file;
  };
  const indexFiles = { hdu: await open('hduindx'), obs: await open('obsindx') };
  const hduIndexes = indexesOf(indexFiles.hdu, 'hdu');
  const [obsIndex] = indexesOf(indexFiles.obs, 'obs');
  const common = { store, position, name, entry, place, obsIndex, indexFiles, isPart: hduIndexes.length > 1 };
  const listed = new Set<ObservationId>();
  const tables = (hduIndexes.length > 0 ? hduIndexes : [undefined]).map((hduIndex) => {
    const rows = hduIndex ? readIndexRows(hduIndex.table, hduIndex.file.path, hduIndex.place.uri) : NO_ROWS;
    const own = new Set<ObservationId>();
    for (let row = 0; row < rows.count; row++) own.add(rows.id(row));
    for (const id of own) listed.add(id);
    return { hduIndex, rows, own };
  });
  const parts = tables.map(({ hduIndex, rows, own }, part): DatasetFacts => {
    // What no HDU index lists is told once.
    const isAsked = (id: ObservationId) => own.has(id) || (part === 0 && !listed.has(id));
    return { ...common, hduIndex, rows, observations: observationsIn(rows, obsIndex, isAsked) };
  });
  const withIndexes = [...files.values()].map((file) => markIndexes(file, [...hduIndexes, obsIndex]));
  return { parts, files: withIndexes };
}

function observationsIn(
  rows: IndexRows,
  obsIndex: IndexFacts | undefined,
  isAsked: (id: ObservationId) => boolean,
): Map<ObservationId, ObservationRows> {
  const obsIds = obsIndex && idsOf(obsIndex.table, obsIndex.place.uri);
  const observations = new Map<ObservationId, ObservationRows>();
  const rowsOf = (id: ObservationId): ObservationRows => {
    const known = observations.get(id);
    if (known !== undefined) return known;
    const added = { hduRows: [], obsRows: [] };
    if (id !== '') observations.set(id, added);
    return added;
  };
  for (let row = 0; row < (obsIndex?.table.rowCount ?? 0); row++) {
    const id = obsIds?.(row) ?? '';
    if (isAsked(id)) rowsOf(id).obsRows.push(row);
  }
  for (let row = 0; row < rows.count; row++) rowsOf(rows.id(row)).hduRows.push(row);
  // An array that grew has room for many more.
  for (const [id, { hduRows, obsRows }] of observations)
    observations.set(id, { hduRows: hduRows.slice(), obsRows: obsRows.slice() });
  return observations;
}

/** The path of an index file inside the store; `undefined` if the entry names none there. */
export function indexPathOf(entry: DatasetEntry, key: 'hduindx' | 'obsindx'): string | undefined {
  const path = entry[key];
  if (path === undefined || path === '') return undefined;
  try {
    return joinInStore([path], '');
  } catch (error) {
    if (error instanceof IactError) return undefined;
    throw error;
  }
}

/** The index tables of a kind that are read. */
function indexesOf(file: FileFacts | undefined, kind: IndexFacts['kind']): IndexFacts[] {
  if (file === undefined) return [];
  const tables = file.hdus.flatMap(({ table, header, name, place }) =>
    table === undefined ? [] : [{ table, place, header, name, kind: 'bintable' as const }],
  );
  return indexesAmong(tables, kind).map(({ table, place }) => ({ kind, file, table, place }));
}

/** Tells the index tables among the HDUs of a file, so that they are checked as such. */
function markIndexes(file: FileFacts, indexes: readonly (IndexFacts | undefined)[]): FileFacts {
  const formatOf = (hdu: HduFacts): HduFacts['format'] => {
    const index = indexes.find((each) => each !== undefined && each.table === hdu.table && hdu.table !== undefined);
    if (index === undefined) return hdu.format;
    return index.kind === 'hdu' ? HDU_INDEX : OBS_INDEX;
  };
  return { ...file, hdus: file.hdus.map((hdu) => ({ ...hdu, format: formatOf(hdu) })) };
}
