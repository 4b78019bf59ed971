import { IactError } from '../../core/index.ts';
import { MASTER_INDEX_NAME, type ObservationId, rowsOf } from '../../gadf/index.ts';
import { LocalDestination, pathsOf } from '../../storage/index.ts';
import { type Access, processAccess, readsMuch } from '../access.ts';
import type { CopyEvent, CopyResult } from '../copy-events.ts';
import { type CopyRequest, copyStore } from '../copy-store.ts';
import { refuseSamePlace } from '../copy-target.ts';
import { refuseIndistinctNames } from '../distinct-names.ts';
import { type InitResult, initStore } from '../init-store.ts';
import { requireLocalPath } from '../local-place.ts';
import { chooseDataset, openStore, type Store } from '../open-store.ts';
import { selectFiles } from '../select-files.ts';
import { withLock } from '../with-lock.ts';
import { arrangeStore, hasOwnIndexes, type Part } from './arrange-store.ts';
import { pathsInUse } from './paths-in-use.ts';
import { placeFiles } from './place-files.ts';

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
  /** Handed the limit on the reads of each copy, which whoever learns of overload may tell. */
  readonly onLimit?: CopyRequest['onLimit'];
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

/**
 * Copies the datasets of several stores into one store with one index: epochs of an instrument, for one.
 *
 * Data files keep their paths, unless two stores, or other observations that the output has before, have different files
 * there. Index rows are joined by column names, and times are converted to the reference of the first store. Each store is
 * copied as `copyStore` does it, so that an interrupted merge goes on where it was; the data of an observation are visible
 * when its store is complete.
 *
 * @throws {IactError} before anything is written: `usage`, `not-found`, `bad-data`; `exists` for observations that
 *   several stores have, if no store is preferred; and what `copyStore` throws.
 */
export async function mergeStores(request: MergeRequest): Promise<MergeResult> {
  const { places, output, access = processAccess(), signal } = request;
  if (places.length < 2) throw new IactError('usage', 'A merge needs two stores or more.');
  const directory = requireLocalPath(output, 'Merge into one, and copy the merged store to a server afterwards.');
  const stores: Store[] = [];
  try {
    const parts: Part[] = [];
    for (const [position, place] of places.entries()) {
      refuseToGoOn(signal);
      // The first one is copied first; what is made ready for others would wait for that, and take part of a server from all.
      const store = await openStore(place, { ...access, readsMuch: position === 0 && readsMuch(request) });
      stores.push(store);
      // Each before anything is written: a later store must not have become another one by then.
      await refuseSamePlace(store.source.uri, output);
      const dataset = chooseDataset(store, request.datasets?.[position]);
      parts.push({ store, dataset, selection: await selectFiles(store, dataset, {}) });
    }
    return await mergeParts(parts, new LocalDestination(directory), request);
  } finally {
    await Promise.all(stores.map(({ source }) => source.close()));
  }
}

async function mergeParts(
  parts: readonly Part[],
  destination: LocalDestination,
  request: MergeRequest,
): Promise<MergeResult> {
  const { output, prefer, dryRun, jobs, access, program, onLimit, onEvent, signal } = request;
  const { owners, shared } = ownersOf(parts, prefer);
  const name = request.name ?? parts[0]?.dataset ?? '';
  const arranged = await arrangeParts(parts, { owners, shared }, destination, { name, signal });
  if (!dryRun) {
    const names = [...new Set(arranged.flatMap(({ paths }) => paths))];
    await withLock(destination, program, () => refuseIndistinctNames(names, destination));
  }
  const copies: CopyResult[] = [];
  for (const [order, { position, store, isWanted }] of arranged.entries()) {
    refuseToGoOn(signal);
    const result = await copyStore({
      store,
      dataset: name,
      isWanted,
      destination: output,
      access,
      prefer: 'remote',
      overwrite: 'if-different',
      laterPaths: async () => new Set(arranged.slice(order + 1).flatMap(({ paths }) => paths.flatMap(pathsOf))),
      jobs,
      onLimit,
      dryRun,
      program,
      onEvent: (event) => onEvent?.(event, position),
      signal,
    });
    copies.push(result);
  }
  const movedFiles = arranged.reduce((sum, { moved }) => sum + moved, 0);
  const isComplete = !dryRun && (await destination.stat(MASTER_INDEX_NAME)) !== undefined;
  const store = isComplete ? await initStore({ directory: output, force: true, program }) : undefined;
  return { name, copies, store, shared, movedFiles };
}

/** Which store each observation comes from, by its position, and how many observations several stores have. */
interface Ownership {
  readonly owners: ReadonlyMap<string, number>;
  readonly shared: number;
}

/** A store as it looks in the merged one. */
interface ArrangedPart {
  /** Among the stores that are merged. */
  readonly position: number;
  readonly store: Store;
  /** What of it comes; `undefined` if all does. */
  readonly isWanted: ((id: ObservationId) => boolean) | undefined;
  /** Where the files that come will be. */
  readonly paths: readonly string[];
  /** How many of them get another path. */
  readonly moved: number;
}

/**
 * The stores that something comes from, as they look in the merged one. All of them before the first is copied: what is bad
 * in any is told by then.
 */
async function arrangeParts(
  parts: readonly Part[],
  { owners, shared }: Ownership,
  output: LocalDestination,
  { name, signal }: { readonly name: string; readonly signal: AbortSignal | undefined },
): Promise<ArrangedPart[]> {
  const ownerOf = (id: ObservationId) => owners.get(String(id));
  const files = parts.map(({ store, dataset, selection: { hduIndex } }, position) => {
    const rows = rowsOf(hduIndex.ids, (id) => ownerOf(id) === position);
    return { source: store.source, paths: hduIndex.files(rows).paths, name: dataset };
  });
  const inUse = await pathsInUse(output, parts[0]?.selection.hdu.namedPath ?? '', ownerOf);
  const places = await placeFiles(files, { output, inUse, signal });
  const bringing = new Set(owners.values());
  const arranged: ArrangedPart[] = [];
  for (const [position, part] of parts.entries()) {
    if (shared > 0 && !bringing.has(position)) continue;
    refuseToGoOn(signal);
    const placed = places[position] ?? new Map();
    const target = { main: parts[0] ?? part, placed, name, signal };
    const store = await arrangeStore(part, parts.slice(0, position), target);
    const isWanted = shared === 0 ? undefined : (id: ObservationId) => ownerOf(id) === position;
    // Of indexes that stay as they are, nothing new can be learnt.
    const own = hasOwnIndexes(part, target) ? await selectFiles(store, name, { isWanted }) : files[position];
    arranged.push({ position, store, isWanted, paths: own?.paths ?? [], moved: placed.size });
  }
  return arranged;
}

/** @throws {IactError} `exists` for observations that several stores have, if no store is preferred. */
function ownersOf(parts: readonly Part[], prefer: 'first' | 'last' | undefined): Ownership {
  const owners = new Map<string, number>();
  const shared: string[] = [];
  for (const [position, { selection }] of parts.entries()) {
    // By text, because one index may hold numbers and the other text.
    const own = new Set<string>();
    for (const ids of [selection.obsIds, selection.hduIndex.ids])
      for (let row = 0; row < ids.length; row++) own.add(String(ids.at(row)));
    for (const id of own) {
      const known = owners.has(id);
      if (known) shared.push(id);
      if (!known || prefer === 'last') owners.set(id, position);
    }
  }
  if (shared.length > 0 && prefer === undefined) throw sharedObservations(shared);
  return { owners, shared: new Set(shared).size };
}

function sharedObservations(shared: readonly string[]): IactError {
  const named = shared.slice(0, 5).join(', ');
  const more = shared.length > 5 ? ` and ${shared.length - 5} more` : '';
  const remedy = 'Use --prefer first or --prefer last to say whose data count';
  return new IactError('exists', `Several stores have the observations ${named}${more}. ${remedy}.`);
}

function refuseToGoOn(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  const message = 'The merge was stopped. Run the same command again to finish it.';
  throw new IactError('cancelled', message, { cause: signal.reason });
}
