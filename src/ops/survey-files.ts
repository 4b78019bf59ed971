import { directoryOf, IactError, mapConcurrently } from '../core/index.ts';
import {
  type Destination,
  type FileInfo,
  findFile,
  pathsOf,
  type Source,
  type StoreFile,
  whyNoFile,
} from '../storage/index.ts';
import {
  type Candidate,
  type FileVersion,
  isTrueBeginning,
  type JournalEntry,
  type JournalView,
  type Manifest,
  type ManifestEntry,
  type Overwrite,
} from '../transfer/index.ts';
import { contentEquals } from './content-equals.ts';
import type { FailedFile } from './copy-events.ts';
import type { DigestsOf } from './expected-digests.ts';
import { digestFile } from './record-manifest.ts';

/** A look costs a round trip or two, and hardly anything else. */
export const LOOKS_PER_READ = 4;

export interface Survey {
  readonly candidates: readonly Candidate[];
  readonly missing: readonly FailedFile[];
}

export interface SurveyOptions {
  readonly source: Source;
  readonly destination: Destination;
  readonly journal: JournalView;
  readonly overwrite: Overwrite;
  readonly digestsOf: DigestsOf;
  /** Of the destination. */
  readonly manifest: Manifest;
  /** The source is asked of every file, also where a copy will learn it as it goes. */
  readonly askAll?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Looks at every file on both sides of a copy. A file that the source lacks, or will not show, is named.
 *
 * A source that tells of a file as it opens it is not asked for files that are copied whatever it says: where it is far
 * away, that takes as long as fetching them.
 */
export async function surveyFiles(paths: readonly string[], options: SurveyOptions): Promise<Survey> {
  const thereBefore = statInDirectories(options.destination);
  const mayWait = whatMayWait(paths, options, thereBefore);
  const looks = await mapConcurrently(paths, LOOKS_PER_READ * options.source.traits.maxReads, async (path) => {
    if (options.signal?.aborted) throw new IactError('cancelled', 'The copy was stopped before anything was copied.');
    return (await mayWait(path)) ? unasked(path) : look(path, options, thereBefore);
  });
  const candidates: Candidate[] = [];
  const missing: FailedFile[] = [];
  const byPath = new Map<string, Candidate>();
  for (const each of looks) {
    if ('error' in each) {
      missing.push(each);
      continue;
    }
    // A file may stand for another name, too: "a.fits.gz" for itself and for "a.fits".
    const known = byPath.get(each.path);
    if (known === undefined) byPath.set(each.path, each);
    else byPath.set(each.path, { ...known, namedPaths: [...known.namedPaths, ...each.namedPaths] });
  }
  candidates.push(...byPath.values());
  return { candidates, missing };
}

type Stat = (path: string) => Promise<FileInfo | undefined>;

/** As `stat`, with one question for all the files of a directory of a disk that is not there. */
function statInDirectories(destination: Destination): Stat {
  // Elsewhere a directory may be no thing of its own.
  if (destination.diskPath === undefined) return (path) => destination.stat(path);
  const directories = new Map<string, Promise<FileInfo | undefined>>();
  return async (path) => {
    const directory = directoryOf(path);
    let found = directories.get(directory);
    if (found === undefined) {
      found = destination.stat(directory);
      directories.set(directory, found);
    }
    return (await found) && destination.stat(path);
  };
}

/**
 * Whether of a file nothing is known that its source could change, so that it need not be asked before the file is read.
 * Where two names of the index may be one file, it is asked.
 */
function whatMayWait(
  paths: readonly string[],
  { source, journal, askAll = false }: SurveyOptions,
  thereBefore: Stat,
): (path: string) => Promise<boolean> {
  if (askAll || !source.traits.tellsOnOpening) return async () => false;
  const named = new Set(paths);
  const isShared = (path: string): boolean =>
    named.has(`${path}.gz`) || (path.endsWith('.gz') && named.has(path.slice(0, -'.gz'.length)));
  return async (path) => {
    if (isShared(path)) return false;
    for (const each of pathsOf(path)) {
      if (journal.knows(each) || (await thereBefore(each)) !== undefined) return false;
    }
    return true;
  };
}

function unasked(path: string): Candidate {
  const nothing = { source: undefined, destination: undefined, journal: undefined };
  return { path, namedPaths: [path], ...nothing, incomplete: false };
}

async function look(path: string, options: SurveyOptions, thereBefore: Stat): Promise<Candidate | FailedFile> {
  const { source, destination, journal, manifest, digestsOf } = options;
  let file: StoreFile | undefined;
  try {
    file = await findFile(source, path);
    if (file === undefined) return { path, error: await whyNoFile(source, path) };
  } catch (error) {
    if (error instanceof IactError && error.code !== 'unreachable') return { path, error };
    throw error;
  }
  // A compressed sibling keeps its own name: what is read under the plain name here is read so there, too.
  const found = await thereBefore(file.path);
  if (found !== undefined && found.kind !== 'file') {
    const uri = destination.uriOf(file.path);
    const what = found.kind === 'directory' ? 'a directory' : 'no regular file';
    throw new IactError('exists', `"${uri}" is ${what}, and a file of that name is to be copied.`, { uri });
  }
  const parts = journal.partsOf(file.path, file.info);
  return {
    path: file.path,
    namedPaths: [path],
    source: file.info,
    destination: found,
    journal: journal.done.get(file.path) ?? (found && (await publishedBefore(file.path, found, options))),
    noted: notedOf(manifest.get(file.path), found),
    partBytes: parts.reduce((sum, { start, end }) => sum + end - start, 0),
    digests: digestsOf(path, file.info),
    ...(found === undefined ? { incomplete: false } : await compare(file, found, options)),
  };
}

/** Of which version of its source a file is; `undefined` if nobody has noted it of what is there. */
function notedOf(entry: ManifestEntry | undefined, found: FileInfo | undefined): FileVersion | undefined {
  if (entry === undefined || entry.sizeBytes !== found?.sizeBytes) return undefined;
  const { sizeBytes, mtimeMs, time } = entry;
  const readMs = Date.parse(time);
  return { sizeBytes, mtimeMs, readMs: Number.isNaN(readMs) ? undefined : readMs };
}

/** What the journal has announced and did not live to note: the file is ours if its digest says so. */
async function publishedBefore(
  path: string,
  found: FileInfo,
  { destination, journal, signal }: SurveyOptions,
): Promise<JournalEntry | undefined> {
  const entry = journal.announced.get(path);
  if (entry === undefined || entry.sizeBytes !== found.sizeBytes) return undefined;
  if (signal?.aborted) return undefined;
  return (await digestFile(destination, path)).sha256 === entry.sha256 ? entry : undefined;
}

/** What must be read to decide, and no more. */
async function compare(
  file: StoreFile,
  found: FileInfo,
  { source, destination, overwrite, signal }: SurveyOptions,
): Promise<Pick<Candidate, 'incomplete' | 'sameContent'>> {
  try {
    if (overwrite === 'if-content-differs') {
      const there = { path: file.path, info: found };
      return { incomplete: false, sameContent: await contentEquals(source, file, destination, there, signal) };
    }
    if (overwrite !== 'never') return { incomplete: false };
    const { path, info } = file;
    return { incomplete: await isTrueBeginning(source, path, info.sizeBytes, destination, path, found.sizeBytes) };
  } catch (error) {
    // A file that cannot be compared is not known to be incomplete; the copy itself will say what is wrong with it.
    if (error instanceof IactError && error.code !== 'unreachable') return { incomplete: false };
    throw error;
  }
}
