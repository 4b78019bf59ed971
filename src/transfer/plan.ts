import type { FileInfo } from '../storage/index.ts';
import type { JournalEntry } from './journal.ts';

/** What is known of one file before a copy. */
export interface Candidate {
  /** Path on both sides. */
  readonly path: string;
  /** Path as the index has it, where that is another: the file is there as its compressed sibling. */
  readonly namedPath: string;
  readonly source: FileInfo;
  readonly destination: FileInfo | undefined;
  /** What an interrupted copy noted of it. */
  readonly journal: JournalEntry | undefined;
  /** The destination's file is a true beginning of the source's: an interrupted copy of some program left it. */
  readonly incomplete: boolean;
}

export type CopyReason = 'absent' | 'replace' | 'incomplete';
export type KeepReason = 'exists' | 'same-file' | 'fetched-before';

/** A file of a plan, with the reason for what is done with it. */
export type PlannedFile = Candidate &
  ({ readonly action: 'copy'; readonly reason: CopyReason } | { readonly action: 'keep'; readonly reason: KeepReason });

export interface CopyPlan {
  readonly files: readonly PlannedFile[];
  /** Bytes of all files, and of those to be copied. */
  readonly totalBytes: number;
  readonly copyBytes: number;
}

/**
 * Decides what is copied and what is kept. Pure.
 *
 * @param replace whether a file that is there before gives way (ctools: `clobber=yes`). A file that an interrupted
 *   copy left incomplete is completed even so, and one that it has brought already is not fetched again.
 */
export function planCopy(candidates: readonly Candidate[], replace: boolean): CopyPlan {
  const files = candidates.map((candidate) => decide(candidate, replace));
  const sum = (list: readonly PlannedFile[]) => list.reduce((bytes, file) => bytes + file.source.sizeBytes, 0);
  return { files, totalBytes: sum(files), copyBytes: sum(files.filter((file) => file.action === 'copy')) };
}

function decide(file: Candidate, replace: boolean): PlannedFile {
  const { source, destination } = file;
  if (destination === undefined) return { ...file, action: 'copy', reason: 'absent' };
  if (source.identity !== undefined && source.identity === destination.identity) {
    return { ...file, action: 'keep', reason: 'same-file' };
  }
  if (file.journal !== undefined && isAsFetched(file.journal, source, destination)) {
    return { ...file, action: 'keep', reason: 'fetched-before' };
  }
  if (file.incomplete) return { ...file, action: 'copy', reason: 'incomplete' };
  return replace ? { ...file, action: 'copy', reason: 'replace' } : { ...file, action: 'keep', reason: 'exists' };
}

function isAsFetched(entry: JournalEntry, source: FileInfo, destination: FileInfo): boolean {
  const sizes = entry.sizeBytes === source.sizeBytes && entry.sizeBytes === destination.sizeBytes;
  return sizes && sameTime(entry.mtimeMs, source.mtimeMs) && sameTime(entry.mtimeMs, destination.mtimeMs);
}

/** File systems keep times to a microsecond or better; what is coarser counts as changed, and is fetched again. */
function sameTime(left: number, right: number): boolean {
  return Math.abs(left - right) < 1;
}
