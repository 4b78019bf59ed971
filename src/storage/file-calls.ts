import fs from 'node:fs';
import { promisify } from 'node:util';

/** The calls that a file needs, on plain descriptors: a handle object costs more than all the work on a small file. */
export interface FileCalls {
  close(fd: number): Promise<void>;
  chmod(fd: number, mode: number): Promise<void>;
  /** -1 leaves user or group as it is. */
  chown(fd: number, user: number, group: number): Promise<void>;
  utimes(fd: number, atime: number, mtime: number): Promise<void>;
  size(fd: number): Promise<number>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  write(fd: number, chunk: Uint8Array, offset: number, position: number): Promise<number>;
  read(fd: number, buffer: Uint8Array, offset: number, position: number): Promise<number>;
}

/** On a disk these return in microseconds; a round through the thread pool would cost more. */
export const DISK_CALLS: FileCalls = {
  close: async (fd) => fs.closeSync(fd),
  chmod: async (fd, mode) => fs.fchmodSync(fd, mode),
  chown: async (fd, user, group) => fs.fchownSync(fd, user, group),
  utimes: async (fd, atime, mtime) => fs.futimesSync(fd, atime, mtime),
  size: async (fd) => fs.fstatSync(fd).size,
  rename: async (from, to) => fs.renameSync(from, to),
  unlink: async (path) => fs.unlinkSync(path),
  write: async (fd, chunk, offset, position) => fs.writeSync(fd, chunk, offset, chunk.length - offset, position),
  read: async (fd, buffer, offset, position) => fs.readSync(fd, buffer, offset, buffer.length - offset, position),
};

/** Over a network a call may take long, and others must go on meanwhile. */
export const MOUNT_CALLS: FileCalls = {
  close: promisify(fs.close),
  chmod: promisify(fs.fchmod),
  chown: promisify(fs.fchown),
  utimes: promisify(fs.futimes),
  size: async (fd) => (await fstat(fd)).size,
  rename: promisify(fs.rename),
  unlink: promisify(fs.unlink),
  write: (fd, chunk, offset, position) =>
    new Promise((resolve, reject) => {
      const done = (error: Error | null, count: number) => (error ? reject(error) : resolve(count));
      fs.write(fd, chunk, offset, chunk.length - offset, position, done);
    }),
  read: (fd, buffer, offset, position) =>
    new Promise((resolve, reject) => {
      const done = (error: Error | null, count: number) => (error ? reject(error) : resolve(count));
      fs.read(fd, buffer, offset, buffer.length - offset, position, done);
    }),
};

const fstat = promisify(fs.fstat);

/** Never one that blocks: the disk works on it while other files are read. */
export const fsync: (fd: number) => Promise<void> = promisify(fs.fsync);
