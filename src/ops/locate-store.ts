import { basename, resolve } from 'node:path';
import { IactError, redactUrls } from '../core/index.ts';
import { formatJson, jsonFrom, MASTER_INDEX_NAME } from '../gadf/index.ts';
import { isArchiveName, openArchive, type Source, splitPlace } from '../storage/index.ts';
import { JOURNAL_PATH, MANIFEST_PATH } from '../transfer/index.ts';
import { type Access, openFolder, processAccess } from './access.ts';
import { directoriesAbove } from './directories-above.ts';
import { DEFAULT_PAIR, findIndexes, type IndexPair, pairUpNames } from './find-indexes.ts';
import { isLocalPlace, localPathOf } from './local-place.ts';
import { proposeNames } from './propose-names.ts';
import { readAtOnce } from './store-file.ts';

/** A larger master index is read when it is needed. */
const SMALL_BYTES = 256 * 1024;
/** What JSON begins with is among these, unless somebody indents it by more. */
const START_BYTES = 256;

/** What most stores have beside their master index, and a copy reads. */
const FILES_OF_MOST = [DEFAULT_PAIR.hdu, DEFAULT_PAIR.obs, MANIFEST_PATH];

/** Where a store is: opened, and its master index not yet read. */
export interface LocatedStore {
  /** The folder of the master index. */
  readonly source: Source;
  /** File name of the master index in that folder. */
  readonly masterName: string;
  /** The master index is there: a regular file, links followed. */
  readonly hasMaster: boolean;
  /** The user named the master index itself: nothing else will do. */
  readonly isNamed: boolean;
  /** The store is in a folder of this machine, and not in an archive or on a server. */
  readonly isFolder: boolean;
  /** Its content, where that was as soon there as the answer that it exists. */
  readonly masterText?: string;
  /** Name of the folder, for a dataset that has none. */
  readonly name: string;
}

/**
 * Finds a store by the path or URL of its folder, of its master index, or of an archive that holds it.
 *
 * @throws {IactError} `not-found` if nothing is there; `unreachable`, `unreadable`, or `bad-data` for a broken archive.
 */
export async function locateStore(place: string, access: Access = processAccess()): Promise<LocatedStore> {
  const archive = archiveOf(place);
  if (archive !== undefined) return locateInArchive(archive.place, archive.masterName, access);
  const { folder, name } = splitPlace(place);
  const isMaster = isMasterName(name);
  const path = localPathOf(place);
  if (path === undefined) {
    const source = await openFolder(isMaster ? folder : place, access, FILES_OF_MOST);
    return isMaster
      ? located(source, { masterName: name, name: splitPlace(folder).name, isNamed: true, isFolder: false })
      : located(source, { masterName: MASTER_INDEX_NAME, name, isNamed: false, isFolder: false });
  }
  const parent = await openFolder(folder, access);
  const info = await parent.stat(name);
  if (info === undefined && !isMaster)
    throw new IactError('not-found', `There is no store "${place}".`, { uri: place });
  if (info?.kind === 'directory') {
    const known = { masterName: MASTER_INDEX_NAME, name: basename(resolve(path)), isNamed: false, isFolder: true };
    return located(await openFolder(place, access), known);
  }
  const named = { masterName: name, name: basename(resolve(folder)), isNamed: true, isFolder: true };
  const found = await located(parent, named);
  if (!isMaster && !(await mayBeMaster(found))) {
    await parent.close();
    throw noMaster(place);
  }
  return found;
}

/** Whether a store is named by an archive, or a master index in one. A folder may have such a name, too. */
export function namesArchive(place: string): boolean {
  return archiveOf(place) !== undefined;
}

function archiveOf(place: string): { place: string; masterName: string | undefined } | undefined {
  const { folder, name } = splitPlace(place);
  if (isArchiveName(name)) return { place, masterName: undefined };
  const isInArchive = isMasterName(name) && isArchiveName(splitPlace(folder).name);
  return isInArchive ? { place: folder, masterName: name } : undefined;
}

function isMasterName(name: string): boolean {
  return /\.json$/i.test(name);
}

/** A master index may have any name, and begins as JSON does. */
async function mayBeMaster({ source, masterName, masterText, hasMaster }: LocatedStore): Promise<boolean> {
  if (!hasMaster) return false;
  const chunks: Uint8Array[] = [];
  if (masterText === undefined) {
    for await (const chunk of source.read(masterName, { end: START_BYTES })) chunks.push(chunk);
  }
  const text = masterText ?? new TextDecoder().decode(Buffer.concat(chunks));
  return /^\s*(?:[[{]|$)/.test(text);
}

function noMaster(place: string): IactError {
  const needed = 'Give the folder of a store, its master.json, or an archive (.tar, .tar.gz, .tgz) that holds it';
  return new IactError('bad-data', `"${place}" is neither a store nor a master index. ${needed}.`, { uri: place });
}

type KnownOfStore = Pick<LocatedStore, 'masterName' | 'name' | 'isNamed' | 'isFolder'>;

async function located(source: Source, known: KnownOfStore): Promise<LocatedStore> {
  const { masterName } = known;
  try {
    const read = await readAtOnce(source, masterName, SMALL_BYTES);
    if (read !== undefined) {
      const masterText = new TextDecoder().decode(read.bytes);
      return { ...known, source, hasMaster: true, masterText };
    }
    const info = await source.stat(masterName);
    return { ...known, source, hasMaster: info?.kind === 'file' };
  } catch (error) {
    await source.close();
    throw error;
  }
}

async function locateInArchive(place: string, named: string | undefined, access: Access): Promise<LocatedStore> {
  const { folder, name } = splitPlace(place);
  const masterName = named ?? MASTER_INDEX_NAME;
  const isNamed = named !== undefined;
  const files = await openFolder(folder, access);
  const { signal, env, onNote, onArchive } = access;
  const tempDirectory = env['TMPDIR'];
  try {
    // A folder may have such a name, too.
    if ((await files.stat(name))?.kind !== 'directory') {
      const archive = await openArchive(files, name, {
        ...(tempDirectory && { tempDirectory }),
        ...(signal && { signal }),
        onProgress: (doneBytes, sizeBytes) => onArchive?.({ uri: files.uriOf(name), doneBytes, sizeBytes }),
      });
      for (const note of archive.notes) onNote?.(note);
      return await located(archive, { masterName, name: archive.name, isNamed, isFolder: false });
    }
  } catch (error) {
    await files.close();
    throw error;
  }
  await files.close();
  const isFolder = isLocalPlace(place);
  return located(await openFolder(place, access, FILES_OF_MOST), { masterName, name, isNamed, isFolder });
}

/**
 * The text of a master index for a store that has none: each pair of index files that is found is a dataset.
 *
 * @throws {IactError} `not-found` if there is none.
 */
export async function implicitMaster(found: LocatedStore): Promise<string> {
  const { source, masterName, isNamed, name } = found;
  if (isNamed) {
    const uri = source.uriOf(masterName);
    throw new IactError('not-found', `"${uri}" does not exist.`, { uri });
  }
  const directory = localPathOf(source.uri);
  const pairs = (await pairsAtRoot(source)) ?? (directory === undefined ? [] : await pairsBelow(source, directory));
  if (pairs.length === 0) throw await noStore(found);
  const names = proposeNames(pairs, name);
  const datasets = pairs.map(({ hdu, obs }, position) => ({
    name: names[position] ?? name,
    hduindx: hdu,
    obsindx: obs,
  }));
  return formatJson(jsonFrom({ datasets }));
}

async function pairsBelow(source: Source, directory: string): Promise<readonly IndexPair[]> {
  return (await findIndexes(source, await directoriesAbove(directory))).pairs;
}

async function noStore({ source, masterName, isFolder }: LocatedStore): Promise<IactError> {
  const uri = redactUrls(source.uri);
  const what = `"${uri}" is no store: it has no master index "${masterName}" and no index files.`;
  const error = (message: string): IactError => new IactError('not-found', message, { uri });
  // On a server nothing can be indexed, and a folder that is not there mostly looks like one that is empty.
  if (!isLocalPlace(source.uri)) return error(`${what} Is the path right?`);
  if (!isFolder) return error(`${what} Unpack it, and "iact index" makes them.`);
  const isBegun = (await source.stat(JOURNAL_PATH)) !== undefined;
  if (isBegun) return error(`"${uri}" is no store yet: what wrote to it was interrupted. Run that command again.`);
  return error(`${what} "iact index" makes them.`);
}

/** Whether a store is there: a master index, or index files that make up for it. */
export async function isStore(found: LocatedStore): Promise<boolean> {
  return found.hasMaster || (!found.isNamed && ((await pairsAtRoot(found.source)) ?? []).length > 0);
}

/** Names that producers give to index files; asked for one by one where a store does not tell what it holds. */
const USUAL_NAMES = [DEFAULT_PAIR.hdu, DEFAULT_PAIR.obs].flatMap((name) => [name, name.replace(/\.gz$/, '')]);

async function pairsAtRoot(source: Source): Promise<readonly IndexPair[] | undefined> {
  const entries = await source.list('');
  const names =
    entries?.filter(({ kind }) => kind === 'file').map((entry) => entry.name) ?? (await present(source, USUAL_NAMES));
  const pairs = pairUpNames(names);
  return pairs.length > 0 ? pairs : undefined;
}

async function present(source: Source, names: readonly string[]): Promise<string[]> {
  const infos = await Promise.all(names.map((name) => source.stat(name)));
  return names.filter((_, position) => infos[position]?.kind === 'file');
}
