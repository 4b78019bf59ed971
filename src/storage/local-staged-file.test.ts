import fs from 'node:fs';
import { readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { tempDirectory } from '../../test/support/temp.ts';
import { copyOnDisk, type LocalPlace, LocalStagedFile } from './local-staged-file.ts';

const placeIn = (root: string, onDisk = true): LocalPlace => ({
  path: 'to',
  partial: join(root, 'partial'),
  target: join(root, 'to'),
  onDisk,
});

afterEach(() => vi.restoreAllMocks());

describe('copyOnDisk()', () => {
  it('copies content of any length, permissions and time', async () => {
    const root = await tempDirectory();
    for (const size of [0, 1, 1024 * 1024, 2_500_000]) {
      const from = join(root, 'from');
      await writeFile(from, Buffer.alloc(size, 'content of some length '));
      fs.chmodSync(from, 0o604);
      await utimes(from, 1_500_000_000.123, 1_500_000_000.123);
      const copy = await copyOnDisk(placeIn(root), from, from);
      expect([copy.content.length, copy.source.sizeBytes]).toEqual([size, size]);
      expect(fs.existsSync(join(root, 'partial'))).toBe(true);
      await copy.staged.sync();
      await copy.staged.publish();
      expect((await readFile(join(root, 'to'))).equals(await readFile(from))).toBe(true);
      const info = await stat(join(root, 'to'));
      expect([info.mode & 0o777, Math.round(info.mtimeMs)]).toEqual([0o604, 1_500_000_000_123]);
    }
  });

  it('leaves no trace where the source cannot be read', async () => {
    const root = await tempDirectory();
    const copy = copyOnDisk(placeIn(root), join(root, 'from'), 'the source');
    await expect(copy).rejects.toMatchObject({ code: 'not-found', message: '"the source" does not exist.' });
    const directory = copyOnDisk(placeIn(root), root, 'the source');
    await expect(directory).rejects.toMatchObject({
      code: 'unreadable',
      message: 'Cannot read "the source": it is a directory.',
    });
    expect(await readdir(root)).toEqual([]);
  });

  it('refuses a disk that gives back other bytes than it was given', async () => {
    const root = await tempDirectory();
    await writeFile(join(root, 'from'), 'content');
    const read = fs.readSync as (...args: unknown[]) => number;
    let calls = 0;
    vi.spyOn(fs, 'readSync').mockImplementation(((...args: unknown[]) => {
      const count = read(...args);
      calls += 1;
      if (calls === 3) (args[1] as Buffer)[3] = 0;
      return count;
    }) as typeof fs.readSync);
    const copy = copyOnDisk(placeIn(root), join(root, 'from'), 'from');
    await expect(copy).rejects.toThrow(/Cannot write|reads back different/);
    expect(await readdir(root)).toEqual(['from']);
  });
});

describe('LocalStagedFile', () => {
  it('refuses a disk that gives back other bytes, or fewer', async () => {
    const root = await tempDirectory();
    const staged = LocalStagedFile.create(placeIn(root, false), false);
    type Callback = (error: Error | null, count: number) => void;
    const read = fs.read as unknown as (...args: unknown[]) => void;
    for (const spoil of [(back: Buffer) => back.fill(0, 2, 3).length, () => 0]) {
      vi.spyOn(fs, 'read').mockImplementation(((...args: unknown[]) => {
        const done = args.pop() as Callback;
        read(...args, ((error) => done(error, spoil(args[1] as Buffer))) as Callback);
      }) as unknown as typeof fs.read);
      await expect(staged.write(Buffer.from('content'))).rejects.toThrow(/reads back different/);
      vi.restoreAllMocks();
    }
    await staged.discard();
    expect(await readdir(root)).toEqual([]);
  });

  it('says in one line that a disk is full', async () => {
    const root = await tempDirectory();
    const staged = LocalStagedFile.create(placeIn(root, false), false);
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    vi.spyOn(fs, 'write').mockImplementation(((...args: unknown[]) =>
      (args.pop() as (error: Error) => void)(full)) as unknown as typeof fs.write);
    await expect(staged.write(Buffer.from('x'))).rejects.toMatchObject({
      code: 'unwritable',
      message: `Cannot write "${join(root, 'to')}": no space is left on the device.`,
    });
    await staged.discard();
  });
});
