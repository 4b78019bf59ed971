import type { FileInfo } from '../storage/index.ts';
import { type FileVersion, isSameVersion, type JournalEntry, sameTime } from './journal.ts';
import { isSettled } from './settled.ts';

/** Digests that somebody has published of a file, as hexadecimal digits. */
export interface ExpectedDigests {
  /** Of the `MD5` column of the HDU index. */
  readonly md5?: string | undefined;
  /** Of the manifest of the source. */
  readonly sha256?: string | undefined;
}

/** What is known of one file before a copy. */
export interface Candidate {
  /** Path on both sides. */
  readonly path: string;
  /** Paths as the index has them; another than `path` where the file is there as its compressed sibling. */
  readonly namedPaths: readonly string[];
  /**
   * `undefined` where the source was not asked, because nothing is decided by its answer: the destination has no file of
   * this name, and nothing is known from before. It comes to be known as the file is opened.
   */
  readonly source: FileInfo | undefined;
  readonly destination: FileInfo | undefined;
  /** What an interrupted copy noted of it. */
  readonly journal: JournalEntry | undefined;
  /** Of which version of its source the destination's file is, as its manifest tells. */
  readonly noted?: FileVersion | undefined;
  /** Bytes that an interrupted copy has brought of it, as far as it noted. */
  readonly partBytes?: number;
  /** The destination's file is a true beginning of the source's: an interrupted copy of some program left it. */
  readonly incomplete: boolean;
  /** The content is the same on both sides; `undefined` if nobody has compared. */
  readonly sameContent?: boolean | undefined;
  readonly digests?: ExpectedDigests;
}

/**
 * What becomes of a file that is there before: it gives way (ctools: `clobber=yes`), it stays (`clobber=no`), or it
 * stays if it has the same size and time, or the same content, as that of the source.
 */
export type Overwrite = 'always' | 'never' | 'if-different' | 'if-content-differs';

/** `uncertain`: it looks the same, and was read so soon after its last change that a later one would not show. */
export type CopyReason = 'absent' | 'replace' | 'incomplete' | 'different' | 'uncertain';
export type KeepReason = 'exists' | 'same-file' | 'fetched-before' | 'up-to-date' | 'same-content';

/** A file of a plan, with the reason for what is done with it. */
export type PlannedFile = Candidate &
  ({ readonly action: 'copy'; readonly reason: CopyReason } | { readonly action: 'keep'; readonly reason: KeepReason });

export interface CopyPlan {
  readonly files: readonly PlannedFile[];
  /** Bytes of all files, and of those to be copied, as far as their sizes are known. */
  readonly totalBytes: number;
  readonly copyBytes: number;
  /** Files whose size is not known yet. */
  readonly unsizedFiles: number;
}

/** A file that its source has told of. */
export type KnownFile = PlannedFile & { readonly source: FileInfo };

/**
 * Decides what is copied and what is kept. Pure.
 *
 * A file that an interrupted copy left incomplete is completed whatever `overwrite` says, and one that it has brought
 * already is not fetched again.
 */
export function planCopy(candidates: readonly Candidate[], overwrite: Overwrite): CopyPlan {
  const files = candidates.map((candidate) => decide(candidate, overwrite));
  const sum = (list: readonly PlannedFile[]) => list.reduce((bytes, file) => bytes + sizeOf(file), 0);
  const copyBytes = sum(files.filter((file) => file.action === 'copy'));
  const unsizedFiles = files.filter((file) => file.source === undefined).length;
  return { files, totalBytes: sum(files), copyBytes, unsizedFiles };
}

/** Size of a file of a plan at its source; 0 where it is not known. */
export function sizeOf({ source }: Pick<Candidate, 'source'>): number {
  return source?.sizeBytes ?? 0;
}

function decide(file: Candidate, overwrite: Overwrite): PlannedFile {
  const { source, destination, journal } = file;
  const copy = (reason: CopyReason): PlannedFile => ({ ...file, action: 'copy', reason });
  const keep = (reason: KeepReason): PlannedFile => ({ ...file, action: 'keep', reason });
  if (source === undefined || destination === undefined) return copy('absent');
  if (source.identity !== undefined && source.identity === destination.identity) return keep('same-file');
  const isBrought = journal !== undefined && isAsFetched(journal, source, destination);
  // What is kept in any case is kept as what it is known to be.
  if (isBrought && (overwrite === 'never' || isSettled(journal))) return keep('fetched-before');
  if (overwrite === 'if-content-differs') return file.sameContent ? keep('same-content') : copy('different');
  if (overwrite === 'if-different') {
    const noted = isBrought ? journal : file.noted;
    if (!isUpToDate(source, destination, noted)) return copy('different');
    return isSettled({ mtimeMs: source.mtimeMs, readMs: noted?.readMs }) ? keep('up-to-date') : copy('uncertain');
  }
  if (file.incomplete) return copy('incomplete');
  return overwrite === 'always' ? copy('replace') : keep('exists');
}

function isAsFetched(entry: JournalEntry, source: FileInfo, destination: FileInfo): boolean {
  if (!isSameVersion(entry, source) || entry.sizeBytes !== destination.sizeBytes) return false;
  return entry.mtimeMs === undefined || isKeptTime(entry.mtimeMs, destination.mtimeMs);
}

/** What was noted of the time of a file is more exact than what the destination has kept of it. */
function isUpToDate(source: FileInfo, destination: FileInfo, noted: FileVersion | undefined): boolean {
  if (source.sizeBytes !== destination.sizeBytes) return false;
  const isNoted = noted?.mtimeMs !== undefined && isKeptTime(noted.mtimeMs, destination.mtimeMs);
  return sameTime(source.mtimeMs, isNoted ? noted.mtimeMs : destination.mtimeMs);
}

/** Steps in which file systems keep times, in milliseconds: exFAT, many servers, FAT. The rest is cut off. */
const TIME_STEPS_MS = [10, 1000, 2000];

/** Whether a file that was given a time may have the other one for it. What is set as seconds may fall just short of a step. */
function isKeptTime(givenMs: number, keptMs: number | undefined): boolean {
  if (sameTime(givenMs, keptMs)) return true;
  if (keptMs === undefined || keptMs > givenMs) return false;
  return TIME_STEPS_MS.some((step) => keptMs % step === 0 && givenMs - keptMs <= step);
}
