import { type FileHandle, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { IactError } from '../core/index.ts';
import { makeStateDirectory, STATE_DIRECTORY } from './state-directory.ts';

/** A file that a copy has published: complete, verified and lasting. */
export interface JournalEntry {
  readonly path: string;
  readonly sizeBytes: number;
  /** Time of the source file when it was read; the published file carries it too. */
  readonly mtimeMs: number;
}

/**
 * What an unfinished copy has brought so far, so that a rerun does not fetch it again.
 *
 * A text file, one JSON object a line, only ever appended to; a line that a crash cut off is passed over. An entry is
 * written after its file is in place and lasting, so the journal may know too little and never too much.
 */
export class Journal {
  /** Entries of the interrupted copy from the same source, by path. */
  readonly done: ReadonlyMap<string, JournalEntry>;
  private readonly directory: string;
  private readonly file: FileHandle;

  private constructor(directory: string, done: ReadonlyMap<string, JournalEntry>, file: FileHandle) {
    this.directory = directory;
    this.done = done;
    this.file = file;
  }

  /**
   * Opens the journal of a destination; the caller holds its lock.
   *
   * @param source names where the files come from; entries of another source do not count.
   */
  static async open(directory: string, source: string): Promise<Journal> {
    const path = journalPath(directory);
    try {
      const done = entriesOf(await readIfPresent(path), source);
      await makeStateDirectory(directory);
      const file = await open(path, 'a');
      // The newline ends a line that a crash may have cut off.
      await file.write(`\n${JSON.stringify({ source })}\n`);
      return new Journal(directory, done, file);
    } catch (error) {
      throw journalError(error, path);
    }
  }

  /** Survives the end of the process; after a loss of power the last entries may be missing, and are fetched again. */
  async add(entries: readonly JournalEntry[]): Promise<void> {
    try {
      await this.file.write(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
    } catch (error) {
      throw journalError(error, journalPath(this.directory));
    }
  }

  /** Closes it and leaves it for a rerun. */
  async keep(): Promise<void> {
    await this.file.close();
  }

  /** Closes and removes it: the copy is complete. */
  async discard(): Promise<void> {
    await this.file.close();
    await unlink(journalPath(this.directory));
  }
}

function journalPath(directory: string): string {
  return join(directory, STATE_DIRECTORY, 'journal.jsonl');
}

async function readIfPresent(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

function entriesOf(text: string, source: string): Map<string, JournalEntry> {
  const entries = new Map<string, JournalEntry>();
  let current: unknown;
  for (const line of text.split('\n')) {
    const record = parseLine(line);
    if (record === undefined) continue;
    if ('source' in record) current = record['source'];
    else if (isEntry(record)) {
      // A later copy from elsewhere has replaced what an earlier one brought.
      if (current === source) entries.set(record.path, record);
      else entries.delete(record.path);
    }
  }
  return entries;
}

function parseLine(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function isEntry(record: object): record is JournalEntry {
  const { path, sizeBytes, mtimeMs } = record as Partial<Record<keyof JournalEntry, unknown>>;
  return typeof path === 'string' && typeof sizeBytes === 'number' && typeof mtimeMs === 'number';
}

function journalError(error: unknown, path: string): IactError {
  const cause = (error as NodeJS.ErrnoException).code ?? String(error);
  return new IactError('unwritable', `Cannot write the journal "${path}": ${cause}.`, { cause: error, uri: path });
}
