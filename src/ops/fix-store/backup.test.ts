import fs from 'node:fs';
import { appendFile, chown, link, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { IactError } from '../../core/index.ts';
import { LocalDestination } from '../../storage/index.ts';
import { FIRST_FILE } from '../../validate/testing/edited-store.ts';
import { readUnfinished } from './backup.ts';
import { applyFix } from './index.ts';
import { backupsOf, findingsOf, fix, plan } from './testing/fix.ts';
import { contents, indexed, manyFaulty, TELAPSE, written } from './testing/stores.ts';

afterEach(() => vi.restoreAllMocks());

const RULES = { only: ['telapse', 'file-md5', 'file-size'] };

describe('the manifest of a backup', () => {
  it('is appended to, group by group', async () => {
    const store = await manyFaulty();
    const files = new Set<number>();
    const look = async (): Promise<void> => {
      for (const folder of await backupsOf(store)) files.add((await stat(join(folder, 'manifest.jsonl'))).ino);
    };
    const append = LocalDestination.prototype.append;
    vi.spyOn(LocalDestination.prototype, 'append').mockImplementation(async function (this: LocalDestination, ...args) {
      await look();
      await append.apply(this, args);
    });
    const { files: planned } = await fix(store, RULES);
    await look();
    expect(files.size).toBe(1);
    expect((await entriesOf(store)).map(({ path }) => path)).toEqual(planned.map(({ path }) => path));
  });

  it('tells of whole lines where a crash has cut off the last, or left zeros', async () => {
    for (const torn of ['{"path":"data/x.fits","before":{"si', '\0'.repeat(300)]) {
      const store = await indexed();
      const planned = await plan(store, RULES);
      const dataOnly = { ...planned, files: planned.files.slice(0, 1) };
      const finish = vi.spyOn(LocalDestination.prototype, 'append').mockRejectedValue(new Error('killed'));
      await expect(applyFix(dataOnly, { program: 'test' })).rejects.toThrow('killed');
      finish.mockRestore();
      const [folder = ''] = await backupsOf(store);
      await appendFile(join(folder, 'manifest.jsonl'), torn);
      const [unfinished] = await readUnfinished(new LocalDestination(store));
      expect(unfinished?.entries.map(({ path }) => path)).toEqual([FIRST_FILE]);
      await fix(store, RULES);
      expect(await findingsOf(store)).toEqual([]);
      expect(await readUnfinished(new LocalDestination(store))).toEqual([]);
      expect((await entriesOf(store)).map(({ path }) => path)).toContain(FIRST_FILE);
    }
  });

  it('goes on behind a part of a line that a full disk has left', async () => {
    const store = await manyFaulty();
    const append = LocalDestination.prototype.append;
    const full = new IactError('unwritable', 'no space is left on the device');
    vi.spyOn(LocalDestination.prototype, 'append').mockImplementationOnce(async function (
      this: LocalDestination,
      path,
      content,
    ) {
      await append.call(this, path, content.subarray(0, content.length - 40));
      throw full;
    });
    await expect(applyFix(await plan(store, RULES), { program: 'test' })).rejects.toBe(full);
    // The indexes fit the files that were replaced before.
    const left = await findingsOf(store, RULES);
    expect(new Set(left.map(({ code }) => code))).toEqual(new Set(['telapse']));
    expect((await entriesOf(store)).at(-1)?.path).toBe('hdu-index.fits');
    await fix(store, RULES);
    expect(await findingsOf(store, RULES)).toEqual([]);
  });
});

describe('a repair that runs out of room before its indexes', () => {
  it('says that the same command completes it, and is completed', async () => {
    const store = await indexed();
    const full = new IactError('unwritable', 'Cannot write: no space is left on the device.');
    vi.spyOn(LocalDestination.prototype, 'append').mockRejectedValue(full);
    await expect(applyFix(await plan(store, RULES), { program: 'test' })).rejects.toMatchObject({
      code: 'unwritable',
      message: `${full.message} 1 of 2 files were replaced before; run the same command again, which completes the repair.`,
    });
    vi.restoreAllMocks();
    expect((await findingsOf(store, RULES)).map(({ code }) => code)).toEqual(['file-md5']);
    await fix(store, { only: ['telapse'] });
    expect(await findingsOf(store, RULES)).toEqual([]);
  });
});

describe('a file of somebody else', () => {
  const isRoot = process.getuid?.() === 0;
  if (!isRoot) process.stderr.write('skipped: only root gives files away\n');

  it.runIf(isRoot)('stays theirs when root repairs it, and so does its original', async () => {
    for (const names of [1, 2]) {
      const store = await written({ ...TELAPSE, master: wrongTotals });
      if (names === 2) await link(join(store, FIRST_FILE), join(dirname(store), 'other-name'));
      for (const path of [FIRST_FILE, 'master.json']) await chown(join(store, path), 12_345, 23_456);
      const { result, files } = await fix(store);
      expect(files.map(({ path }) => path)).toEqual([FIRST_FILE, 'master.json']);
      for (const { path } of files) {
        for (const place of [join(store, path), join(String(result.backup), 'files', path)]) {
          const { uid, gid } = await stat(place);
          expect([place, uid, gid]).toEqual([place, 12_345, 23_456]);
        }
      }
    }
  });

  it('is repaired all the same where the system lets us give nothing away', async () => {
    const store = await written();
    vi.spyOn(LocalDestination.prototype, 'ownerOf').mockResolvedValue({ user: 12_345, group: 23_456 });
    const wanted: [number, number][] = [];
    vi.spyOn(fs, 'fchownSync').mockImplementation((_, user, group) => {
      wanted.push([user, group]);
      throw Object.assign(new Error('EPERM'), { code: 'EPERM' });
    });
    await fix(store);
    expect(wanted).toEqual([
      [12_345, 23_456],
      [-1, 23_456],
    ]);
    expect(await findingsOf(store)).toEqual([]);
  });

  it('is not replaced where giving it away fails for another reason', async () => {
    const store = await written();
    const before = await contents(store);
    vi.spyOn(LocalDestination.prototype, 'ownerOf').mockResolvedValue({ user: 12_345, group: 23_456 });
    vi.spyOn(fs, 'fchownSync').mockImplementation(() => {
      throw Object.assign(new Error('EIO'), { code: 'EIO' });
    });
    await expect(fix(store)).rejects.toMatchObject({ code: 'unwritable' });
    expect(await contents(store)).toEqual(before);
  });
});

function wrongTotals({ datasets: [first] }: { datasets: Record<string, unknown>[] }): object {
  return { datasets: [{ ...first, 'Total observations': 7 }] };
}

interface Line {
  readonly path: string;
}

async function entriesOf(store: string): Promise<Line[]> {
  const [folder = ''] = await backupsOf(store);
  const lines = (await readFile(join(folder, 'manifest.jsonl'), 'utf8')).split('\n');
  return lines.flatMap((line): Line[] => {
    try {
      const record = JSON.parse(line) as Partial<Line>;
      return record.path === undefined ? [] : [{ path: record.path }];
    } catch {
      return [];
    }
  });
}
