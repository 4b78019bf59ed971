import { createHash } from 'node:crypto';
import { IactError, mapConcurrently } from '../../core/index.ts';
import { FITS_NAME, readHeads } from '../../fits/index.ts';
import { hduFacts } from '../../gadf/index.ts';
import type { Source, StoreFile } from '../../storage/index.ts';
import { walkFiles } from '../find-indexes.ts';
import type { IndexChanges, IndexEvent } from './index-events.ts';
import type { KnownFile } from './index-state.ts';
import { inflatePieces } from './inflate-pieces.ts';
import { headerFile } from './ranged-file.ts';

export interface ReadFactsRequest {
  readonly source: Source;
  /** What is known from an earlier time: a file of the same size and time is not read again. */
  readonly known: ReadonlyMap<string, KnownFile> | undefined;
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
  const { source, known, signal } = request;
  const reusable = ({ path, info }: StoreFile): KnownFile | undefined => {
    const before = known?.get(path);
    return before?.sizeBytes === info.sizeBytes && before.mtimeMs === info.mtimeMs ? before : undefined;
  };
  const toRead = files.filter((file) => reusable(file) === undefined);
  const { learnt, problems } = await lookAtEach(toRead, request, (file) => readFileFacts(source, file, signal));
  const facts = files.flatMap((file) => reusable(file) ?? learnt.get(file.path) ?? []);
  return { files: facts, read: new Set(toRead.map(({ path }) => path)), changes: changesSince(known, facts), problems };
}

/** The same facts with the MD5 of each data file, for which those are read whole that lack it. @throws {IactError} as above. */
export async function readDigests(
  facts: StoreFacts,
  files: readonly StoreFile[],
  request: Omit<ReadFactsRequest, 'known'>,
): Promise<StoreFacts> {
  const { source, signal } = request;
  const lacking = new Set(facts.files.flatMap(({ path, hdus, md5 }) => (hdus.length > 0 && !md5 ? [path] : [])));
  if (lacking.size === 0) return facts;
  const toRead = files.filter(({ path }) => lacking.has(path));
  const { learnt, problems } = await lookAtEach(toRead, request, (file) => md5Of(source, file, signal));
  const withDigest = (file: KnownFile): KnownFile[] => {
    if (!lacking.has(file.path)) return [file];
    const md5 = learnt.get(file.path);
    return md5 === undefined ? [] : [{ ...file, md5 }];
  };
  return { ...facts, files: facts.files.flatMap(withDigest), problems: new Map([...facts.problems, ...problems]) };
}

/** What is wrong with one file only. */
const FILE_FAULTS: ReadonlySet<string> = new Set(['bad-data', 'unreadable', 'not-found', 'changed']);

/** What was learnt of each file, or why that is nothing, by path. */
async function lookAtEach<T>(
  files: readonly StoreFile[],
  { jobs, signal, onEvent = () => undefined }: Pick<ReadFactsRequest, 'jobs' | 'signal' | 'onEvent'>,
  look: (file: StoreFile) => Promise<T>,
): Promise<{ learnt: Map<string, T>; problems: Map<string, string> }> {
  const learnt = new Map<string, T>();
  const problems = new Map<string, string>();
  onEvent({ type: 'plan', files: files.length });
  await mapConcurrently(files, jobs, async (file) => {
    if (signal?.aborted) throw new IactError('cancelled', 'Indexing was interrupted.', { cause: signal.reason });
    try {
      learnt.set(file.path, await look(file));
    } catch (error) {
      if (!(error instanceof IactError) || !FILE_FAULTS.has(error.code)) throw error;
      problems.set(file.path, error.message);
    }
    onEvent({ type: 'file', path: file.path, bytes: file.info.sizeBytes });
  });
  return { learnt, problems };
}

async function readFileFacts(source: Source, file: StoreFile, signal: AbortSignal | undefined): Promise<KnownFile> {
  const { path, info } = file;
  const ranged = headerFile(source, file, signal);
  try {
    const heads = await readHeads(ranged, { uri: source.uriOf(path), inflate: inflatePieces, signal });
    return { path, sizeBytes: info.sizeBytes, mtimeMs: info.mtimeMs, ...detached(hduFacts(heads)) };
  } finally {
    ranged.close();
  }
}

/** A copy whose texts are their own: those of a header are views that would keep all of it in memory. */
function detached<T>(facts: T): T {
  return JSON.parse(JSON.stringify(facts)) as T;
}

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
