import { asClause, IactError, mapConcurrently, redactUrls } from '../core/index.ts';
import { MASTER_INDEX_NAME } from '../gadf/index.ts';
import { findFile, type Source, type StoreFile } from '../storage/index.ts';
import { Digester, type ExpectedDigests, type Manifest, type ManifestEntry, readManifest } from '../transfer/index.ts';
import { checkFitsSums } from './check-fits-sums.ts';
import { ListingComparison } from './compare-listings.ts';
import { contentEquals } from './content-equals.ts';
import { indexPathsOf, readHduIndexes, type Store } from './open-store.ts';
import { pathOfShown } from './record-manifest.ts';

/** What verifying found of one file. */
export type FileState =
  /** As the manifest, or the other store, has it. */
  | 'ok'
  /** There, and nothing is known to compare it with. */
  | 'unrecorded'
  /** It is not there. */
  | 'missing'
  /** Its content is another. */
  | 'different'
  /** It could not be read. */
  | 'unreadable'
  /** The other store does not have it. */
  | 'not-there'
  /** Its own checksums are wrong. */
  | 'damaged';

export interface VerifiedFile {
  readonly path: string;
  readonly uri: string;
  readonly state: FileState;
  readonly sizeBytes: number;
  /** What is wrong, in words. */
  readonly problems: readonly string[];
}

export interface VerifyRequest {
  readonly store: Store;
  /** A store to compare with, byte by byte; index files and the master index by what they tell of what is here. */
  readonly against?: Store | undefined;
  /** Also compare CHECKSUM and DATASUM of each HDU. */
  readonly fitsChecksums?: boolean | undefined;
  /** Files under way at once. */
  readonly jobs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told of the number of files and of their bytes, as far as they are known, before the first is read. */
  readonly onPlan?: (files: number, bytes: number) => void;
  /** Told of each file, in the order in which they are done. */
  readonly onFile?: (file: VerifiedFile) => void;
}

export interface VerifyResult {
  /** Ordered by path. */
  readonly files: readonly VerifiedFile[];
  readonly bytes: number;
}

/** States that are no fault. */
const FINE: ReadonlySet<FileState> = new Set(['ok', 'unrecorded']);

/** Whether a file is as it should be, as far as can be known. */
export function isFine({ state }: VerifiedFile): boolean {
  return FINE.has(state);
}

/**
 * Reads every file of a store again: those of its manifest, and those that its indexes name. Each is compared with the
 * digest that the manifest has of it and with the `MD5` column of the index, or with the file of another store. One that
 * has neither is read all the same: that it can be is worth knowing.
 *
 * @throws {IactError} `bad-data` for an index that cannot be read; `unreachable`, `cancelled`.
 */
export async function verifyStore(request: VerifyRequest): Promise<VerifyResult> {
  const { store, against, onPlan, onFile, signal, jobs } = request;
  const manifest = await readManifest(store.source);
  const wanted = await filesToVerify(store, manifest);
  const paths = [...wanted.keys()].sort();
  onPlan?.(
    paths.length,
    paths.reduce((sum, path) => sum + (manifest.get(path)?.sizeBytes ?? 0), 0),
  );
  const listings = against && new ListingComparison(store, against);
  const files = await mapConcurrently(paths, jobs ?? store.source.traits.initialReads, async (path) => {
    if (signal?.aborted) throw new IactError('cancelled', 'Stopped before all files were verified.');
    const file = await verifyFile(path, wanted.get(path), manifest.get(path), { ...request, listings });
    onFile?.(file);
    return file;
  });
  return { files, bytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) };
}

/** Paths with the digest that an index gives of each. */
async function filesToVerify(store: Store, manifest: Manifest): Promise<Map<string, ExpectedDigests | undefined>> {
  const wanted = new Map<string, ExpectedDigests | undefined>();
  const { source, master, masterName } = store;
  if ((await source.stat(masterName))?.kind === 'file') wanted.set(masterName, undefined);
  for (const path of manifest.keys()) if (path !== MASTER_INDEX_NAME) wanted.set(path, undefined);
  const uri = source.uriOf(masterName);
  const [hdu, obs] = [indexPathsOf(master, 'hdu', uri), indexPathsOf(master, 'obs', uri)];
  for (const path of [...hdu, ...obs]) wanted.set((await findFile(source, path))?.path ?? path, undefined);
  for await (const index of readHduIndexes(source, hdu)) {
    const { paths, fileOfRow } = index.files();
    for (const [row, file] of fileOfRow.entries()) {
      const path = paths[file];
      if (path === undefined) continue;
      const md5 = index.text('MD5', row).trim().toLowerCase();
      wanted.set(path, /^[0-9a-f]{32}$/.test(md5) ? { md5 } : wanted.get(path));
    }
  }
  return wanted;
}

interface FileRequest extends VerifyRequest {
  readonly listings: ListingComparison | undefined;
}

async function verifyFile(
  path: string,
  expected: ExpectedDigests | undefined,
  entry: ManifestEntry | undefined,
  request: FileRequest,
): Promise<VerifiedFile> {
  const { source } = request.store;
  const uri = source.uriOf(path);
  const result = (state: FileState, sizeBytes: number, ...problems: string[]): VerifiedFile => ({
    path,
    uri,
    state,
    sizeBytes,
    problems,
  });
  try {
    const file = await findFile(source, path);
    if (file === undefined) return result('missing', 0, `"${uri}" does not exist.`);
    const { sizeBytes } = file.info;
    const sums = request.fitsChecksums ? await checkFitsSums(source, file, request.signal) : [];
    if (request.against !== undefined) {
      const { state, problem } = await compareWith(request.against, file, entry, request);
      if (problem !== undefined) return result(state, sizeBytes, problem, ...sums);
      return sums.length === 0 ? result('ok', sizeBytes) : result('damaged', sizeBytes, ...sums);
    }
    const faults = await compareDigests(source, file, expected, entry, request.signal);
    if (faults.length > 0) return result('different', sizeBytes, ...faults, ...sums);
    if (sums.length > 0) return result('damaged', sizeBytes, ...sums);
    return result(entry === undefined && expected === undefined ? 'unrecorded' : 'ok', sizeBytes);
  } catch (error) {
    const isOfFile = error instanceof IactError && ['unreadable', 'not-found', 'changed'].includes(error.code);
    if (isOfFile) return result('unreadable', 0, error.message);
    throw error;
  }
}

/**
 * A file that was copied from the other store is compared with what it came from: a copy may have given it another name.
 * A listing may have another name there, or none of its own: what it tells counts then.
 */
async function compareWith(
  against: Store,
  file: StoreFile,
  entry: ManifestEntry | undefined,
  { store, listings, signal }: FileRequest,
): Promise<{ readonly state: FileState; readonly problem?: string }> {
  const { source } = against;
  const original = entry && pathOfShown(source, entry.source);
  const path = file.path === store.masterName ? against.masterName : (original ?? file.path);
  const there = await findFile(source, path);
  if (there !== undefined && (await contentEquals(store.source, file, source, there, signal))) return { state: 'ok' };
  const difference = await toldDifference(file.path, listings);
  if (difference === undefined) return { state: 'ok' };
  if (there === undefined && difference === 'unknown') {
    return { state: 'not-there', problem: `"${source.uriOf(path)}" does not exist.` };
  }
  const other = there === undefined ? redactUrls(source.uri) : source.uriOf(path);
  const what = difference === 'unknown' ? '' : `: ${difference}`;
  return { state: 'different', problem: `"${store.source.uriOf(file.path)}" is not what "${other}" is${what}.` };
}

/** A store whose listing cannot be used tells otherwise, too. */
const LISTING_FAULTS: ReadonlySet<string> = new Set(['bad-data', 'not-found', 'unsafe-path']);

/** What a file tells otherwise, in words; as {@link ListingComparison.difference}. */
async function toldDifference(path: string, listings: ListingComparison | undefined): Promise<string | undefined> {
  try {
    return listings === undefined ? 'unknown' : await listings.difference(path);
  } catch (error) {
    if (error instanceof IactError && LISTING_FAULTS.has(error.code)) return asClause(error.message);
    throw error;
  }
}

async function compareDigests(
  source: Source,
  file: StoreFile,
  expected: ExpectedDigests | undefined,
  entry: ManifestEntry | undefined,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const uri = source.uriOf(file.path);
  if (entry !== undefined && entry.sizeBytes !== file.info.sizeBytes) {
    return [`"${uri}" has ${file.info.sizeBytes} bytes, and ${entry.sizeBytes} when it was copied.`];
  }
  const digester = new Digester(expected);
  for await (const chunk of source.read(file.path, { expected: file.info, signal })) digester.update(chunk);
  const { sha256, md5 } = digester.digests();
  const faults: string[] = [];
  if (entry !== undefined && entry.sha256 !== sha256) {
    faults.push(`"${uri}" has the SHA-256 digest ${sha256}, and ${entry.sha256} when it was copied.`);
  }
  if (expected?.md5 !== undefined && expected.md5 !== md5) {
    faults.push(`"${uri}" has the MD5 digest ${md5}, and the HDU index says ${expected.md5}.`);
  }
  return faults;
}
