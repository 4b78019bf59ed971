import fs from 'node:fs';
import { readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { tempDirectory } from '../../test/support/temp.ts';
import { copyOnDisk, type DiskCopyRequest } from './disk-copy.ts';

const requestIn = (root: string, from = join(root, 'from')): DiskCopyRequest => ({
  from,
  uri: 'the source',
  partial: join(root, 'partial'),
  target: join(root, 'to'),
  withMd5: false,
});

afterEach(() => vi.restoreAllMocks());

describe('copyOnDisk()', () => {
  it('copies content of any length, permissions and time, and tells the digests', async () => {
    const root = await tempDirectory();
    // Large ones before small ones: buffers are used again.
    for (const [size, sha256, md5] of [
      [2_500_000, '', ''],
      [0, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 'd41d8cd98f00b204e9800998ecf8427e'],
      [3, 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad', '900150983cd24fb0d6963f7d28e17f72'],
    ] as const) {
      const from = join(root, 'from');
      await writeFile(from, size === 3 ? 'abc' : Buffer.alloc(size, 'content of some length '));
      fs.chmodSync(from, 0o666);
      await utimes(from, 1_500_000_000.123, 1_500_000_000.123);
      const copy = copyOnDisk({ ...requestIn(root), withMd5: md5 !== '' });
      expect(copy.source.sizeBytes).toBe(size);
      if (md5 === '') expect(copy.digests.md5).toBeUndefined();
      else expect(copy.digests).toEqual({ sha256, md5 });
      expect((await readFile(join(root, 'partial'))).equals(await readFile(from))).toBe(true);
      const info = await stat(join(root, 'partial'));
      expect([info.mode & 0o777, Math.round(info.mtimeMs)]).toEqual([0o666, 1_500_000_000_123]);
    }
  });

  it('copies where the system lets nobody set permissions and times', async () => {
    const root = await tempDirectory();
    await writeFile(join(root, 'from'), 'content');
    fs.chmodSync(join(root, 'from'), 0o666);
    const refuse = (code: string) => () => {
      throw Object.assign(new Error(), { code });
    };
    vi.spyOn(fs, 'fchmodSync').mockImplementation(refuse('EPERM'));
    const utimes = vi.spyOn(fs, 'futimesSync').mockImplementation(refuse('EPERM'));
    copyOnDisk(requestIn(root));
    expect(await readFile(join(root, 'partial'), 'utf8')).toBe('content');
    utimes.mockImplementation(refuse('EIO'));
    expect(() => copyOnDisk(requestIn(root))).toThrow(expect.objectContaining({ code: 'unwritable' }));
    expect(await readdir(root)).toEqual(['from']);
  });

  it('leaves no trace where the source cannot be read', async () => {
    const root = await tempDirectory();
    const copy = (from?: string) => () => copyOnDisk(requestIn(root, from));
    expect(copy()).toThrow(expect.objectContaining({ code: 'not-found', message: '"the source" does not exist.' }));
    const message = 'Cannot read "the source": it is a directory.';
    expect(copy(root)).toThrow(expect.objectContaining({ code: 'unreadable', message }));
    expect(await readdir(root)).toEqual([]);
  });

  it('refuses a source that changes while it is read, and leaves no trace', async () => {
    const root = await tempDirectory();
    await writeFile(join(root, 'from'), 'content');
    const write = fs.writeSync as (...args: unknown[]) => number;
    vi.spyOn(fs, 'writeSync').mockImplementation(((...args: unknown[]) => {
      fs.appendFileSync(join(root, 'from'), ' and more');
      return write(...args);
    }) as typeof fs.writeSync);
    expect(() => copyOnDisk(requestIn(root))).toThrow(expect.objectContaining({ code: 'changed', retryable: true }));
    expect(await readdir(root)).toEqual(['from']);
  });

  it('refuses a disk that gives back other bytes than it was given', async () => {
    const root = await tempDirectory();
    await writeFile(join(root, 'from'), 'content');
    const read = fs.readSync as (...args: unknown[]) => number;
    let calls = 0;
    vi.spyOn(fs, 'readSync').mockImplementation(((...args: unknown[]) => {
      const count = read(...args);
      calls += 1;
      if (calls === 2) (args[1] as Buffer)[3] = 0;
      return count;
    }) as typeof fs.readSync);
    expect(() => copyOnDisk(requestIn(root))).toThrow(/reads back different/);
    expect(calls).toBe(2);
    expect(await readdir(root)).toEqual(['from']);
  });
});
