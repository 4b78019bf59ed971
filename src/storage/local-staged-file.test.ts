import fs from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { tempDirectory } from '../../test/support/temp.ts';
import { DISK_CALLS } from './file-calls.ts';
import { LocalStagedFile } from './local-staged-file.ts';
import type { LocalPlace } from './sealed-local-file.ts';

const placeIn = (root: string, onDisk = true): LocalPlace => ({
  path: 'to',
  partial: join(root, 'partial'),
  target: join(root, 'to'),
  onDisk,
});

afterEach(() => vi.restoreAllMocks());

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

  it('is complete where the system lets nobody set permissions and times', async () => {
    for (const code of ['EPERM', 'ENOSYS']) {
      const root = await tempDirectory();
      const refusal = Object.assign(new Error(), { code });
      vi.spyOn(DISK_CALLS, 'chmod').mockRejectedValue(refusal);
      vi.spyOn(DISK_CALLS, 'utimes').mockRejectedValue(refusal);
      const staged = LocalStagedFile.create(placeIn(root), false);
      await staged.write(Buffer.from('content'));
      expect(await staged.seal({ mode: 0o444, mtimeMs: 5000 })).toBe(7);
      await staged.publish();
      expect(await readFile(join(root, 'to'), 'utf8')).toBe('content');
    }
    vi.spyOn(DISK_CALLS, 'chmod').mockRejectedValue(Object.assign(new Error(), { code: 'EIO' }));
    const staged = LocalStagedFile.create(placeIn(await tempDirectory()), false);
    await expect(staged.seal({})).rejects.toMatchObject({ code: 'unwritable' });
    await staged.discard();
  });

  it('gives the file to its owner, as far as the system lets it, before it has its permissions', async () => {
    const root = await tempDirectory();
    const mine = { user: process.getuid?.() ?? 0, group: process.getgid?.() ?? 0 };
    const theirs = { user: 12_345, group: 23_456 };
    const calls: unknown[][] = [];
    const chmod = DISK_CALLS.chmod;
    vi.spyOn(DISK_CALLS, 'chmod').mockImplementation((fd, mode) => {
      calls.push(['chmod', mode]);
      return chmod(fd, mode);
    });
    const chown = vi.spyOn(DISK_CALLS, 'chown').mockImplementation(async (_, user, group) => {
      calls.push(['chown', user, group]);
      if (user !== -1) throw Object.assign(new Error(), { code: 'EPERM' });
    });
    for (const owner of [mine, theirs]) {
      const staged = LocalStagedFile.create(placeIn(root), false);
      await staged.seal({ mode: 0o640, owner });
      await staged.discard();
    }
    const given = ['chmod', 0o640];
    expect(calls).toEqual([given, ['chown', 12_345, 23_456], ['chown', -1, 23_456], given]);
    chown.mockRejectedValue(Object.assign(new Error(), { code: 'EIO' }));
    const staged = LocalStagedFile.create(placeIn(root), false);
    await expect(staged.seal({ owner: theirs })).rejects.toMatchObject({ code: 'unwritable' });
    await staged.discard();
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
