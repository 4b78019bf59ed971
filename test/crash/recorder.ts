import { relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Action, Operation, Recording } from './operation.ts';

/** The recording under way; there is one at most. */
export class Recorder {
  readonly outside: Set<string> = new Set();
  private readonly root: string;
  private readonly operations: Operation[] = [];
  private readonly handles = new Map<number, number>();
  private handleCount = 0;
  private ticks = 0;

  constructor(root: string) {
    this.root = resolve(root);
  }

  tick(): number {
    return this.ticks++;
  }

  /** Path below the recorded directory, `undefined` if it lies elsewhere. */
  pathOf(path: unknown): string | undefined {
    const absolute = absolutePath(path);
    if (absolute === undefined) return undefined;
    if (absolute === this.root) return '';
    return absolute.startsWith(this.root + sep) ? relative(this.root, absolute).split(sep).join('/') : undefined;
  }

  /** Notes that something elsewhere is about to be changed. */
  noteOutside(path: unknown): void {
    this.outside.add(absolutePath(path) ?? String(path));
  }

  opened(fd: number): number {
    this.handleCount += 1;
    this.handles.set(fd, this.handleCount);
    return this.handleCount;
  }

  handleOf(fd: unknown): number | undefined {
    return this.handles.get(fd as number);
  }

  /** From now on the system may give the number to another file. */
  closing(fd: unknown): number | undefined {
    const handle = this.handleOf(fd);
    this.handles.delete(fd as number);
    return handle;
  }

  add(start: number, action: Action): void {
    this.operations.push({ start, end: this.tick(), action });
  }

  finish(): Recording {
    return { operations: this.operations, ticks: this.ticks, outside: [...this.outside] };
  }
}

function absolutePath(path: unknown): string | undefined {
  if (typeof path === 'string') return resolve(path);
  if (path instanceof URL) return fileURLToPath(path);
  return Buffer.isBuffer(path) ? resolve(path.toString()) : undefined;
}

let current: Recorder | undefined;

export function currentRecorder(): Recorder | undefined {
  return current;
}

let processNumber = 2 ** 30;

/**
 * Records what an action changes below a directory of this machine.
 *
 * The process has another number meanwhile, of which there is none in the system: what it leaves is that of a process
 * that has ended.
 *
 * `file-calls.ts` must have been loaded before the code that is recorded: what a module has taken from `node:fs` by
 * then cannot be recorded.
 */
export async function record(root: string, action: () => Promise<void>): Promise<Recording> {
  if (current !== undefined) throw new Error('a recording is under way');
  const own = Object.getOwnPropertyDescriptor(process, 'pid');
  const recorder = new Recorder(root);
  processNumber += 1;
  Object.defineProperty(process, 'pid', { value: processNumber, configurable: true, writable: true, enumerable: true });
  current = recorder;
  try {
    await action();
    return recorder.finish();
  } finally {
    current = undefined;
    if (own !== undefined) Object.defineProperty(process, 'pid', own);
  }
}

/** Notes what the program under test has told its caller. Does nothing while nothing is recorded. */
export function mark(text: string): void {
  current?.add(current.tick(), { kind: 'mark', text });
}

/** For a program that syncs a file system by a way that the recorder does not see: call before, call the result after. */
export function noteSyncAll(): () => void {
  const recorder = current;
  const start = recorder?.tick() ?? 0;
  return () => recorder?.add(start, { kind: 'sync-all' });
}
