import { createHash } from 'node:crypto';
import {
  chmod,
  cp,
  link,
  lstat,
  mkdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { buildTable } from '../../fits/index.ts';
import { type FileInfo, LocalDestination, LocalSource } from '../../storage/index.ts';
import { readManifest } from '../../transfer/index.ts';
import { FIRST_FILE } from '../../validate/testing/edited-store.ts';
import { openStore } from '../open-store.ts';
import { isFine, verifyStore } from '../verify-store.ts';
import { applyFix } from './index.ts';
import { backupsOf, changesOf, findingsOf, fix, plan } from './testing/fix.ts';
import { contents, editMaster, filesBelow, indexed, manyFaulty, TELAPSE, written } from './testing/stores.ts';

afterEach(() => vi.restoreAllMocks());

describe('the backup of a repair', () => {
  it('holds the originals and tells what it holds; putting them back gives the former store', async () => {
    const store = await indexed();
    const before = await contents(store);
    await utimes(join(store, FIRST_FILE), 1e9, 1e9);
    const { result } = await fix(store);
    const folder = String(result.backup);
    const [head, ...entries] = (await readFile(join(folder, 'manifest.jsonl'), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(head).toMatchObject({ version: 1, program: 'test', begun: expect.any(String) });
    expect(entries.pop()).toEqual({ finished: expect.any(String) });
    const held = (await filesBelow(join(folder, 'files'))).sort();
    expect(entries.map(({ path }: { path: string }) => path).sort()).toEqual(held);
    for (const { path, before: was, after } of entries) {
      const digest = (content: Buffer) => createHash('sha256').update(content).digest('hex');
      expect(digest(await readFile(join(folder, 'files', path)))).toBe(was.sha256);
      expect(digest(await readFile(join(store, path)))).toBe(after.sha256);
    }
    expect((await stat(join(folder, 'files', FIRST_FILE))).mtimeMs).toBe(1e12);
    await cp(join(folder, 'files'), store, { recursive: true });
    expect(await contents(store)).toEqual(before);
  });

  it('is never written over', async () => {
    const store = await written();
    const backups = [(await fix(store)).result.backup];
    for (let count = 0; count < 3; count++) {
      await editMaster(store, (entry) => ({ ...entry, 'Total events': count }));
      backups.push((await fix(store)).result.backup);
    }
    expect(new Set(backups).size).toBe(4);
    expect(await backupsOf(store)).toHaveLength(4);
  });

  it('is a copy of a file that has several names', async () => {
    const store = await written();
    const other = join(dirname(store), 'other-name');
    await link(join(store, FIRST_FILE), other);
    const { result } = await fix(store);
    const kept = join(String(result.backup), 'files', FIRST_FILE);
    expect([(await lstat(kept)).nlink, (await lstat(other)).nlink]).toEqual([1, 1]);
    expect(await readFile(kept)).toEqual(await readFile(other));
  });

  it('lets the manifest of a copy follow, so that verifying finds nothing; what was wrong before stays wrong', async () => {
    const store = await indexed();
    const entry = async (path: string, sha?: string) => {
      const content = await readFile(join(store, path));
      const sha256 = sha ?? createHash('sha256').update(content).digest('hex');
      return `${JSON.stringify({ path, size: content.length, sha256, source: '/there', time: '' })}\n`;
    };
    const lines = await Promise.all([
      entry(FIRST_FILE),
      entry('hdu-index.fits'),
      entry('obs-index.fits', '0'.repeat(64)),
    ]);
    await mkdir(join(store, '.iact'), { recursive: true });
    await writeFile(join(store, '.iact/manifest.jsonl'), lines.join(''));
    await fix(store);
    const { files } = await verifyStore({ store: await openStore(store) });
    expect(files.filter((file) => !isFine(file)).map(({ path }) => path)).toEqual(['obs-index.fits']);
    expect((await readManifest(new LocalSource(store))).get(FIRST_FILE)?.source).toBe('/there');
  });
});

describe('a repair that is stopped', () => {
  it('is completed by the next one, whatever rules are asked for then', async () => {
    const store = await indexed();
    const planned = await plan(store, { only: ['telapse'] });
    await expect(applyFix(withoutIndexes(planned), { program: 'test' })).resolves.toMatchObject({ files: 1 });
    await unfinish(store);
    expect((await findingsOf(store)).map(({ code }) => code)).toEqual(['file-md5']);
    const done = await fix(store, { only: ['telapse'] });
    expect(changesOf(done).every((line) => line.includes('MD5'))).toBe(true);
    expect(await findingsOf(store)).toEqual([]);
    const after = await plan(store);
    expect([after.unfinished, changesOf(after)]).toEqual([[], []]);
  });

  it('is left to its like by one that was planned before it was stopped, or finished', async () => {
    const store = await indexed();
    const before = { ...(await plan(store)), files: [] };
    await applyFix(withoutIndexes(await plan(store, { only: ['telapse'] })), { program: 'test' });
    await unfinish(store);
    await expect(applyFix(before, { program: 'test' })).rejects.toMatchObject({ code: 'changed' });
    const between = { ...(await plan(store)), files: [] };
    await fix(store);
    const manifests = async (): Promise<string[]> =>
      Promise.all((await backupsOf(store)).map((folder) => readFile(join(folder, 'manifest.jsonl'), 'utf8')));
    const finished = await manifests();
    await applyFix(between, { program: 'test' });
    expect(await manifests()).toEqual(finished);
  });

  it('ends where it was asked to, with indexes that fit', async () => {
    const store = await indexed();
    const controller = new AbortController();
    const planned = await plan(store);
    controller.abort();
    const before = await contents(store);
    await expect(applyFix(planned, { program: 'test', signal: controller.signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(await contents(store)).toEqual(before);
    await fix(store);
    expect(await findingsOf(store)).toEqual([]);
  });

  it('stops behind the files under way, and makes the indexes fit them', async () => {
    const store = await manyFaulty();
    const rules = { only: ['telapse', 'file-md5', 'file-size'] };
    const controller = new AbortController();
    const { signal } = controller;
    const stopped = applyFix(await plan(store, rules), { program: 'test', signal, onFile: () => controller.abort() });
    await expect(stopped).rejects.toMatchObject({
      code: 'cancelled',
      message: expect.stringMatching(/^Stopped after 65 of 71 files\./),
    });
    expect((await findingsOf(store, rules)).map(({ code }) => code)).toEqual(Array(6).fill('telapse'));
    await fix(store, rules);
    expect(await findingsOf(store, rules)).toEqual([]);
  });

  it('says how far it came when it is stopped while a file is read', async () => {
    const store = await manyFaulty();
    const rules = { only: ['telapse', 'file-md5', 'file-size'] };
    const controller = new AbortController();
    const { signal } = controller;
    const planned = await plan(store, rules);
    const stage = LocalDestination.prototype.stage;
    let staged = 0;
    const spy = vi.spyOn(LocalDestination.prototype, 'stage').mockImplementation(function (
      this: LocalDestination,
      ...args
    ) {
      if (args[0].startsWith('data/') && ++staged === 66) controller.abort();
      return stage.apply(this, args);
    });
    await expect(applyFix(planned, { program: 'test', signal })).rejects.toMatchObject({
      code: 'cancelled',
      message: expect.stringMatching(/^Stopped after 65 of 71 files\./),
    });
    spy.mockRestore();
    expect((await filesBelow(store)).filter((path) => path.endsWith('.part'))).toEqual([]);
    expect((await findingsOf(store, rules)).map(({ code }) => code)).toEqual(Array(6).fill('telapse'));
  });

  it('leaves what has become another of the same size and time since it was checked', async () => {
    const store = await indexed();
    const path = join(store, FIRST_FILE);
    const planned = await plan(store);
    const { atime, mtime } = await stat(path);
    await utimes(path, atime, mtime);
    const info = planned.infos.get(FIRST_FILE) as FileInfo;
    const bytes = await readFile(path);
    bytes.write('M', bytes.indexOf("'") + 1, 'latin1');
    await writeFile(path, bytes);
    await utimes(path, atime, mtime);
    const infos = new Map(planned.infos).set(FIRST_FILE, { ...info, mtimeMs: (await stat(path)).mtimeMs });
    await expect(applyFix({ ...planned, infos }, { program: 'test' })).rejects.toMatchObject({ code: 'changed' });
    expect((await readFile(path)).equals(bytes)).toBe(true);
    expect((await filesBelow(store)).filter((each) => each.endsWith('.part'))).toEqual([]);
  });

  it('removes what a kill has left of unfinished files where it works, and nothing else', async () => {
    const store = await indexed();
    const left = '.iact-0123456789abcdef.part';
    for (const folder of ['data', '.']) await writeFile(join(store, folder, left), 'unfinished');
    await writeFile(join(store, 'data', '.iact-other'), 'mine');
    await fix(store);
    expect((await filesBelow(store)).filter((path) => path.includes('.iact-'))).toEqual(['data/.iact-other']);
  });

  it('does not take a second name of a file that it has not replaced for an original', async () => {
    const store = await indexed();
    const planned = await plan(store);
    const stopped = vi.spyOn(LocalDestination.prototype, 'syncDirectory').mockImplementation(async (path) => {
      if (path.endsWith('/files/data')) throw new Error('killed');
    });
    await expect(applyFix(planned, { program: 'test' })).rejects.toThrow('killed');
    stopped.mockRestore();
    expect((await stat(join(store, FIRST_FILE))).nlink).toBe(2);
    const { result } = await fix(store);
    const folders = (await backupsOf(store)).map((folder) => join(folder, 'files', FIRST_FILE));
    expect(
      await Promise.all(
        folders.map((path) =>
          stat(path).then(
            ({ nlink }) => nlink,
            () => 0,
          ),
        ),
      ),
    ).toEqual(folders.map((path) => (path.startsWith(String(result.backup)) ? 1 : 0)));
    expect(await findingsOf(store)).toEqual([]);
  });

  it('leaves what has become another since it was checked', async () => {
    const store = await indexed();
    const planned = await plan(store);
    await utimes(join(store, FIRST_FILE), 1e9, 1e9);
    const before = await contents(store);
    await expect(applyFix(planned, { program: 'test' })).rejects.toMatchObject({ code: 'changed' });
    expect([await contents(store), await backupsOf(store)]).toEqual([before, []]);
  });
});

describe('planFix()', () => {
  it.each([
    ['http://127.0.0.1:1/store', /Only a store in a folder of this machine can be repaired.*"iact copy"/],
    ['s3://bucket/store', /Only a store in a folder/],
  ])('refuses %s', async (place, message) => {
    await expect(plan(place)).rejects.toMatchObject({ code: 'usage', message: expect.stringMatching(message) });
  });

  it('refuses a file that a link leads out of the store to, and repairs one that a link leads to inside of it', async () => {
    for (const inside of [false, true]) {
      const store = await written();
      const target = inside ? join(store, 'real.fits') : join(dirname(store), 'real.fits');
      await rename(join(store, FIRST_FILE), target);
      await symlink(target, join(store, FIRST_FILE));
      const original = await readFile(target);
      const { refused, result } = await fix(store);
      expect(result.files).toBe(inside ? 1 : 0);
      expect((await readFile(target)).equals(original)).toBe(!inside);
      expect((await lstat(join(store, FIRST_FILE))).isSymbolicLink()).toBe(true);
      if (!inside)
        expect(refused).toEqual([{ path: FIRST_FILE, changes: 1, reason: expect.stringContaining('leads out') }]);
    }
  });

  it('repairs a file that ends within the last block of its last header', async () => {
    const cut = (bytes: Uint8Array) => bytes.slice(0, bytes.length - 500);
    const empty = buildTable({ name: 'EMPTY', columns: [{ name: 'A', form: '1J', values: [] }] });
    const store = await written({ ...TELAPSE, added: [empty], bytes: { [FIRST_FILE]: cut } });
    const { refused, result } = await fix(store);
    expect([refused, result.files]).toEqual([[], 1]);
    expect((await findingsOf(store)).map(({ code }) => code)).not.toContain('telapse');
  });

  it('refuses a file that is cut off, and repairs the others', async () => {
    const store = await written({
      ...TELAPSE,
      bytes: { [FIRST_FILE]: (bytes) => bytes.slice(0, bytes.length - 9000) },
    });
    await editMaster(store, (entry) => ({ ...entry, 'Total events': 1 }));
    const { refused, result } = await fix(store);
    expect(refused).toEqual([{ path: FIRST_FILE, changes: 1, reason: expect.stringContaining('cannot be read') }]);
    expect(result.files).toBe(1);
  });
});

describe('a store that is not to be written to', () => {
  it.each([
    ['a file', FIRST_FILE, 0o444],
    ['a folder', 'data', 0o555],
  ])('gives one error for %s, and stays as it is', async (_, path, mode) => {
    const store = await indexed();
    const planned = await plan(store);
    const before = await contents(store);
    await chmod(join(store, path), mode);
    await expect(applyFix(planned, { program: 'test' })).rejects.toMatchObject({
      code: 'unwritable',
      message: `Cannot write "${join(store, path)}": permission denied. "chmod u+w ${join(store, path)}" allows it.`,
    });
    await chmod(join(store, path), 0o755);
    expect([await contents(store), await backupsOf(store)]).toEqual([before, []]);
  });

  it('waits for an unfinished copy', async () => {
    const store = await written();
    await mkdir(join(store, '.iact'));
    await writeFile(join(store, '.iact/journal.jsonl'), '');
    await expect(fix(store)).rejects.toMatchObject({
      code: 'exists',
      message: expect.stringContaining('not finished'),
    });
    await rm(join(store, '.iact'), { recursive: true });
    await fix(store);
    expect(await findingsOf(store)).toEqual([]);
  });
});

function withoutIndexes(planned: Awaited<ReturnType<typeof plan>>): Awaited<ReturnType<typeof plan>> {
  return { ...planned, files: planned.files.filter(({ path }) => !planned.indexPaths.includes(path)) };
}

/** As a kill leaves it before its end: without the line that marks it as finished. */
async function unfinish(store: string): Promise<void> {
  for (const folder of await backupsOf(store)) {
    const path = join(folder, 'manifest.jsonl');
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
    await writeFile(path, `${lines.slice(0, -1).join('\n')}\n`);
  }
}
