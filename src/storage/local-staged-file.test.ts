import fs from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { tempDirectory } from '../../test/support/temp.ts';
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
