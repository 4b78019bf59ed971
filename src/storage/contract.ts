import type { IactError } from '../core/index.ts';

/** What a store tells of one file without reading it. */
export interface FileInfo {
  readonly kind: 'file' | 'directory' | 'other';
  readonly sizeBytes: number;
  /** Time of the last change in milliseconds since 1970, as fine as the store has it; `undefined` if it tells none. */
  readonly mtimeMs: number | undefined;
  /** Permission bits, where the store has them. */
  readonly mode: number | undefined;
  /** Equal for two paths that are one and the same file; `undefined` where the store cannot tell. */
  readonly identity: string | undefined;
  /** A mark that changes whenever the content does, such as an HTTP ETag; absent where the store has none. */
  readonly version?: string | undefined;
}

export interface DirectoryEntry {
  readonly name: string;
  readonly kind: FileInfo['kind'];
}

export interface ReadOptions {
  /** First byte to read; 0 if absent. */
  readonly start?: number;
  /** First byte not to read; the end of the file if absent or beyond it. */
  readonly end?: number;
  /**
   * What `stat` told of the file. Reading throws `changed`, at its end at the latest, if the file was another when it was
   * opened or when its last byte was read, as far as the store can tell; and a store that must know the size need not ask.
   */
  readonly expected?: FileInfo;
  /**
   * Told once what the file is, before its first chunk, by a store that learns it as it opens the file: a file is read in
   * fewer round trips without `stat`. Of an empty file, and where a store does not learn it, nobody may be told.
   */
  readonly onOpened?: ((info: FileInfo) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How many reads under way at once suit a store: of whole small files, and of ranges of large ones. */
export interface ReadTraits {
  /** To begin with. */
  readonly initialReads: number;
  /** More would harm, or be refused. */
  readonly maxReads: number;
  /** Whether several ranges of one file at once may be faster than one after the other. */
  readonly parallelRanges: boolean;
  /** Whether opening a file costs no more than `stat`, and tells as much (`onOpened`); not if absent. */
  readonly tellsOnOpening?: boolean;
}

/** What is going to be read soon, as far as it is known. */
export interface ExpectedReads {
  /** Of files whose size is known. */
  readonly bytes: number;
  /** How many files are to be read besides. */
  readonly unsizedFiles: number;
}

/**
 * A place that bytes can be read from. Paths are relative to its root, POSIX, without `.` and `..`; `''` is the root.
 *
 * Every method throws {@link IactError}: `unreadable` where the store refuses this file, `unreachable` where the store
 * itself cannot be reached or lets nobody in; `retryable` is set if the same call may succeed later, and only then.
 * After `signal` was aborted a call ends soon, with any error.
 */
export interface Source {
  /** How the root is shown to people; never with a secret in it. */
  readonly uri: string;
  /** How a path is shown to people. */
  uriOf(path: string): string;
  readonly traits: ReadTraits;
  /** `undefined` if there is nothing at the path. Links are followed. */
  stat(path: string): Promise<FileInfo | undefined>;
  /**
   * The content of a file, in chunks that belong to the caller, none of them empty. Ends with an error, never early, if
   * the store stops before the end of the file.
   *
   * @throws `not-found` if there is none.
   */
  read(path: string, options?: ReadOptions): AsyncIterable<Uint8Array>;
  /**
   * What a directory holds, ordered by name (code units); links are followed, and those that lead nowhere are left out;
   * one that cannot be followed, as in a circle, is `other`. Empty if there is no such directory,
   * `undefined` if this store does not tell what a directory holds.
   */
  list(path: string): Promise<DirectoryEntry[] | undefined>;
  /**
   * Told that much is going to be read soon: connections may be made ahead. First, as early as possible, without knowing
   * what; then, before the data are read, with what is known by then. Returns at once and never throws. Absent where
   * nothing can be done ahead.
   */
  prepare?(expected?: ExpectedReads): void;
  /** Ends connections and processes. Never throws; nothing else may be called afterwards. */
  close(): Promise<void>;
  /**
   * Counts what comes from a server, also of what no call has handed over yet: while it moves, the server is not silent.
   * Absent where a call hands over what comes as it comes. Only `withRetries` looks at it, in what it wraps.
   */
  readonly bytesReceived?: number;
  /** Path for the system of a file that lies on a disk of this machine, not on one that answers over a network. */
  diskPath?(path: string): string | undefined;
}

/** What a published file shall look like. */
export interface FileAttributes {
  readonly mode?: number | undefined;
  readonly mtimeMs?: number | undefined;
  /** Where the system lets us; else the file is ours, as every new file. Only on this machine. */
  readonly owner?: FileOwner | undefined;
}

/** To whom a file of this machine belongs, as the system numbers them. */
export interface FileOwner {
  readonly user: number;
  readonly group: number;
}

/** How a file is staged. */
export interface StageOptions {
  /** Size that the file will have, where it is known. */
  readonly sizeBytes?: number;
  /** Time that the file will have, where it is known: some stores must be told before the first byte. */
  readonly mtimeMs?: number | undefined;
  /** Keep what an interrupted copy left of a file of this name, where the store can. */
  readonly resume?: boolean;
}

/** A file that is complete beside its name: it becomes visible by `publish`, whole, or by `discard` not at all. */
export interface SealedFile {
  readonly path: string;
  /** Returns when the content would survive a loss of power. */
  sync(): Promise<void>;
  /** Replaces whatever has the name, in one step. The new name is lasting after `Destination.syncDirectory`. */
  publish(): Promise<void>;
  /** Leaves no trace. Never throws. */
  discard(): Promise<void>;
  /**
   * Instead of `discard`: ends the access, and leaves what the store has of the file for a later `stage` with `resume`.
   * Never throws. Absent where a later one could not go on after `write`.
   */
  leave?(): Promise<void>;
}

/**
 * A file on its way.
 * The order is: `write` any number of times, `seal`, `sync`, `publish`; `discard` at any point before.
 */
export interface StagedFile extends SealedFile {
  /**
   * Takes the next chunk, which belongs to the file from then on. A store behind a network may return before it has
   * it; what goes wrong is then thrown by a later call, and by `seal` at the latest.
   */
  write(chunk: Uint8Array): Promise<void>;
  /**
   * Ends the writing and sets the attributes. Returns when the store has given back every byte the same. Resolves to
   * the number of bytes that the store now holds.
   */
  seal(attributes: FileAttributes): Promise<number>;
  /**
   * How many of the bytes that were written the store had from an interrupted copy, so that they were not sent again; with
   * the last byte of the size that was told, all are counted. Absent where there can be none.
   */
  readonly keptBytes?: number;
  /** Access in any order instead of `write`, where the store can. */
  readonly parts?: StagedParts;
}

/** An unfinished file whose parts may be written in any order, and outlive the process. */
export interface StagedParts {
  /** Returns when the store has taken the chunk. */
  write(position: number, chunk: Uint8Array): Promise<void>;
  /** What the store now holds from `start` on, up to `end` or as far as it goes. */
  read(start: number, end: number): AsyncIterable<Uint8Array>;
  /** Cuts off what lies beyond. */
  truncate(sizeBytes: number): Promise<void>;
  /** Ends the access, and leaves the parts for a later `stage` with `resume`. Never throws. */
  keep(): Promise<void>;
}

/** Digests of the content of a file, as hexadecimal digits. */
export interface ContentDigests {
  readonly sha256: string;
  /** Only where somebody has published one to compare with: it takes longer than all else. */
  readonly md5: string | undefined;
}

/** A file of a disk of this machine that is to be staged. */
export interface DiskFile {
  /** Path at the destination. */
  readonly path: string;
  /** Path of the source file for the system; `uri` names it in errors. */
  readonly from: string;
  readonly uri: string;
  readonly withMd5: boolean;
}

/** A sealed file that was copied at once. */
export interface DiskCopy {
  readonly staged: SealedFile;
  /** What the source file was before it was read; it was the same afterwards. */
  readonly source: FileInfo;
  readonly digests: ContentDigests;
}

/** Directory of this machine for what is noted of a destination, by its URI. It is made when something is. */
export type StateDirectoryOf = (uri: string) => string;

/**
 * A place that files can be written to. Nothing outside of its root is ever written, whatever links lie in it.
 *
 * Besides the errors of {@link Source}: `unwritable` where the system refuses, `unsafe-path` for a path that leaves.
 */
export interface Destination extends Source {
  stage(path: string, options?: StageOptions): Promise<StagedFile>;
  /**
   * Stages whole files of disks of this machine, sealed with the attributes of their sources, written, read back and
   * compared. For files of a few megabytes at most: the content is held in memory, and for these it is several times
   * faster than reading and writing in turns. Absent where it gains nothing.
   *
   * @returns for each file what was copied, or why it was not; `changed` if the source changed meanwhile.
   */
  stageFromDisk?(files: readonly DiskFile[]): Promise<(DiskCopy | IactError)[]>;
  /** Told how many files are going to come for `stageFromDisk`, so that it can get ready. */
  expectFromDisk?(files: number): void;
  /** As `sync` of each of these sealed files. Absent where many together cost no less. */
  syncAll?(files: readonly SealedFile[]): Promise<void>;
  /**
   * Writes a small file that is not there yet, under its name from the beginning; its directory is made. For marks whose
   * name alone counts: a kill may leave it empty.
   */
  create(path: string, content: Uint8Array): Promise<void>;
  /** Removes a file; no error if there is none. */
  remove(path: string): Promise<void>;
  /**
   * Paths of the files of which interrupted copies from this machine have left something that shows in no `list`. Nobody may
   * write meanwhile. Absent, with `removeUnfinished`, where there can be no such thing.
   */
  unfinishedPaths?(): Promise<string[]>;
  /**
   * Removes what they have left of files that are not needed.
   *
   * @param isNeeded whether a later copy will go on with the file of a path.
   */
  removeUnfinished?(isNeeded: (path: string) => boolean): Promise<void>;
  /** Removes a directory if it is empty. */
  removeEmptyDirectory(path: string): Promise<void>;
  /** Makes renames and removals in a directory lasting. */
  syncDirectory(path: string): Promise<void>;
  /** Bytes that can still be written; `undefined` if the store does not tell. */
  freeBytes(): Promise<number | undefined>;
}
