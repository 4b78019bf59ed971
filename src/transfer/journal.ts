import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { IactError, jsonRecord } from '../core/index.ts';
import { type FileInfo, linesOf, syncDirectory, writeError } from '../storage/index.ts';
import type { ByteRange } from './ranges.ts';
import { isSettled } from './settled.ts';
import { STATE_DIRECTORY } from './state-directory.ts';

const { O_RDONLY, O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;

/** File name of the journal in the state directory. */
const JOURNAL_NAME = 'journal.jsonl';

/** Where the journal of a copy into a store of this machine is. */
export const JOURNAL_PATH: string = `${STATE_DIRECTORY}/${JOURNAL_NAME}`;

/** Longer lines are none of ours: a path has 4096 bytes at most. */
const LONGEST_LINE = 1024 * 1024;
/** A journal is read in pieces of this size: the whole may be longer than a string can be. */
const READ_BYTES = 256 * 1024;

/** What tells one version of a source file from another. */
export interface FileVersion {
  readonly sizeBytes: number;
  readonly mtimeMs?: number | undefined;
  readonly version?: string | undefined;
  /** When it was read, in milliseconds since 1970, by our clock; see `isSettled`. */
  readonly readMs?: number | undefined;
}

/** A file that a copy has published: complete, verified and lasting. The published file has the source's time. */
export interface JournalEntry extends FileVersion {
  readonly path: string;
  readonly sha256: string;
}

/** A range of a file that was written to its unfinished file, with the digest of what came. */
export interface JournaledPart extends ByteRange {
  readonly sha256: string;
}

/**
 * What an unfinished copy has brought so far, so that a rerun does not fetch it again, and goes on in the middle of a
 * large file.
 *
 * A text file, one JSON object a line, only ever appended to; a line that a crash cut off is passed over. Files are
 * announced before they get their names, and noted as done after they are in place and lasting: of those in between, and of
 * parts, the digests are compared.
 */
export class Journal {
  /** Entries of the interrupted copy from the same source, by path. */
  readonly done: ReadonlyMap<string, JournalEntry>;
  /**
   * Files that were about to be published when the copy was interrupted, by path: whether they were, their digests tell.
   */
  readonly announced: ReadonlyMap<string, JournalEntry>;
  /** Files that an interrupted copy was about to remove. */
  readonly toRemove: readonly string[];
  private readonly records: Records;
  private readonly path: string;
  private readonly file: FileHandle;
  private isUseful: boolean;
  private isLasting = false;

  private constructor(path: string, records: Records, file: FileHandle) {
    this.path = path;
    this.records = records;
    this.file = file;
    this.done = records.done;
    this.announced = records.announced;
    this.toRemove = [...records.toRemove];
    this.isUseful = records.done.size + records.announced.size + records.parts.size + records.toRemove.size > 0;
  }

  /**
   * Opens the journal in a directory of this machine, which is made with those around it; the caller holds the lock of the destination.
   *
   * @param source names where the files come from; entries of another source do not count.
   */
  static async open(directory: string, source: string): Promise<Journal> {
    const path = join(directory, JOURNAL_NAME);
    try {
      await makeStateDirectory(directory);
      const records = await readRecords(path, source);
      const file = await open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o644);
      // The newline ends a line that a crash may have cut off.
      await writeWhole(file, `\n${JSON.stringify({ source })}\n`).catch(async (error: unknown) => {
        await file.close();
        throw error;
      });
      return new Journal(path, records, file);
    } catch (error) {
      throw writeError(error, path);
    }
  }

  /** What the journal tells, for those who write nothing. */
  static async peek(directory: string, source: string): Promise<JournalView> {
    const path = join(directory, JOURNAL_NAME);
    try {
      const records = await readRecords(path, source);
      const { done, announced, toRemove } = records;
      return {
        done,
        announced,
        toRemove: [...toRemove],
        knows: (file) => isKnown(records, file),
        partsOf: (file, info) => partsIn(records, file, info),
      };
    } catch (error) {
      throw writeError(error, path);
    }
  }

  /** Whether anything was noted of a file of this name. */
  knows(path: string): boolean {
    return isKnown(this.records, path);
  }

  /** Parts of this version of a file that an interrupted copy has brought. */
  partsOf(path: string, info: FileInfo): readonly JournaledPart[] {
    return partsIn(this.records, path, info);
  }

  /** Tells, lasting, which files are about to get their names; each must be complete and synced. */
  async announce(entries: readonly JournalEntry[]): Promise<void> {
    await this.append(entries.map(({ path, ...entry }) => ({ publish: path, ...entry })));
    await this.sync();
  }

  /** Survives the end of the process; after a loss of power the last entries may be missing, and are fetched again. */
  add(entries: readonly JournalEntry[]): Promise<void> {
    return this.append(entries);
  }

  addPart(path: string, { sizeBytes, mtimeMs, version, readMs }: FileVersion, part: JournaledPart): Promise<void> {
    return this.append([{ part: path, sizeBytes, mtimeMs, version, readMs, ...part }]);
  }

  /** The parts of a file that were noted so far are void. */
  restart(path: string): Promise<void> {
    this.records.parts.delete(path);
    return this.append([{ restart: path }]);
  }

  /** These files go when the index no longer names them, also if that takes another run. */
  async removeLater(paths: readonly string[]): Promise<void> {
    if (paths.length === 0) return;
    await this.append(paths.map((path) => ({ remove: path })));
    await this.sync();
  }

  /** Whether an interrupted copy, from wherever, has left anything of these files. */
  tellsOf(paths: Iterable<string>): boolean {
    for (const path of paths) if (this.records.paths.has(path)) return true;
    return false;
  }

  /** Whether an interrupted copy, from wherever, has left anything of files other than these. */
  tellsOfOthers(paths: Iterable<string>): boolean {
    if (this.records.paths.size === 0) return false;
    const own = new Set(paths);
    return [...this.records.paths].some((path) => !own.has(path));
  }

  /** Closes it and leaves it for a rerun, if there is anything in it that one could use, or that is about these files. */
  async keep(others: Iterable<string> = []): Promise<void> {
    if (this.isUseful || this.tellsOf(others)) await this.file.close();
    else await this.discard();
  }

  /** Closes and removes it, and its directory if nothing else is there: the copy is complete. */
  async discard(): Promise<void> {
    await this.file.close();
    await rm(this.path, { force: true });
    await rmdir(dirname(this.path)).catch((error: NodeJS.ErrnoException) => {
      if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(error.code ?? '')) throw writeError(error, this.path);
    });
  }

  /** The content of the journal, and the first time also that there is one, survive a loss of power. */
  private async sync(): Promise<void> {
    try {
      await this.file.datasync();
      if (this.isLasting) return;
      for (const directory of [dirname(this.path), dirname(dirname(this.path))]) {
        await syncDirectory(directory);
      }
      this.isLasting = true;
    } catch (error) {
      throw writeError(error, this.path);
    }
  }

  private async append(records: readonly object[]): Promise<void> {
    if (records.length === 0) return;
    this.isUseful = true;
    try {
      await writeWhole(this.file, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
    } catch (error) {
      throw writeError(error, this.path);
    }
  }
}

function isKnown({ done, announced, parts }: Records, path: string): boolean {
  return done.has(path) || announced.has(path) || parts.has(path);
}

function partsIn({ parts }: Records, path: string, info: FileInfo): readonly JournaledPart[] {
  const known = parts.get(path);
  return known !== undefined && isSameVersion(known, info) ? known.parts : [];
}

/** Whether two are the same version of a file, as far as its store can tell. */
export function isSameVersion(left: FileVersion, right: FileVersion): boolean {
  if (left.sizeBytes !== right.sizeBytes || left.version !== right.version) return false;
  if (left.mtimeMs === undefined && right.mtimeMs === undefined) return left.version !== undefined;
  return sameTime(left.mtimeMs, right.mtimeMs);
}

/** Whether two times of a file may be the same: some stores keep whole seconds only, and cut off the rest. */
export function sameTime(left: number | undefined, right: number | undefined): boolean {
  if (left === undefined || right === undefined) return false;
  if (Math.abs(left - right) < 1) return true;
  const [coarse, fine] = left % 1000 === 0 ? [left, right] : [right, left];
  return coarse % 1000 === 0 && Math.floor(fine / 1000) * 1000 === coarse;
}

/** What can be read of a journal. */
export type JournalView = Pick<Journal, 'done' | 'announced' | 'knows' | 'partsOf' | 'toRemove'>;

interface PartsOfVersion extends FileVersion {
  readonly parts: JournaledPart[];
}

interface Records {
  readonly done: Map<string, JournalEntry>;
  readonly announced: Map<string, JournalEntry>;
  readonly parts: Map<string, PartsOfVersion>;
  readonly toRemove: Set<string>;
  /** All files of which the journal tells, whatever their source. */
  readonly paths: Set<string>;
}

async function makeStateDirectory(directory: string): Promise<void> {
  try {
    await mkdir(dirname(directory), { recursive: true });
    await mkdir(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    if (!(await lstat(directory)).isSymbolicLink()) return;
    const message = `"${directory}" is a symbolic link: a copy keeps its state there, and follows no link. Remove it.`;
    throw new IactError('unsafe-path', message, { uri: directory });
  }
}

async function readRecords(path: string, source: string): Promise<Records> {
  try {
    // No link is followed, and no pipe is waited for.
    const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      if ((await file.stat()).isFile()) return await recordsOf(linesOf(contentOf(file), LONGEST_LINE), source);
      throw new IactError('unsafe-path', `"${path}" is no regular file. Remove it.`, { uri: path });
    } finally {
      await file.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return noRecords();
    throw error;
  }
}

async function* contentOf(file: FileHandle): AsyncGenerator<Uint8Array, void> {
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

/** A disk that is nearly full takes the beginning of a text, and says so by a number only. */
async function writeWhole(file: FileHandle, text: string): Promise<void> {
  for (let rest = Buffer.from(text); rest.length > 0; ) {
    const { bytesWritten } = await file.write(rest);
    rest = rest.subarray(bytesWritten);
  }
}

function noRecords(): Records {
  return { done: new Map(), announced: new Map(), parts: new Map(), toRemove: new Set(), paths: new Set() };
}

async function recordsOf(lines: AsyncIterable<string>, source: string): Promise<Records> {
  const records = noRecords();
  let isOurs = false;
  for await (const line of lines) {
    const record = jsonRecord(line);
    if (record === undefined) continue;
    if ('source' in record) isOurs = record['source'] === source;
    else take(record, isOurs, records);
  }
  return records;
}

function take(record: Record<string, unknown>, isOurs: boolean, records: Records): void {
  const { done, announced, parts, toRemove, paths } = records;
  const { path, part, restart, remove, publish } = record;
  for (const each of [path, publish, part]) if (typeof each === 'string') paths.add(each);
  if (typeof remove === 'string') toRemove.add(remove);
  else if (typeof restart === 'string') parts.delete(restart);
  else if (typeof part === 'string') {
    if (isOurs && isPart(record) && isSettled(record)) addPart(parts, part, record);
    // Another source writes to the same unfinished file, or another version that looks the same.
    else parts.delete(part);
  } else if (typeof publish === 'string') {
    const { publish: _, ...version } = record;
    const entry = { ...version, path: publish };
    done.delete(publish);
    if (isOurs && isEntry(entry)) announced.set(publish, entry);
    else announced.delete(publish);
  } else if (isEntry(record)) {
    announced.delete(record.path);
    // A later copy from elsewhere has replaced what an earlier one brought.
    if (isOurs) done.set(record.path, record);
    else done.delete(record.path);
    parts.delete(record.path);
  }
}

function addPart(parts: Map<string, PartsOfVersion>, path: string, record: FileVersion & JournaledPart): void {
  const { start, end, sha256, ...version } = record;
  const known = parts.get(path);
  if (known !== undefined && isSameVersion(known, version)) known.parts.push({ start, end, sha256 });
  else parts.set(path, { ...version, parts: [{ start, end, sha256 }] });
}

function isVersion(record: object): boolean {
  const { sizeBytes, mtimeMs, version, readMs } = record as Record<keyof FileVersion, unknown>;
  const areTimes = [mtimeMs, readMs].every((time) => time === undefined || isTime(time));
  return typeof sizeBytes === 'number' && areTimes && (version === undefined || typeof version === 'string');
}

function isTime(value: unknown): boolean {
  return typeof value === 'number' && !Number.isNaN(new Date(value).getTime());
}

function isEntry(record: object): record is JournalEntry {
  const { path, sha256 } = record as Record<keyof JournalEntry, unknown>;
  return typeof path === 'string' && typeof sha256 === 'string' && isVersion(record);
}

function isPart(record: object): record is FileVersion & JournaledPart {
  const { start, end, sha256 } = record as Record<keyof JournaledPart, unknown>;
  return typeof start === 'number' && typeof end === 'number' && typeof sha256 === 'string' && isVersion(record);
}
