import { dirname } from 'node:path';
import { IactError, mapConcurrently } from '../core/index.ts';
import type { Hdu } from '../fits/index.ts';
import {
  type DatasetEntry,
  findHduIndexTables,
  HduIndex,
  type IndexKind,
  joinHduIndexTables,
  joinInStore,
  type MasterIndex,
  parseMasterIndex,
} from '../gadf/index.ts';
import { findFile, readText, type Source, type StoreFile } from '../storage/index.ts';
import type { Access } from './access.ts';
import { implicitMaster, type LocatedStore, locateStore } from './locate-store.ts';
import { opensAsFits, readAtOnce, readFitsFile } from './store-file.ts';

/** A store of gamma-ray data: a folder with a master index. */
export interface Store {
  /** The folder of the master index. */
  readonly source: Source;
  /** File name of the master index in that folder. */
  readonly masterName: string;
  readonly master: MasterIndex;
}

/**
 * Reads the master index of a store that was found. A store without one has a dataset for each pair of its index files.
 *
 * @throws {IactError} `not-found`, `unreadable`, or `bad-data` for what is no master index.
 */
export async function openLocatedStore(found: LocatedStore): Promise<Store> {
  const { source, masterName, hasMaster, masterText } = found;
  const uri = source.uriOf(masterName);
  const text = masterText ?? (hasMaster ? await readText(source, masterName) : await implicitMaster(found));
  return { source, masterName, master: parseMasterIndex(text, uri) };
}

/**
 * Opens a store by the path or URL of its folder, its master index, or an archive that holds it.
 *
 * @throws {IactError} `not-found`, `unreadable`, `unreachable`, or `bad-data` for what is no master index.
 */
export async function openStore(place: string, access?: Access): Promise<Store> {
  const found = await locateStore(place, access);
  try {
    return await openLocatedStore(found);
  } catch (error) {
    await found.source.close();
    throw error;
  }
}

/** As {@link openStore}, for the time of an action; connections are ended after it. */
export async function withStore<T>(place: string, access: Access, action: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(place, access);
  try {
    return await action(store);
  } finally {
    await store.source.close();
  }
}

/**
 * The name of the dataset that is meant: the one that was named, or the only one.
 *
 * @throws {IactError} `usage` if there are several and none was named; `bad-data` if there is none.
 */
export function chooseDataset({ master, source, masterName }: Store, named: string | undefined): string {
  if (named !== undefined) return named;
  const names = [...new Set(master.datasets.flatMap(({ name }) => name ?? []))];
  const [first] = names;
  const uri = source.uriOf(masterName);
  if (first === undefined) throw new IactError('bad-data', `"${uri}" lists no dataset.`, { uri });
  if (names.length === 1) return first;
  const list = names.map((name) => `"${name}"`).join(', ');
  throw new IactError('usage', `"${source.uri}" has several datasets: ${list}. Choose one with --dataset.`, { uri });
}

/** On a far server each takes some round trips, and hardly anything else. */
const DATASETS_AT_ONCE = 8;

/** A dataset with its index files, as far as they can be opened. */
export interface DatasetStatus {
  readonly entry: DatasetEntry;
  /** Both index files open as FITS. */
  readonly available: boolean;
  /** Why it is not available. */
  readonly reason: string | undefined;
}

/** Looks at every dataset of a store. One that is incomplete, or whose index files are not there, is not available. */
export async function listDatasets(store: Store): Promise<DatasetStatus[]> {
  return mapConcurrently(store.master.datasets, DATASETS_AT_ONCE, async (entry) => {
    const reason = await whyUnavailable(store, entry);
    return { entry, available: reason === undefined, reason };
  });
}

async function whyUnavailable({ source }: Store, entry: DatasetEntry): Promise<string | undefined> {
  if (entry.name === undefined) return 'it has no "name"';
  const reasons = await Promise.all([
    whyUnreadable(source, entry.obsindx, 'obsindx'),
    whyUnreadable(source, entry.hduindx, 'hduindx'),
  ]);
  return reasons.find((reason) => reason !== undefined);
}

async function whyUnreadable(source: Source, path: string | undefined, key: string): Promise<string | undefined> {
  if (path === undefined) return `it has no "${key}"`;
  try {
    // Reading harms nobody: a path that leaves the store is looked at as the originals do, and refused by a copy.
    return (await opensAsFits(source, path)) ? undefined : `"${source.uriOf(path)}" does not open as FITS`;
  } catch (error) {
    if (error instanceof IactError) return error.message;
    throw error;
  }
}

/** An index file of a dataset, read. */
export interface IndexFile {
  /** Path as the master index has it, resolved inside the store. */
  readonly namedPath: string;
  /** The file that is there. */
  readonly file: StoreFile;
  readonly uri: string;
  readonly hdus: readonly Hdu[];
  /** The bytes of the file, where they are few: they need not be fetched again. */
  readonly bytes: Uint8Array | undefined;
}

/** Larger index files are read twice rather than held twice. */
const KEPT_BYTES = 4 * 1024 * 1024;

/**
 * Finds a dataset by name.
 *
 * @throws {IactError} `not-found`, listing what there is; `bad-data` if the entry lacks an index file.
 */
export function findDataset(store: Store, name: string): DatasetEntry {
  const entry = store.master.datasets.find((each) => each.name === name);
  if (entry !== undefined) return entry;
  const names = store.master.datasets.flatMap((each) => (each.name === undefined ? [] : [`"${each.name}"`]));
  const uri = store.source.uriOf(store.masterName);
  const list = names.length === 0 ? 'none' : names.join(', ');
  throw new IactError('not-found', `There is no dataset "${name}" in "${uri}", which lists ${list}.`, { uri });
}

/** Path of an index file of a dataset inside its store. @throws `bad-data` if absent, `unsafe-path` if it leaves. */
export function indexPath(store: Store, entry: DatasetEntry, kind: IndexKind): string {
  const key = keyOf(kind);
  const master = store.source.uriOf(store.masterName);
  const place = `Master index file "${master}", dataset "${entry.name ?? ''}"`;
  const path = entry[key];
  if (path === undefined || path === '') throw new IactError('bad-data', `${place} has no "${key}".`, { uri: master });
  return joinInStore([path], `${place}, key "${key}"`);
}

function keyOf(kind: IndexKind): 'hduindx' | 'obsindx' {
  return kind === 'hdu' ? 'hduindx' : 'obsindx';
}

/** Reads an index file of a dataset. @throws `not-found` or `bad-data`. */
export async function readIndexFile(source: Source, namedPath: string, what: string): Promise<IndexFile> {
  const file = (await readAtOnce(source, namedPath, KEPT_BYTES)) ?? (await findFile(source, namedPath));
  if (file === undefined) {
    const uri = source.uriOf(namedPath);
    throw new IactError('not-found', `${what} "${uri}" does not exist.${await uncompressedHint(source, namedPath)}`, {
      uri,
    });
  }
  const chunks: Uint8Array[] = [];
  const isKept = file.info.sizeBytes <= KEPT_BYTES;
  const hdus = await readFitsFile(source, file, isKept ? (chunk) => chunks.push(chunk) : undefined);
  const bytes = isKept ? Buffer.concat(chunks) : undefined;
  const isWhole = bytes?.length === file.info.sizeBytes;
  const { path, info } = file;
  return { namedPath, file: { path, info }, uri: source.uriOf(file.path), hdus, bytes: isWhole ? bytes : undefined };
}

/** A master index may name the compressed file of a store that has been expanded; other programs do not look further. */
async function uncompressedHint(source: Source, path: string): Promise<string> {
  const plain = path.replace(/\.gz$/, '');
  if (plain === path || (await source.stat(plain))?.kind !== 'file') return '';
  return ` "${source.uriOf(plain)}" does: correct the master index ("iact init --force").`;
}

/** The HDU index of an index file; that of all event types, where each has a table of its own. */
export function hduIndexOf({ hdus, uri, file }: IndexFile): HduIndex {
  return new HduIndex(joinHduIndexTables(findHduIndexTables(hdus, uri), uri), file.path, uri);
}

/** The index files that a master index names, each path once. @throws `unsafe-path` for one outside of the store. */
export function indexPathsOf({ datasets }: MasterIndex, kind: IndexKind, masterUri: string): Set<string> {
  const key = keyOf(kind);
  const place = `Master index file "${masterUri}", key "${key}"`;
  return new Set(datasets.flatMap(({ [key]: path }) => (path ? [joinInStore([path], place)] : [])));
}

/** The HDU indexes of these paths, one after the other. @throws `not-found` or `bad-data`. */
export async function* readHduIndexes(source: Source, paths: Iterable<string>): AsyncGenerator<HduIndex, void> {
  for (const path of paths) yield hduIndexOf(await readIndexFile(source, path, 'HDU index file'));
}

/** The directory of a path as {@link LocalSource} shows it best: `''` for a bare name. */
export function directoryPart(path: string): string {
  const directory = dirname(path);
  return directory === '.' && !path.startsWith('./') ? '' : directory;
}
