import fs from 'node:fs';
import fsPromises, { type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bytesOf, modeBits } from './call-actions.ts';
import { currentRecorder } from './recorder.ts';

/**
 * A call that Node makes of several. While something is recorded it is made here of calls that the recorder sees one by
 * one; what Node calls inside is not always seen, and differs between versions.
 */
interface Composite {
  when(args: readonly unknown[]): boolean;
  blocking(...args: unknown[]): unknown;
  promise(...args: unknown[]): Promise<unknown>;
}

interface Options {
  readonly recursive?: boolean;
  readonly force?: boolean;
  readonly flag?: string | number;
  readonly mode?: number;
  readonly encoding?: BufferEncoding;
  readonly flush?: boolean;
}

const optionsOf = (value: unknown): Options =>
  typeof value === 'string' ? { encoding: value as BufferEncoding } : ((value ?? {}) as Options);

/** Asked only while something is recorded. */
const concerns = (path: unknown): boolean => {
  const recorder = currentRecorder();
  if (typeof path === 'number') return recorder?.handleOf(path) !== undefined;
  if (isFileHandle(path)) return recorder?.handleOf(path.fd) !== undefined;
  // Also elsewhere: the calls that it is made of note what they change there.
  return true;
};

function isFileHandle(value: unknown): value is FileHandle {
  return typeof value === 'object' && value !== null && 'fd' in value;
}

function writeBlocking(target: unknown, content: unknown, given: unknown, flag: string): void {
  const options = optionsOf(given);
  const data = typeof content === 'string' ? Buffer.from(content, options.encoding) : bytesOf(content);
  const own = typeof target !== 'number';
  const fd = own ? fs.openSync(target as string, options.flag ?? flag, modeBits(options.mode, 0o666)) : target;
  try {
    for (let done = 0; done < data.length; ) done += fs.writeSync(fd, data, done);
    if (options.flush) fs.fsyncSync(fd);
  } finally {
    if (own) fs.closeSync(fd);
  }
}

async function writePromise(target: unknown, content: unknown, given: unknown, flag: string): Promise<void> {
  const options = optionsOf(given);
  if (typeof target === 'number') return writeBlocking(target, content, given, flag);
  const own = !isFileHandle(target);
  const handle = own
    ? await fsPromises.open(target as string, options.flag ?? flag, modeBits(options.mode, 0o666))
    : target;
  try {
    for await (const chunk of chunksOf(content)) {
      const data = typeof chunk === 'string' ? Buffer.from(chunk, options.encoding) : bytesOf(chunk);
      for (let done = 0; done < data.length; ) done += (await handle.write(data, done)).bytesWritten;
    }
    if (options.flush) await handle.sync();
  } finally {
    if (own) await handle.close();
  }
}

function chunksOf(content: unknown): Iterable<unknown> | AsyncIterable<unknown> {
  if (typeof content === 'string' || ArrayBuffer.isView(content)) return [content];
  return content as AsyncIterable<unknown>;
}

function copyBlocking(from: unknown, to: unknown, flags: unknown): void {
  const { mode } = fs.statSync(from as string);
  const exclusive = (Number(flags ?? 0) & fs.constants.COPYFILE_EXCL) !== 0;
  writeBlocking(to, fs.readFileSync(from as string), { mode, flag: exclusive ? 'wx' : 'w' }, 'w');
}

function removeBlocking(path: unknown, given: unknown): void {
  const { recursive, force } = optionsOf(given);
  const found = fs.lstatSync(path as string, { throwIfNoEntry: !force });
  if (found === undefined) return;
  if (!found.isDirectory()) fs.unlinkSync(path as string);
  else if (!recursive) throw new Error(`"${path}" is a directory, and "recursive" is not set`);
  else {
    for (const name of fs.readdirSync(path as string)) removeBlocking(join(path as string, name), given);
    fs.rmdirSync(path as string);
  }
}

function makeDirectoriesBlocking(path: unknown, given: unknown): string | undefined {
  const { recursive: _, ...options } = optionsOf(given);
  const name = path as string;
  if (fs.statSync(name, { throwIfNoEntry: false })?.isDirectory()) return undefined;
  const first = fs.existsSync(dirname(name)) ? undefined : makeDirectoriesBlocking(dirname(name), given);
  fs.mkdirSync(name, options);
  return first ?? name;
}

function composite(
  blocking: (...args: unknown[]) => unknown,
  promise: (...args: unknown[]) => Promise<unknown> = async (...args) => blocking(...args),
): Composite {
  return { when: ([path]) => concerns(path), blocking, promise };
}

function unknownCall(name: string): Composite {
  const refuse = () => {
    throw new Error(`the recorder does not know fs.${name}`);
  };
  return { ...composite(refuse), when: ([from, to]) => concerns(from) || concerns(to) };
}

/** By the name of the callback form. */
export const COMPOSITES: Readonly<Record<string, Composite>> = {
  writeFile: composite(
    (path, content, options) => writeBlocking(path, content, options, 'w'),
    (path, content, options) => writePromise(path, content, options, 'w'),
  ),
  appendFile: composite(
    (path, content, options) => writeBlocking(path, content, options, 'a'),
    (path, content, options) => writePromise(path, content, options, 'a'),
  ),
  copyFile: { ...composite(copyBlocking), when: ([, to]) => concerns(to) },
  rm: composite(removeBlocking),
  mkdir: {
    ...composite(makeDirectoriesBlocking),
    when: ([path, options]) =>
      concerns(path) && typeof options === 'object' && options !== null && (options as Options).recursive === true,
  },
  cp: unknownCall('cp'),
  lutimes: unknownCall('lutimes'),
};
