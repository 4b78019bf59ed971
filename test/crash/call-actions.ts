import fs from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { Action, Target } from './operation.ts';
import type { Recorder } from './recorder.ts';

/** What a call that has succeeded did; `undefined` if it was nothing. */
export type Outcome = (result: unknown) => Action | undefined;

/** Looks at the arguments of a call before it is made; `undefined` if it does not concern the recorded directory. */
export type CallReader = (recorder: Recorder, args: readonly unknown[]) => Outcome | undefined;

const { O_APPEND, O_CREAT, O_RDWR, O_TRUNC, O_WRONLY } = fs.constants;

const FLAGS: Readonly<Record<string, number>> = {
  r: 0,
  rs: 0,
  'r+': O_RDWR,
  'rs+': O_RDWR,
  w: O_WRONLY | O_CREAT | O_TRUNC,
  wx: O_WRONLY | O_CREAT,
  'w+': O_RDWR | O_CREAT | O_TRUNC,
  'wx+': O_RDWR | O_CREAT,
  a: O_WRONLY | O_CREAT | O_APPEND,
  ax: O_WRONLY | O_CREAT | O_APPEND,
  as: O_WRONLY | O_CREAT | O_APPEND,
  'a+': O_RDWR | O_CREAT | O_APPEND,
  'ax+': O_RDWR | O_CREAT | O_APPEND,
  'as+': O_RDWR | O_CREAT | O_APPEND,
};

export function flagBits(flags: unknown): number {
  if (typeof flags === 'number') return flags;
  const bits = FLAGS[String(flags ?? 'r')];
  if (bits === undefined) throw new Error(`the recorder does not know the flags "${flags}"`);
  return bits;
}

export function modeBits(mode: unknown, absent: number): number {
  if (typeof mode === 'string') return Number.parseInt(mode, 8);
  return typeof mode === 'number' ? mode : absent;
}

const underUmask = (mode: number) => mode & ~process.umask() & 0o7777;

const open: CallReader = (recorder, [name, flags, mode]) => {
  const bits = flagBits(typeof flags === 'function' ? undefined : flags);
  const path = recorder.pathOf(name);
  if (path === undefined) return (bits & (O_CREAT | O_TRUNC)) === 0 ? undefined : outside(recorder, name);
  return (result) => ({
    kind: 'open',
    path,
    handle: recorder.opened(typeof result === 'number' ? result : (result as FileHandle).fd),
    create: (bits & O_CREAT) !== 0,
    truncate: (bits & O_TRUNC) !== 0,
    append: (bits & O_APPEND) !== 0,
    mode: underUmask(modeBits(mode, 0o666)),
  });
};

/** For a call that changes something elsewhere. */
function outside(recorder: Recorder, name: unknown): Outcome {
  return () => {
    recorder.noteOutside(name);
    return undefined;
  };
}

const write: CallReader = (recorder, [fd, content, ...rest]) => {
  const handle = recorder.handleOf(fd);
  if (handle === undefined) return undefined;
  const { data, position } = written(content, rest);
  return (result) => ({ kind: 'write', handle, position, data: data.subarray(0, bytesWritten(result)) });
};

/** The bytes that a write was given, copied because their buffer may soon hold others, and where they go. */
function written(content: unknown, rest: readonly unknown[]): { data: Buffer; position: number | undefined } {
  const place = (value: unknown) => (typeof value === 'number' && value >= 0 ? value : undefined);
  if (typeof content === 'string') {
    const [position, encoding] = rest;
    return {
      data: Buffer.from(content, (encoding as BufferEncoding | undefined) ?? 'utf8'),
      position: place(position),
    };
  }
  const all = bytesOf(content);
  const [first] = rest;
  const options = typeof first === 'object' && first !== null ? (first as Record<string, unknown>) : undefined;
  const [offset, length, position] = options
    ? [options['offset'], options['length'], options['position']]
    : (rest as (number | null | undefined)[]);
  const from = place(offset) ?? 0;
  return { data: Buffer.from(all.subarray(from, from + (place(length) ?? all.length))), position: place(position) };
}

/** A view of the bytes of any array buffer view. */
export function bytesOf(content: unknown): Buffer {
  const { buffer, byteOffset, byteLength } = content as ArrayBufferView;
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}

function bytesWritten(result: unknown): number {
  return typeof result === 'number' ? result : (result as { bytesWritten: number }).bytesWritten;
}

const writev: CallReader = (recorder, [fd, buffers, position]) =>
  write(recorder, [fd, Buffer.concat((buffers as unknown[]).map(bytesOf)), { position }]);

/** For a call whose first argument is a path, or an open file. */
function targetOf(recorder: Recorder, fileOrPath: unknown): Target | undefined {
  if (typeof fileOrPath === 'number') {
    const handle = recorder.handleOf(fileOrPath);
    return handle === undefined ? undefined : { handle };
  }
  const path = recorder.pathOf(fileOrPath);
  return path === undefined ? undefined : { path };
}

function onTarget(action: (target: Target, args: readonly unknown[]) => Action): CallReader {
  return (recorder, [fileOrPath, ...args]) => {
    const target = targetOf(recorder, fileOrPath);
    if (target === undefined) return typeof fileOrPath === 'number' ? undefined : outside(recorder, fileOrPath);
    return () => action(target, args);
  };
}

function onPath(action: (path: string, args: readonly unknown[]) => Action): CallReader {
  return (recorder, [name, ...args]) => {
    const path = recorder.pathOf(name);
    return path === undefined ? outside(recorder, name) : () => action(path, args);
  };
}

function onTwoPaths(kind: 'rename' | 'link'): CallReader {
  return (recorder, names) => {
    const [from, to] = names.slice(0, 2).map((name) => recorder.pathOf(name));
    if (from !== undefined && to !== undefined) return () => ({ kind, from, to });
    if (from !== undefined || to !== undefined)
      throw new Error(`the recorder does not know a ${kind} across its border`);
    return outside(recorder, names[1]);
  };
}

const sync = onTarget((target) => ({ kind: 'sync', target }));
const truncate = onTarget((target, [size]) => ({ kind: 'truncate', target, sizeBytes: Number(size ?? 0) || 0 }));
const chmod = onTarget((target, [mode]) => ({ kind: 'chmod', target, mode: modeBits(mode, 0) & 0o7777 }));
const utimes = onTarget((target, [, time]) => ({ kind: 'utimes', target, mtimeMs: milliseconds(time) }));

function milliseconds(time: unknown): number {
  return time instanceof Date ? time.getTime() : Number(time) * 1000;
}

/** The calls of `node:fs` that change something or make it lasting, by the name of their callback form. */
export const CALLS: Readonly<Record<string, CallReader>> = {
  open,
  write,
  writev,
  truncate,
  ftruncate: truncate,
  chmod,
  fchmod: chmod,
  utimes,
  futimes: utimes,
  fsync: sync,
  fdatasync: sync,
  close: (recorder, [fd]) => {
    const handle = recorder.closing(fd);
    return handle === undefined ? undefined : () => ({ kind: 'close', handle });
  },
  rename: onTwoPaths('rename'),
  link: onTwoPaths('link'),
  symlink: (recorder, [leadsTo, name]) =>
    onPath((path) => ({ kind: 'symlink', leadsTo: String(leadsTo), path }))(recorder, [name]),
  unlink: onPath((path) => ({ kind: 'unlink', path })),
  mkdir: onPath((path, [options]) => ({ kind: 'mkdir', path, mode: underUmask(modeBits(modeOption(options), 0o777)) })),
  mkdtemp: (recorder, [prefix]) => {
    if (recorder.pathOf(prefix) === undefined) return outside(recorder, prefix);
    return (result) => ({ kind: 'mkdir', path: recorder.pathOf(result) ?? '', mode: 0o700 });
  },
  rmdir: onPath((path) => ({ kind: 'rmdir', path })),
};

function modeOption(options: unknown): unknown {
  return typeof options === 'object' && options !== null ? (options as { mode?: unknown }).mode : options;
}

/** What methods of a `FileHandle` are as calls on its descriptor. */
export const HANDLE_METHODS: Readonly<Record<string, string>> = {
  write: 'write',
  writev: 'writev',
  truncate: 'ftruncate',
  chmod: 'fchmod',
  utimes: 'futimes',
  sync: 'fsync',
  datasync: 'fdatasync',
  close: 'close',
};
