import { IactError } from '../../core/index.ts';
import { MASTER_INDEX_NAME, type ObservationId, type RunList, rowsOf } from '../../gadf/index.ts';
import { LocalDestination, parseLocation } from '../../storage/index.ts';
import { type Access, processAccess } from '../access.ts';
import type { CopyEvent, CopyResult } from '../copy-events.ts';
import { type CopyRequest, copyStore } from '../copy-store.ts';
import { type InitResult, initStore } from '../init-store.ts';
import { chooseDataset, openStore, type Store } from '../open-store.ts';
import { selectFiles } from '../select-files.ts';
import { arrangeStore, type Part } from './arrange-store.ts';
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
 * Data files keep their paths, unless two stores have different files there. Index rows are joined by column names, and
 * times are converted to the reference of the first store. Each store is copied as `copyStore` does it, so that an
 * interrupted merge goes on where it was; the data of an observation are visible when its store is complete.
 *
 * @throws {IactError} before anything is written: `usage`, `not-found`, `bad-data`; `exists` for observations that
 *   several stores have, if no store is preferred; and what `copyStore` throws.
 */
export async function mergeStores(request: MergeRequest): Promise<MergeResult> {
  const { places, output, access = processAccess(), signal } = request;
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
      refuseToGoOn(signal);
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
  const { output, prefer, dryRun, jobs, access, program, onLimit, onEvent, signal } = request;
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
  const pathsOf = ({ selection }: Part, position: number): string[] =>
    selection.paths.flatMap((path) => {
      const target = placed[position]?.get(path) ?? path;
      // A file may be there as its compressed sibling.
      return [target, `${target}.gz`];
    });
  const runs = parts.map((part, position) => (shared > 0 ? runsOf(part, position, owners) : undefined));
  const isCopied = (position: number) => runs[position]?.entries.length !== 0;
  for (const [position, part] of parts.entries()) {
    if (!isCopied(position)) continue;
    const isLater = (other: number) => other > position && isCopied(other);
    const later = parts.flatMap((each, other) => (isLater(other) ? pathsOf(each, other) : []));
    refuseToGoOn(signal);
    const target = { main: parts[0] ?? part, placed: placed[position] ?? new Map(), name, signal };
    const store = await arrangeStore(part, parts.slice(0, position), target);
    const result = await copyStore({
      store,
      dataset: name,
      runs: runs[position],
      destination: output,
      access,
      prefer: 'remote',
      overwrite: 'if-different',
      laterPaths: new Set(later),
      jobs,
      onLimit,
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

function refuseToGoOn(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  const message = 'The merge was stopped. Run the same command again to finish it.';
  throw new IactError('cancelled', message, { cause: signal.reason });
}
