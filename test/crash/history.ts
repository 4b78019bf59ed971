/** A file, directory or link, whatever its names are. */
export interface Inode {
  readonly id: number;
  readonly kind: 'file' | 'directory' | 'link';
  /** What it was before the recording, or when it was made: nothing. */
  readonly content: Buffer;
  readonly mode: number;
  readonly mtimeMs: number | undefined;
  readonly leadsTo: string;
  /** Names that the directory held before the recording. */
  readonly names: ReadonlyMap<string, Inode>;
}

/** One thing that a call changes, and that the disk keeps or loses as a whole. */
export type Change =
  | { readonly kind: 'write'; readonly position: number; readonly data: Buffer }
  | { readonly kind: 'size'; readonly sizeBytes: number }
  | { readonly kind: 'mode'; readonly mode: number }
  | { readonly kind: 'time'; readonly mtimeMs: number }
  /** A name of a directory; `was` is the other name that the inode loses in the same step. */
  | { readonly kind: 'name'; readonly name: string; readonly inode: Inode; readonly was: string | undefined }
  | { readonly kind: 'no-name'; readonly name: string; readonly inode: Inode };

export interface Effect {
  readonly id: number;
  /** The file, or the directory whose names change. */
  readonly inode: Inode;
  readonly change: Change;
  readonly start: number;
  readonly end: number;
  /** From this tick on a sync has made it lasting. */
  lastingFrom: number;
  /** Takes place only together with this one. */
  readonly needs: Effect | undefined;
  /** For a person. */
  readonly text: string;
}

/** What a recording did to a file system, call by call. */
export interface History {
  readonly root: Inode;
  /** In the order in which the calls ended. */
  readonly effects: readonly Effect[];
}
