/** What a store tells of one file without reading it. */
export interface FileInfo {
  readonly kind: 'file' | 'directory' | 'other';
  readonly sizeBytes: number;
  /** Time of the last change in milliseconds since 1970, as fine as the store has it. */
  readonly mtimeMs: number;
  /** Permission bits, where the store has them. */
  readonly mode: number | undefined;
  /** Equal for two paths that are one and the same file; `undefined` where the store cannot tell. */
  readonly identity: string | undefined;
}

export interface DirectoryEntry {
  readonly name: string;
  readonly kind: FileInfo['kind'];
}

export interface ReadOptions {
  /** First byte to read; 0 if absent. */
  readonly start?: number;
  readonly signal?: AbortSignal;
}

/**
 * A place that bytes can be read from. Paths are relative to its root, POSIX, without `.` and `..`; `''` is the root.
 *
 * Every method throws {@link IactError}: `unreadable` where the system refuses, with `retryable` set if it may not
 * refuse the next time.
 */
export interface Source {
  /** How the root is shown to people; never with a secret in it. */
  readonly uri: string;
  /** How a path is shown to people. */
  uriOf(path: string): string;
  /** `undefined` if there is nothing at the path. Links are followed. */
  stat(path: string): Promise<FileInfo | undefined>;
  /** The content of a file, in chunks that belong to the caller. @throws `not-found` if there is none. */
  read(path: string, options?: ReadOptions): AsyncIterable<Uint8Array>;
  /** What a directory holds, by name; links are followed. Empty if there is no such directory. */
  list(path: string): Promise<DirectoryEntry[]>;
  /** Path for the system of a file that lies on a disk of this machine, not on one that answers over a network. */
  diskPath?(path: string): string | undefined;
}

/** What a published file shall look like. */
export interface FileAttributes {
  readonly mode?: number | undefined;
  readonly mtimeMs?: number | undefined;
}

/**
 * A file on its way: it becomes visible under its name only by `publish`, whole, or not at all.
 * The order is: `write` any number of times, `seal`, `sync`, `publish`; `discard` at any point before.
 */
export interface StagedFile {
  readonly path: string;
  /** Returns when the store holds the chunk and has given it back the same. */
  write(chunk: Uint8Array): Promise<void>;
  /** Ends the writing and sets the attributes. Resolves to the number of bytes that the store now holds. */
  seal(attributes: FileAttributes): Promise<number>;
  /** Returns when the content would survive a loss of power. */
  sync(): Promise<void>;
  /** Replaces whatever has the name, in one step. The new name is lasting after `Destination.syncDirectory`. */
  publish(): Promise<void>;
  /** Leaves no trace. Never throws. */
  discard(): Promise<void>;
}

/** A sealed file, and what its source looked like before and after it was read. */
export interface DiskCopy {
  readonly staged: StagedFile;
  readonly before: FileInfo;
  readonly after: FileInfo;
  readonly sizeBytes: number;
}

/**
 * A place that files can be written to. Nothing outside of its root is ever written, whatever links lie in it.
 *
 * Besides the errors of {@link Source}: `unwritable` where the system refuses, `unsafe-path` for a path that leaves.
 */
export interface Destination extends Source {
  stage(path: string): Promise<StagedFile>;
  /**
   * Stages a whole file of a disk of this machine at once, sealed with the attributes of its source. For small files
   * this is several times faster than reading and writing in turns. Absent where it gains nothing.
   *
   * @param from path of the file for the system; `uri` names it in errors.
   */
  stageFromDisk?(path: string, from: string, uri: string): Promise<DiskCopy>;
  /** Removes a file; no error if there is none. */
  remove(path: string): Promise<void>;
  /** Removes a directory if it is empty. */
  removeEmptyDirectory(path: string): Promise<void>;
  /** Makes renames and removals in a directory lasting. */
  syncDirectory(path: string): Promise<void>;
}
