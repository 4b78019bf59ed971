import { IactError, mapConcurrently } from '../core/index.ts';
import type { Destination, FileInfo, Source } from '../storage/index.ts';
import { type Candidate, isTrueBeginning, type Journal } from '../transfer/index.ts';
import type { FailedFile } from './copy-events.ts';
import { findFile, type StoreFile } from './store-file.ts';

/** Looks at one file cost a round trip or two each; more at once gain nothing on a local disk, and much on a mount. */
const LOOKS_AT_ONCE = 32;

export interface Survey {
  readonly candidates: readonly Candidate[];
  readonly missing: readonly FailedFile[];
}

export interface SurveyOptions {
  readonly source: Source;
  readonly destination: Destination;
  readonly journal: Journal;
  /** Whether files that are there before will be replaced anyway: then nobody needs to know if they are complete. */
  readonly replace: boolean;
}

/** Looks at every file on both sides of a copy. A file that the source lacks, or will not show, is named. */
export async function surveyFiles(paths: readonly string[], options: SurveyOptions): Promise<Survey> {
  const looks = await mapConcurrently(paths, LOOKS_AT_ONCE, (path) => look(path, options));
  const candidates: Candidate[] = [];
  const missing: FailedFile[] = [];
  for (const each of looks) {
    if ('error' in each) missing.push(each);
    else candidates.push(each);
  }
  return { candidates, missing };
}

async function look(path: string, options: SurveyOptions): Promise<Candidate | FailedFile> {
  const { source, destination, journal, replace } = options;
  let file: StoreFile | undefined;
  try {
    file = await findFile(source, path);
  } catch (error) {
    if (error instanceof IactError) return { path, error };
    throw error;
  }
  if (file === undefined) {
    const uri = source.uriOf(path);
    return { path, error: new IactError('not-found', `"${uri}" does not exist.`, { uri }) };
  }
  // A compressed sibling keeps its own name: what is read under the plain name here is read so there, too.
  const found = await destination.stat(file.path);
  if (found?.kind === 'directory') {
    const uri = destination.uriOf(file.path);
    throw new IactError('exists', `"${uri}" is a directory, and a file of that name is to be copied.`, { uri });
  }
  const incomplete = !replace && found !== undefined && (await isIncomplete(file, found, options));
  return {
    path: file.path,
    namedPath: path,
    source: file.info,
    destination: found,
    journal: journal.done.get(file.path),
    incomplete,
  };
}

async function isIncomplete(
  file: StoreFile,
  found: FileInfo,
  { source, destination }: SurveyOptions,
): Promise<boolean> {
  try {
    return await isTrueBeginning(source, file.path, file.info.sizeBytes, destination, file.path, found.sizeBytes);
  } catch (error) {
    // A file that cannot be compared is not known to be incomplete; the copy itself will say what is wrong with it.
    if (error instanceof IactError) return false;
    throw error;
  }
}
