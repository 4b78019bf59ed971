import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { copy, filesIn, idsOf, places } from '../../test/support/copy.ts';
import { customStore, hduIndexTable, readRows, simulatedStore, type TestStore } from '../../test/support/store.ts';
import type { CopyEvent } from './copy-events.ts';
import { openStore } from './open-store.ts';
import { isFine, verifyStore } from './verify-store.ts';

interface ManifestLine {
  path: string;
  size: number;
  sha256: string;
  source: string;
  time: string;
}

async function manifestOf(directory: string): Promise<Map<string, ManifestLine>> {
  const text = await readFile(join(directory, '.iact/manifest.jsonl'), 'utf8');
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ManifestLine);
  return new Map(lines.map((line) => [line.path, line]));
}

const sha256 = async (path: string) =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');

/** Three observations with files of events and responses of their own, and a file that all share. */
async function withResponses(directory: string, ids: readonly number[] = [1, 2, 3]): Promise<TestStore> {
  const rows = ids.flatMap((id) => [
    { id, name: `events_${id}` },
    { id, name: `events_${id}`, type: 'gti' },
    { id, name: `irf_${id}`, type: 'aeff' },
    { id, name: 'shared', type: 'psf' },
  ]);
  return customStore(directory, rows);
}

describe('copyStore() and the manifest', () => {
  it('tells of each file that was copied, and of the indexes', async () => {
    const { from, to } = await places();
    const store = await simulatedStore(from, { observations: 2 });
    await writeFile(join(from, 'README.md'), 'Cite us.');
    await copy(store, to);
    const manifest = await manifestOf(to);
    expect([...manifest.keys()]).toEqual(await filesIn(to));
    for (const [path, line] of manifest) {
      expect(line.size, path).toBe((await stat(join(to, path))).size);
      expect(line.sha256, path).toBe(await sha256(join(to, path)));
      expect(Date.parse(line.time)).toBeGreaterThan(Date.now() - 60_000);
    }
    expect(manifest.get(store.fileOf(store.ids[0] ?? 0))?.source).toBe(join(from, store.fileOf(store.ids[0] ?? 0)));
  });

  it('keeps what earlier copies have told', async () => {
    const { from, to } = await places();
    const store = await simulatedStore(from, { observations: 3 });
    const [a, b] = store.ids as [number, number];
    await copy(store, to, { runs: [a] });
    const first = (await manifestOf(to)).get(store.fileOf(a));
    await copy(store, to, { runs: [b], prefer: 'local' });
    const manifest = await manifestOf(to);
    expect(manifest.get(store.fileOf(a))).toEqual(first);
    expect(manifest.has(store.fileOf(b))).toBe(true);
  });

  it('is what a copy from here compares with: a file that was damaged since is refused', async () => {
    const { from, to } = await places();
    const store = await simulatedStore(from, { observations: 2 });
    await copy(store, to);
    const [a] = store.ids as [number];
    const damaged = join(to, store.fileOf(a));
    const { mtime } = await stat(damaged);
    const bytes = await readFile(damaged);
    bytes[100] = (bytes[100] ?? 0) ^ 1;
    await writeFile(damaged, bytes);
    await utimes(damaged, mtime, mtime);
    const result = await copy({ ...store, master: join(to, 'master.json') }, join(from, '../third'));
    expect(result.failed.map(({ path, error }) => [path, error.code])).toEqual([[store.fileOf(a), 'bad-data']]);
  });
});

describe('copyStore() and documents', () => {
  it('brings README, licence and their like with every copy, and nothing else from the top', async () => {
    const { from, to } = await places();
    const store = await simulatedStore(from, { observations: 2 });
    for (const name of ['README', 'LICENSE.txt', 'notes.md', 'paper.pdf', '.hidden.md', 'program.sh', 'extra.fits']) {
      await writeFile(join(from, name), `content of ${name}`);
    }
    await mkdir(join(from, 'README.d'));
    await copy(store, to, { runs: [store.ids[0] ?? 0] });
    const top = (await readdir(to)).sort();
    expect(top).toEqual(
      [
        '.iact',
        'LICENSE.txt',
        'README',
        'data',
        'hdu-index.fits.gz',
        'master.json',
        'notes.md',
        'obs-index.fits.gz',
        'paper.pdf',
      ].sort(),
    );
    expect(await readFile(join(to, 'LICENSE.txt'), 'utf8')).toBe('content of LICENSE.txt');
  });

  it('brings its own up to date, and puts itself beside those of others', async () => {
    const { from, to } = await places();
    const store = await simulatedStore(from, { observations: 2, name: 'mine' });
    await writeFile(join(from, 'README.md'), 'first');
    await mkdir(to);
    await writeFile(join(to, 'README.md'), "the user's own");
    await copy(store, to);
    expect(await readFile(join(to, 'README.md'), 'utf8')).toBe("the user's own");
    expect(await readFile(join(to, 'README.mine.md'), 'utf8')).toBe('first');
    await writeFile(join(from, 'README.md'), 'second');
    await copy(store, to);
    expect(await readFile(join(to, 'README.mine.md'), 'utf8')).toBe('second');
    expect(await readFile(join(to, 'README.md'), 'utf8')).toBe("the user's own");
  });

  it('names one that cannot be read, and copies the data all the same', async () => {
    const { from, to } = await places();
    const store = await simulatedStore(from, { observations: 1 });
    await symlink('nowhere', join(from, 'LICENSE'));
    await writeFile(join(from, 'README'), 'x');
    const opened = await openStore(store.master);
    const read = opened.source.read.bind(opened.source);
    opened.source.read = (path, options) => read(path === 'README' ? 'gone' : path, options);
    const { copyStore } = await import('./copy-store.ts');
    const result = await copyStore({
      store: opened,
      dataset: store.dataset,
      destination: to,
      prefer: 'remote',
      program: 'test',
    });
    expect(result.failed.map(({ path }) => path)).toEqual(['README']);
    expect((await idsOf(to)).obs).toEqual([...store.ids]);
  });
});

describe('copyStore() of some HDUs only', () => {
  it('brings the files that hold them and their rows, and adds others later', async () => {
    const { from, to } = await places();
    const store = await withResponses(from);
    await copy(store, to, { only: ['Events', 'gti'], runs: [1, 3] });
    expect(await filesIn(join(to, 'data'))).toEqual(['events_1', 'events_3']);
    const typesIn = async () =>
      (await readRows(join(to, 'hdu-index.fits.gz'))).map((row) => `${row['OBS_ID']} ${row['HDU_TYPE']}`);
    expect(await typesIn()).toEqual(['1 events', '1 gti', '3 events', '3 gti']);
    expect((await idsOf(to)).obs).toEqual([1, 3]);
    await copy(store, to, { only: ['psf'], runs: [1] });
    expect(await typesIn()).toEqual(['1 events', '1 gti', '3 events', '3 gti', '1 psf']);
    await copy(store, to, { only: ['aeff', 'psf'], runs: [1], prefer: 'local' });
    expect((await typesIn()).filter((type) => type.startsWith('1'))).toEqual(['1 events', '1 gti', '1 psf', '1 aeff']);
    expect(await filesIn(join(to, 'data'))).toEqual(['events_1', 'events_3', 'irf_1', 'shared']);
  });

  it('says which types there are when none is as asked for', async () => {
    const { from, to } = await places();
    const store = await withResponses(from);
    await expect(copy(store, to, { only: ['edisp'] })).rejects.toThrow(
      'No HDU of type edisp is listed; there are aeff, events, gti, psf.',
    );
  });
});

describe('copyStore() with a search', () => {
  it('copies the observations that are found, of a run list those of both', async () => {
    const { from, to } = await places();
    const store = await simulatedStore(from, { observations: 4 });
    const [a, b, c] = store.ids as [number, number, number];
    await copy(store, to, { query: { where: `OBS_ID <= ${c}` }, runs: [b, c, a + 99] });
    expect((await idsOf(to)).obs).toEqual([b, c]);
    await expect(copy(store, to, { query: { where: 'OBS_ID < 0' } })).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('copyStore() with overwrite', () => {
  it('if-different copies again what has another size or time, and if-content-differs what has other bytes', async () => {
    const { from, to } = await places();
    const store = await simulatedStore(from, { observations: 4 });
    await copy(store, to);
    const [a, b, c] = store.ids.map((id) => join(to, store.fileOf(id))) as [string, string, string];
    await utimes(a, 5, 5);
    await truncate(b, 100);
    const { mtime } = await stat(c);
    const bytes = await readFile(c);
    await writeFile(
      c,
      bytes.map((byte) => byte ^ 1),
    );
    await utimes(c, mtime, mtime);
    expect((await copy(store, to, { overwrite: 'if-different' })).filesCopied).toBe(2);
    expect((await copy(store, to, { overwrite: 'if-content-differs' })).filesCopied).toBe(1);
    expect((await copy(store, to, { overwrite: 'if-content-differs' })).filesCopied).toBe(0);
    for (const id of store.ids)
      expect(await sha256(join(to, store.fileOf(id)))).toBe(await sha256(join(from, store.fileOf(id))));
  });
});

describe('copyStore() with prune', () => {
  it('removes what the source no longer has, and never what the index does not know', async () => {
    const { from, to } = await places();
    const store = await withResponses(from);
    await copy(store, to);
    await writeFile(join(to, 'data/own'), 'of the user');
    const smaller = await withResponses(join(from, '../smaller'), [1, 3]);
    const events: CopyEvent[] = [];
    const result = await copy(smaller, to, { prune: {}, onEvent: (event) => events.push(event) });
    expect(result.removed).toEqual(['data/events_2', 'data/irf_2']);
    expect(await filesIn(join(to, 'data'))).toEqual(['events_1', 'events_3', 'irf_1', 'irf_3', 'own', 'shared']);
    expect((await idsOf(to)).obs).toEqual([1, 3]);
    expect([...(await manifestOf(to)).keys()].filter((path) => path.includes('_2'))).toEqual([]);
    expect(events.flatMap((event) => (event.type === 'removed' ? event.path : []))).toHaveLength(2);
  });

  it('keeps a file that another dataset names', async () => {
    const { from, to } = await places();
    const store = await withResponses(from);
    await copy(store, to);
    const other = await customStore(join(from, '../other'), [{ id: 7, name: 'irf_2' }], { dataset: 'other' });
    for (const kind of ['hdu', 'obs'])
      await rename(join(other.directory, `${kind}-index.fits.gz`), join(other.directory, `${kind}-other.fits.gz`));
    const entry = { name: 'other', hduindx: 'hdu-other.fits.gz', obsindx: 'obs-other.fits.gz' };
    await writeFile(other.master, JSON.stringify({ datasets: [entry] }));
    await copy(other, to, { prefer: 'local' });
    await copy(await withResponses(join(from, '../smaller'), [1, 3]), to, { prune: {} });
    expect(await filesIn(join(to, 'data'))).toContain('irf_2');
  });

  it('refuses to remove more than allowed, before anything is changed', async () => {
    const { from, to } = await places();
    await copy(await withResponses(from), to);
    const before = await readFile(join(to, 'hdu-index.fits.gz'));
    const smaller = await withResponses(join(from, '../smaller'), [1]);
    await expect(copy(smaller, to, { prune: { maxFiles: 3 } })).rejects.toThrow(
      '4 files would be deleted, more than the 3',
    );
    expect((await readFile(join(to, 'hdu-index.fits.gz'))).equals(before)).toBe(true);
    expect((await copy(smaller, to, { prune: { maxFiles: 4 } })).removed).toHaveLength(4);
  });

  it('of a selection removes only what the source lacks altogether', async () => {
    const { from, to } = await places();
    await copy(await withResponses(from, [1, 2, 3, 4]), to);
    await copy(await withResponses(join(from, '../smaller'), [1, 2, 3]), to, { runs: [1], prune: {} });
    expect((await idsOf(to)).obs.sort()).toEqual([1, 2, 3]);
    expect(await filesIn(join(to, 'data'))).not.toContain('events_4');
  });

  it('finishes what it had begun to remove', async () => {
    const { from, to } = await places();
    await copy(await withResponses(from), to);
    await mkdir(join(to, '.iact'), { recursive: true });
    await writeFile(join(to, '.iact/journal.jsonl'), '{"remove":"data/events_2"}\n{"remove":"data/shared"}\n');
    const smaller = await withResponses(join(from, '../smaller'), [1, 3]);
    await copy(smaller, to, { prune: {} });
    expect(await filesIn(join(to, 'data'))).toEqual(['events_1', 'events_3', 'irf_1', 'irf_3', 'shared']);
  });
});

describe('copyStore() that only tells', () => {
  it('writes nothing, and names each file with its reason', async () => {
    const { from, to } = await places();
    const store = await simulatedStore(from, { observations: 3 });
    const events: CopyEvent[] = [];
    const result = await copy(store, to, { dryRun: true, onEvent: (event) => events.push(event) });
    expect(result.filesCopied).toBe(0);
    await expect(readdir(to)).rejects.toThrow('ENOENT');
    const plan = events.flatMap((event) => (event.type === 'plan' ? event.plan.files : []));
    expect(plan.map(({ path, reason }) => [path, reason])).toEqual(store.ids.map((id) => [store.fileOf(id), 'absent']));
  });
});

describe('copyStore() and the room that is left', () => {
  it('is refused before the first byte', async () => {
    const { from, to } = await places();
    const store = await simulatedStore(from, { observations: 1 });
    const { LocalDestination } = await import('../storage/index.ts');
    const { freeBytes } = LocalDestination.prototype;
    LocalDestination.prototype.freeBytes = async () => 100;
    try {
      await expect(copy(store, to)).rejects.toThrow(
        /There is no room in ".*": \d\.\d\d MB are needed, and 0\.00 MB are free/,
      );
    } finally {
      LocalDestination.prototype.freeBytes = freeBytes;
    }
    expect(await filesIn(to)).toEqual([]);
  });
});

describe('copyStore() with FITS checksums', () => {
  it('names a file whose checksum is wrong, and copies it as it is', async () => {
    const { from, to } = await places();
    const store = await simulatedStore(from, { observations: 2, gzip: false });
    const [file] = (await filesIn(join(from, 'data'))) as [string];
    const bytes = await readFile(join(from, 'data', file));
    const events = bytes.indexOf("EXTNAME = 'EVENTS");
    const at = bytes.indexOf('END     ', events) + 2880;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    await writeFile(join(from, 'data', file), bytes);
    const result = await copy(store, to, { fitsChecksums: true });
    expect(result.filesCopied).toBe(2);
    expect(result.damaged.join()).toContain(file);
    expect(result.damaged).toHaveLength(1);
  });
});

describe('verifyStore()', () => {
  it('finds a changed, a missing and an unknown file, and nothing in a fresh copy', async () => {
    const { from, to } = await places();
    const store = await simulatedStore(from, { observations: 3 });
    await copy(store, to);
    const verify = async () => (await verifyStore({ store: await openStore(to) })).files;
    expect((await verify()).filter((file) => !isFine(file))).toEqual([]);
    expect((await verify()).map(({ state }) => state)).toEqual(Array(6).fill('ok'));
    const [a, b, c] = store.ids.map((id) => store.fileOf(id)) as [string, string, string];
    const bytes = await readFile(join(to, a));
    bytes[50] = (bytes[50] ?? 0) ^ 1;
    await writeFile(join(to, a), bytes);
    await rm(join(to, b));
    const manifest = join(to, '.iact/manifest.jsonl');
    const lines = (await readFile(manifest, 'utf8')).split('\n');
    await writeFile(manifest, lines.filter((line) => !line.includes(c)).join('\n'));
    const states = Object.fromEntries((await verify()).map(({ path, state }) => [path, state]));
    expect(states).toMatchObject({ [a]: 'different', [b]: 'missing', [c]: 'unrecorded', 'master.json': 'ok' });
  });

  it('compares with another store', async () => {
    const { from, to } = await places();
    const store = await simulatedStore(from, { observations: 3 });
    await copy(store, to);
    const [a, b] = store.ids.map((id) => store.fileOf(id)) as [string, string];
    await truncate(join(from, a), 10);
    await rm(join(from, b));
    const request = { store: await openStore(to), against: await openStore(from) };
    const states = Object.fromEntries((await verifyStore(request)).files.map(({ path, state }) => [path, state]));
    expect(states).toMatchObject({ [a]: 'different', [b]: 'not-there', 'hdu-index.fits.gz': 'ok' });
  });

  it('says which MD5 of the index is wrong', async () => {
    const { from } = await places();
    const rows = [
      { id: 1, name: 'a' },
      { id: 2, name: 'b' },
    ];
    const md5 = createHash('md5').update('content of data/a').digest('hex');
    const table = hduIndexTable(rows, 'HDU_INDEX', [{ name: 'MD5', form: '32A', values: [md5, '0'.repeat(32)] }]);
    await customStore(from, rows, { hduTables: [table] });
    const { files } = await verifyStore({ store: await openStore(from) });
    const states = Object.fromEntries(files.map(({ path, state }) => [path, state]));
    expect(states).toMatchObject({ 'data/a': 'ok', 'data/b': 'different' });
  });
});
