import { createHash } from 'node:crypto';
import { IactError, mapConcurrently } from '../../core/index.ts';
import { readHeads } from '../../fits/index.ts';
import { hduFacts } from '../../gadf/index.ts';
import type { Source, StoreFile } from '../../storage/index.ts';
import { FITS_NAME, walkFiles } from '../find-indexes.ts';
import type { IndexChanges, IndexEvent } from './index-events.ts';
import type { KnownFile } from './index-state.ts';
import { inflatePieces } from './inflate-pieces.ts';
import { headerFile } from './ranged-file.ts';

export interface ReadFactsRequest {
  readonly source: Source;
  /** What is known from an earlier time: a file of the same size and time is not read again. */
  readonly known: ReadonlyMap<string, KnownFile> | undefined;
  readonly withMd5: boolean;
  /** Files that are read at the same time. */
  readonly jobs: number;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: IndexEvent) => void) | undefined;
}

export interface StoreFacts {
  /** By path. */
  readonly files: readonly KnownFile[];
  /** Paths of the files that were read this time. */
  readonly read: ReadonlySet<string>;
  readonly changes: IndexChanges;
  /** Files that could not be read, and why, by path. */
  readonly problems: ReadonlyMap<string, string>;
}

/**
 * The FITS files below the root of a store. Hidden ones, and what a copy has not finished, are not among them.
 *
 * @param outside identities of directories that are not looked into when a link leads there.
 */
export async function findFitsFiles(source: Source, outside: Iterable<string>): Promise<StoreFile[]> {
  const paths = (await walkFiles(source, outside)).filter((path) => FITS_NAME.test(path));
  const files = await mapConcurrently(paths, 8, async (path) => ({ path, info: await source.stat(path) }));
  return files.flatMap(({ path, info }) => (info?.kind === 'file' ? [{ path, info }] : []));
}

/**
 * Learns what an index needs to know of files from their headers. A file that is no FITS, broken or not to be read is
 * told, and does not stop the others.
 *
 * @throws {IactError} `cancelled`, and what is no fault of a single file.
 */
export async function readFacts(files: readonly StoreFile[], request: ReadFactsRequest): Promise<StoreFacts> {
  const { known, withMd5, jobs, onEvent = () => undefined, signal } = request;
  const reusable = (file: StoreFile): KnownFile | undefined => {
    const before = known?.get(file.path);
    const isSame = before?.sizeBytes === file.info.sizeBytes && before.mtimeMs === file.info.mtimeMs;
    const lacksMd5 = withMd5 && before?.md5 === undefined && before?.hdus.length !== 0;
    return isSame && !lacksMd5 ? before : undefined;
  };
  const toRead = files.filter((file) => reusable(file) === undefined);
  onEvent({ type: 'plan', files: toRead.length, bytes: 0 });
  const problems = new Map<string, string>();
  const read = await mapConcurrently(toRead, jobs, async (file) => {
    if (signal?.aborted) throw new IactError('cancelled', 'Indexing was interrupted.', { cause: signal.reason });
    const fact = await readFileFacts(file, request);
    if (typeof fact === 'string') problems.set(file.path, fact);
    onEvent({ type: 'file', path: file.path, bytes: file.info.sizeBytes });
    return fact;
  });
  const fresh = new Map(toRead.map(({ path }, position) => [path, read[position]]));
  const facts = files.flatMap((file): KnownFile[] => {
    const fact = reusable(file) ?? fresh.get(file.path);
    return fact === undefined || typeof fact === 'string' ? [] : [fact];
  });
  return { files: facts, read: new Set(toRead.map(({ path }) => path)), changes: changesSince(known, facts), problems };
}

/** The same facts with the MD5 of each data file, for which those are read that lack it. @throws {IactError} as above. */
export async function readDigests(
  facts: StoreFacts,
  files: readonly StoreFile[],
  options: Omit<ReadFactsRequest, 'known' | 'withMd5'>,
): Promise<StoreFacts> {
  const known = new Map(facts.files.map((file) => [file.path, file]));
  const usable = files.filter(({ path }) => known.has(path));
  const digested = await readFacts(usable, { ...options, known, withMd5: true });
  return {
    files: digested.files,
    read: new Set([...facts.read, ...digested.read]),
    changes: facts.changes,
    problems: new Map([...facts.problems, ...digested.problems]),
  };
}

/** What is known of a file, or why that is nothing. */
async function readFileFacts(file: StoreFile, request: ReadFactsRequest): Promise<KnownFile | string> {
  const { source, withMd5, signal } = request;
  const { path, info } = file;
  const ranged = headerFile(source, file, signal);
  try {
    const heads = await readHeads(ranged, { uri: source.uriOf(path), inflate: inflatePieces, signal });
    const facts = detached(hduFacts(heads));
    const md5 = withMd5 && facts.hdus.length > 0 ? await md5Of(source, file, signal) : undefined;
    return { path, sizeBytes: info.sizeBytes, mtimeMs: info.mtimeMs, ...facts, ...(md5 !== undefined && { md5 }) };
  } catch (error) {
    if (error instanceof IactError && FILE_FAULTS.has(error.code)) return error.message;
    throw error;
  } finally {
    ranged.close();
  }
}

/** A copy whose texts are their own: those of a header are views that would keep all of it in memory. */
function detached<T>(facts: T): T {
  return JSON.parse(JSON.stringify(facts)) as T;
}

/** What is wrong with one file only. */
const FILE_FAULTS: ReadonlySet<string> = new Set(['bad-data', 'unreadable', 'not-found', 'changed']);

async function md5Of(source: Source, { path, info }: StoreFile, signal: AbortSignal | undefined): Promise<string> {
  const digest = createHash('md5');
  for await (const chunk of source.read(path, { expected: info, signal })) digest.update(chunk);
  return digest.digest('hex');
}

/** Index files are no data: what changes in them is not told. */
function changesSince(known: ReadonlyMap<string, KnownFile> | undefined, files: readonly KnownFile[]): IndexChanges {
  const data = files.filter(({ hdus }) => hdus.length > 0);
  const paths = new Set(data.map(({ path }) => path));
  const isOther = (file: KnownFile) => {
    const before = known?.get(file.path);
    return before !== undefined && (before.sizeBytes !== file.sizeBytes || before.mtimeMs !== file.mtimeMs);
  };
  return {
    added: data.filter(({ path }) => known?.has(path) !== true).map(({ path }) => path),
    changed: data.filter(isOther).map(({ path }) => path),
    removed: [...(known?.values() ?? [])]
      .filter(({ hdus, path }) => hdus.length > 0 && !paths.has(path))
      .map(({ path }) => path),
  };
}
