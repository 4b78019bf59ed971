import { IactError } from '../../core/index.ts';
import {
  datasetEntryFrom,
  findIndexTable,
  type IndexKind,
  jsonFrom,
  MASTER_INDEX_NAME,
  type ObservationId,
  type RunList,
  rowsOf,
  withDatasets,
} from '../../gadf/index.ts';
import { LocalDestination, parseLocation } from '../../storage/index.ts';
import { type Access, processAccess } from '../access.ts';
import { contentEquals } from '../content-equals.ts';
import type { CopyEvent, CopyResult } from '../copy-events.ts';
import { copyStore } from '../copy-store.ts';
import { type InitResult, initStore } from '../init-store.ts';
import { chooseDataset, openStore, type Store } from '../open-store.ts';
import { type Selection, selectFiles } from '../select-files.ts';
import { besideName, findDocuments } from '../store-documents.ts';
import { alignHduIndex, alignTimes, indexFileBytes } from './align-indexes.ts';
import { placeFiles } from './place-files.ts';
import { RearrangedSource } from './rearranged-source.ts';

export interface MergeRequest {
  /** Folders, master indexes, archives or URLs of stores: two or more. */
  readonly places: readonly string[];
  /** The dataset of each store; the only one of those that have one only. */
  readonly datasets?: readonly (string | undefined)[] | undefined;
  /** Directory of this machine; it becomes a store, or the dataset joins the store that it is. */
  readonly output: string;
  /** Name of the merged dataset; that of the first one if absent. */
  readonly name?: string | undefined;
  /** Which store an observation comes from that several have; if absent, that is an error. */
  readonly prefer?: 'first' | 'last' | undefined;
  readonly dryRun?: boolean | undefined;
  /** Reads under way at once; found out while copying if absent. */
  readonly jobs?: number | undefined;
  readonly access?: Access | undefined;
  readonly program: string;
  /** Told what the copy of each store tells. */
  readonly onEvent?: ((event: CopyEvent, store: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface MergeResult {
  readonly name: string;
  /** What became of each store, in the order of `places`; one that has nothing of its own is left out. */
  readonly copies: readonly CopyResult[];
  /** The master index of the merged store; `undefined` if nothing was written. */
  readonly store: InitResult | undefined;
  /** Observations that several stores have. */
  readonly shared: number;
  /** Files that got another path, because another file has theirs. */
  readonly movedFiles: number;
}

/** A store that is to be merged. */
interface Part {
  readonly store: Store;
  readonly dataset: string;
  readonly selection: Selection;
}

/**
 * Copies the datasets of several stores into one store with one index: epochs of an instrument, for one.
 *
 * Data files keep their paths, unless two stores have different files there. Index rows are joined by column names, and
 * times are converted to the reference of the first store. Each store is copied as `copyStore` does it, so that an
 * interrupted merge goes on where it was; the data of an observation are visible when its store is complete.
 *
 * @throws {IactError} before anything is written: `usage`, `not-found`, `bad-data`; `exists` for observations that
 *   several stores have, if no store is preferred; and what `copyStore` throws.
 */
export async function mergeStores(request: MergeRequest): Promise<MergeResult> {
  const { places, output, access = processAccess() } = request;
  if (request.jobs === 0) throw new IactError('usage', 'At least one file must be read at a time: --jobs 1.');
  if (places.length < 2) throw new IactError('usage', 'A merge needs two stores or more.');
  if (parseLocation(output).kind !== 'local') {
    throw new IactError(
      'usage',
      'The merged store must be a directory of this machine. Copy it to a server afterwards.',
    );
  }
  const parts: Part[] = [];
  try {
    for (const [position, place] of places.entries()) {
      const store = await openStore(place, access);
      const dataset = await chooseDatasetOrClose(store, request.datasets?.[position]);
      parts.push({ store, dataset, selection: await selectFiles(store, dataset, {}) });
    }
    return await mergeParts(parts, request);
  } finally {
    await Promise.all(parts.map(({ store }) => store.source.close()));
  }
}

async function chooseDatasetOrClose(store: Store, named: string | undefined): Promise<string> {
  try {
    return chooseDataset(store, named);
  } catch (error) {
    await store.source.close();
    throw error;
  }
}

async function mergeParts(parts: readonly Part[], request: MergeRequest): Promise<MergeResult> {
  const { output, prefer, dryRun, jobs, access, program, onEvent, signal } = request;
  const { owners, shared } = ownersOf(parts, prefer);
  const placed = await placeFiles(
    parts.map((part, position) => {
      const { store, dataset, selection } = part;
      const rows = rowsOf(selection.hduIndex.ids, (id) => owners.get(String(id)) === position);
      return { source: store.source, paths: selection.hduIndex.files(rows).paths, name: dataset };
    }),
    signal,
  );
  const name = request.name ?? parts[0]?.dataset ?? '';
  const copies: CopyResult[] = [];
  for (const [position, part] of parts.entries()) {
    const runs = shared > 0 ? runsOf(part, position, owners) : undefined;
    if (runs?.entries.length === 0) continue;
    const store = await arrange(part, parts.slice(0, position), parts[0] ?? part, placed[position] ?? new Map(), name);
    const result = await copyStore({
      store,
      dataset: name,
      runs,
      destination: output,
      access,
      prefer: 'remote',
      overwrite: 'if-different',
      jobs,
      dryRun,
      program,
      onEvent: (event) => onEvent?.(event, position),
      signal,
    });
    copies.push(result);
  }
  const moved = placed.reduce((sum, { size }) => sum + size, 0);
  const isComplete = !dryRun && (await new LocalDestination(output).stat(MASTER_INDEX_NAME)) !== undefined;
  const store = isComplete ? await initStore({ directory: output, force: true, program }) : undefined;
  return { name, copies, store, shared, movedFiles: moved };
}

/** Which store each observation comes from, and how many of them several stores have. */
function ownersOf(
  parts: readonly Part[],
  prefer: 'first' | 'last' | undefined,
): { owners: ReadonlyMap<string, number>; shared: number } {
  const owners = new Map<string, number>();
  const shared: ObservationId[] = [];
  for (const [position, { selection }] of parts.entries()) {
    const own = new Set<ObservationId>();
    for (const ids of [selection.obsIds, selection.hduIndex.ids])
      for (let row = 0; row < ids.length; row++) own.add(ids.at(row));
    for (const id of own) {
      const known = owners.has(String(id));
      if (known) shared.push(id);
      if (!known || prefer === 'last') owners.set(String(id), position);
    }
  }
  if (shared.length > 0 && prefer === undefined) throw sharedObservations(shared);
  return { owners, shared: new Set(shared).size };
}

function sharedObservations(shared: readonly ObservationId[]): IactError {
  const named = shared.slice(0, 5).join(', ');
  const more = shared.length > 5 ? ` and ${shared.length - 5} more` : '';
  const remedy = 'Use --prefer first or --prefer last to say whose data count';
  return new IactError('exists', `Several stores have the observations ${named}${more}. ${remedy}.`);
}

function runsOf({ store, selection }: Part, position: number, owners: ReadonlyMap<string, number>): RunList {
  const texts = new Set<string>();
  for (const ids of [selection.obsIds, selection.hduIndex.ids]) {
    for (let row = 0; row < ids.length; row++) {
      if (owners.get(String(ids.at(row))) === position) texts.add(String(ids.at(row)));
    }
  }
  const entries = [...texts].map((text, index) => {
    const value = /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
    return { text, value, line: index + 1 };
  });
  return { uri: store.source.uri, entries };
}

/** The store as it looks in the merged one: index files, documents and data files where they will be. */
async function arrange(
  { store, selection }: Part,
  earlier: readonly Part[],
  main: Part,
  placed: ReadonlyMap<string, string>,
  name: string,
): Promise<Store> {
  const { hdu, obs, hduIndex } = selection;
  const paths = { hdu: main.selection.hdu.namedPath, obs: main.selection.obs.namedPath };
  const moved = new Map([...placed].map(([from, to]) => [to, from]));
  await moveSiblings(store, moved);
  const made = new Map<string, Uint8Array>();
  if (store !== main.store) {
    const mainObs = findIndexTable(main.selection.obs.hdus, 'obs', main.selection.obs.uri).table;
    const tables = new Map<IndexKind, ReturnType<typeof alignTimes>>([
      ['hdu', alignHduIndex(hduIndex, main.selection.hduIndex, placed)],
      ['obs', alignTimes(findIndexTable(obs.hdus, 'obs', obs.uri).table, mainObs)],
    ]);
    if (paths.hdu === paths.obs) {
      const both = { hdus: hdu === obs || hdu.uri === obs.uri ? hdu.hdus : main.selection.hdu.hdus, uri: hdu.uri };
      made.set(paths.hdu, await indexFileBytes(both, tables, paths.hdu));
    } else {
      made.set(paths.hdu, await indexFileBytes(hdu, only(tables, 'hdu'), paths.hdu));
      made.set(paths.obs, await indexFileBytes(obs, only(tables, 'obs'), paths.obs));
    }
    for (const [to, from] of await moveDocuments(store, selection, earlier)) moved.set(to, from);
  }
  const json = new Map(main.selection.entry.json);
  for (const [key, value] of Object.entries({ name, hduindx: paths.hdu, obsindx: paths.obs }))
    json.set(key, jsonFrom(value));
  const master = withDatasets(store.master, [datasetEntryFrom(json)]);
  return { source: new RearrangedSource(store.source, { made, moved }), masterName: store.masterName, master };
}

function only<V>(tables: ReadonlyMap<IndexKind, V>, kind: IndexKind): Map<IndexKind, V> {
  return new Map([...tables].filter(([each]) => each === kind));
}

/** A file may be there as its compressed sibling: that one moves with it. */
async function moveSiblings({ source }: Store, moved: Map<string, string>): Promise<void> {
  for (const [to, from] of [...moved]) {
    if ((await source.stat(from)) === undefined) moved.set(`${to}.gz`, `${from}.gz`);
  }
}

/** Documents of which an earlier store has another one of that name, by the name that they get. */
async function moveDocuments(
  store: Store,
  { entry }: Selection,
  earlier: readonly Part[],
): Promise<Map<string, string>> {
  const moved = new Map<string, string>();
  for (const document of await findDocuments(store.source)) {
    // What cannot be read is told when it is to be copied.
    if ('error' in document) continue;
    for (const other of earlier) {
      const info = await other.store.source.stat(document.path);
      if (info?.kind !== 'file') continue;
      if (await contentEquals(other.store.source, { path: document.path, info }, store.source, document)) break;
      moved.set(besideName(document.path, entry.name ?? 'store'), document.path);
      break;
    }
  }
  return moved;
}
