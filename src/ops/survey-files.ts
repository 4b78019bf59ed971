import { directoryOf, IactError, mapConcurrently } from '../core/index.ts';
import type { Destination, FileInfo, Source } from '../storage/index.ts';
import {
  type Candidate,
  isTrueBeginning,
  type JournalEntry,
  type JournalView,
  type Overwrite,
} from '../transfer/index.ts';
import { contentEquals } from './content-equals.ts';
import type { FailedFile } from './copy-events.ts';
import type { DigestsOf } from './expected-digests.ts';
import { digestFile } from './record-manifest.ts';
import { findFile, type StoreFile } from './store-file.ts';

const LOOKS_PER_READ = 4;

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
  readonly signal?: AbortSignal | undefined;
}

/** Looks at every file on both sides of a copy. A file that the source lacks, or will not show, is named. */
export async function surveyFiles(paths: readonly string[], options: SurveyOptions): Promise<Survey> {
  const thereBefore = statInDirectories(options.destination);
  // A look costs a round trip or two, and hardly anything else.
  const looks = await mapConcurrently(paths, LOOKS_PER_READ * options.source.traits.maxReads, (path) =>
    look(path, options, thereBefore),
  );
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

async function look(path: string, options: SurveyOptions, thereBefore: Stat): Promise<Candidate | FailedFile> {
  const { source, destination, journal, digestsOf, signal } = options;
  if (signal?.aborted) throw new IactError('cancelled', 'The copy was stopped before anything was copied.');
  let file: StoreFile | undefined;
  try {
    file = await findFile(source, path);
  } catch (error) {
    if (error instanceof IactError && error.code !== 'unreachable') return { path, error };
    throw error;
  }
  if (file === undefined) {
    const uri = source.uriOf(path);
    return { path, error: new IactError('not-found', `"${uri}" does not exist.`, { uri }) };
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
    partBytes: parts.reduce((sum, { start, end }) => sum + end - start, 0),
    digests: digestsOf(path, file.info),
    ...(found === undefined ? { incomplete: false } : await compare(file, found, options)),
  };
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
