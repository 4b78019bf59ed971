/** A file that is open, by a number that is never used twice; or a file or directory by its path. */
export type Target = { readonly handle: number } | { readonly path: string };

/**
 * A call that changed something below the recorded directory, or made it lasting. Paths are relative to that directory,
 * POSIX; `''` is the directory itself.
 */
export type Action =
  | {
      readonly kind: 'open';
      readonly path: string;
      readonly handle: number;
      readonly create: boolean;
      readonly truncate: boolean;
      readonly append: boolean;
      readonly mode: number;
    }
  /** Without a position: where the last write ended, or the end of the file if it was opened to append. */
  | { readonly kind: 'write'; readonly handle: number; readonly position: number | undefined; readonly data: Buffer }
  | { readonly kind: 'truncate'; readonly target: Target; readonly sizeBytes: number }
  | { readonly kind: 'chmod'; readonly target: Target; readonly mode: number }
  | { readonly kind: 'utimes'; readonly target: Target; readonly mtimeMs: number }
  | { readonly kind: 'sync'; readonly target: Target }
  /** A sync of the whole file system. */
  | { readonly kind: 'sync-all' }
  | { readonly kind: 'close'; readonly handle: number }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string }
  | { readonly kind: 'link'; readonly from: string; readonly to: string }
  | { readonly kind: 'symlink'; readonly leadsTo: string; readonly path: string }
  | { readonly kind: 'unlink'; readonly path: string }
  | { readonly kind: 'mkdir'; readonly path: string; readonly mode: number }
  | { readonly kind: 'rmdir'; readonly path: string }
  /** What the program under test told its caller at this moment. */
  | { readonly kind: 'mark'; readonly text: string };

/**
 * An action with the ticks at which it was asked for and had succeeded. Between them nobody knows whether it has taken
 * effect. Every beginning and every end has a tick of its own.
 */
export interface Operation {
  readonly start: number;
  readonly end: number;
  readonly action: Action;
}

/** What happened below a directory. Operations are in the order in which they ended. */
export interface Recording {
  readonly operations: readonly Operation[];
  /** One more than the last tick. */
  readonly ticks: number;
  /** Paths outside the recorded directory that were changed. */
  readonly outside: readonly string[];
}

/** One line for a person. */
export function describeAction(action: Action): string {
  switch (action.kind) {
    case 'open':
      return `open #${action.handle} "${action.path}"${action.create ? ' create' : ''}${action.truncate ? ' truncate' : ''}`;
    case 'write':
      return `write #${action.handle} ${action.data.length} bytes at ${action.position ?? 'the end'}`;
    case 'close':
      return `close #${action.handle}`;
    case 'rename':
    case 'link':
      return `${action.kind} "${action.from}" to "${action.to}"`;
    case 'truncate':
    case 'chmod':
    case 'utimes':
    case 'sync':
      return `${action.kind} ${'handle' in action.target ? `#${action.target.handle}` : `"${action.target.path}"`}`;
    case 'sync-all':
      return 'sync of the file system';
    case 'mark':
      return `told: ${action.text}`;
    default:
      return `${action.kind} "${action.path}"`;
  }
}
