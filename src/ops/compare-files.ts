import { IactError, mapConcurrently } from '../core/index.ts';
import { findFile, type Source, type StoreFile } from '../storage/index.ts';
import { type Manifest, readManifest } from '../transfer/index.ts';
import { contentEquals } from './content-equals.ts';
import type { FileReason } from './difference.ts';

/** One of two stores, as far as its files are concerned. */
export interface FilesOfStore {
  readonly source: Source;
  readonly manifest: Manifest;
}

/** What comparing a file gave. */
export interface FileComparison {
  readonly path: string;
  /** Why it is not the same; `undefined` if no difference was found. */
  readonly reason: FileReason | undefined;
  /** The strongest thing that was compared: nothing for a file that both lack. */
  readonly by: 'nothing' | 'size' | 'checksum' | 'content';
  readonly sizeBytes: { readonly a: number | null; readonly b: number | null };
  /** Why it could not be compared. */
  readonly problem?: string;
}

export interface CompareFilesOptions {
  /** Whether to read files of the same size for which not both stores know a checksum. */
  readonly content: boolean;
  readonly onFile: (comparison: FileComparison) => void;
  readonly onPlan: (files: number, bytes: number) => void;
  readonly signal?: AbortSignal | undefined;
}

const LOOKS_AT_ONCE = 32;

/** The files of a store with the checksums that are known of them. */
export async function filesOfStore(source: Source): Promise<FilesOfStore> {
  return { source, manifest: await readManifest(source) };
}

/**
 * Compares files of two stores: sizes, then the checksums in their manifests, then what they hold.
 *
 * A checksum counts if the file still has the size that it was noted with.
 *
 * @throws {IactError} `unreachable`, `cancelled`.
 */
export async function compareFiles(
  paths: readonly string[],
  a: FilesOfStore,
  b: FilesOfStore,
  options: CompareFilesOptions,
): Promise<FileComparison[]> {
  const looks = await mapConcurrently(paths, LOOKS_AT_ONCE, (path) => look(path, a, b));
  const toRead = looks.filter((each) => isUndecided(each, options.content));
  options.onPlan(
    toRead.length,
    toRead.reduce((sum, { sizeBytes }) => sum + (sizeBytes.a ?? 0), 0),
  );
  const atOnce = Math.max(1, Math.min(a.source.traits.maxReads, b.source.traits.maxReads, READS_AT_ONCE));
  const read = await mapConcurrently(toRead, atOnce, async (each) => {
    const comparison = await compareContent(each, a.source, b.source, options.signal);
    options.onFile(comparison);
    return comparison;
  });
  const byPath = new Map(read.map((each) => [each.path, each]));
  return looks.map(({ files: _, ...each }) => byPath.get(each.path) ?? each);
}

const READS_AT_ONCE = 8;

interface Look extends FileComparison {
  readonly files: { readonly a: StoreFile; readonly b: StoreFile } | undefined;
}

function isUndecided(each: Look, content: boolean): boolean {
  return content && each.reason === undefined && each.by === 'size';
}

async function look(path: string, a: FilesOfStore, b: FilesOfStore): Promise<Look> {
  const nothing = {
    path,
    reason: undefined,
    by: 'nothing',
    sizeBytes: { a: null, b: null },
    files: undefined,
  } as const;
  let files: [StoreFile | undefined, StoreFile | undefined];
  try {
    files = await Promise.all([findFile(a.source, path), findFile(b.source, path)]);
  } catch (error) {
    return { ...nothing, problem: problemOf(error) };
  }
  const [one, two] = files;
  const sizeBytes = { a: one?.info.sizeBytes ?? null, b: two?.info.sizeBytes ?? null };
  if (one === undefined && two === undefined) {
    return { ...nothing, problem: `"${path}" is in neither store, and both indexes name it.` };
  }
  if (one === undefined || two === undefined) return { ...nothing, reason: 'absent', sizeBytes };
  const pair = { a: one, b: two };
  if (one.path !== two.path) return { ...nothing, reason: 'compression', sizeBytes, files: pair };
  const found = { path, sizeBytes, files: pair };
  if (sizeBytes.a !== sizeBytes.b) return { ...found, reason: 'size', by: 'size' };
  const [sumA, sumB] = [knownSum(a, one), knownSum(b, two)];
  if (sumA === undefined || sumB === undefined) return { ...found, reason: undefined, by: 'size' };
  return { ...found, reason: sumA === sumB ? undefined : 'checksum', by: 'checksum' };
}

function knownSum({ manifest }: FilesOfStore, { path, info }: StoreFile): string | undefined {
  const entry = manifest.get(path);
  return entry?.sizeBytes === info.sizeBytes ? entry.sha256 : undefined;
}

async function compareContent(each: Look, a: Source, b: Source, signal?: AbortSignal): Promise<FileComparison> {
  const { files, ...found } = each;
  if (files === undefined) return found;
  try {
    const isSame = await contentEquals(a, files.a, b, files.b, signal);
    return { ...found, by: 'content', reason: isSame ? undefined : 'content' };
  } catch (error) {
    if (signal?.aborted) throw new IactError('cancelled', 'The comparison was stopped.', { cause: error });
    return { ...found, problem: problemOf(error) };
  }
}

/** The message of an error that concerns one file; others end the comparison. */
function problemOf(error: unknown): string {
  if (error instanceof IactError && error.code !== 'unreachable') return error.message;
  throw error;
}
