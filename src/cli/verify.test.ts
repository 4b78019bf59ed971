import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { places } from '../../test/support/copy.ts';
import { serveFolder } from '../../test/support/serve-folder.ts';
import {
  customStore,
  hduIndexTable,
  obsIndexTable,
  simulatedStore,
  type TestStore,
  writeTables,
} from '../../test/support/store.ts';
import { recordsOf, runIact } from './testing/run-iact.ts';

/** A store and a copy of it. */
async function copied(observations: number): Promise<{ store: TestStore; to: string }> {
  const { from, to } = await places();
  const store = await simulatedStore(from, { observations });
  await runIact(['copy', from, to]);
  return { store, to };
}

/** Changes one byte of a file, and not its size. */
async function spoil(path: string): Promise<void> {
  const bytes = await readFile(path);
  bytes[60] = (bytes[60] ?? 0) ^ 1;
  await writeFile(path, bytes);
}

describe('iact verify', () => {
  it('reads a copy again, and finds it as it arrived', async () => {
    const { to } = await copied(2);
    const run = await runIact(['verify', to]);
    expect(run).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^5 files as they should be \([\d.]+ kB read in [\d.]+ s\)\n$/),
      stderr: '',
    });
    const records = recordsOf(await runIact(['verify', to, '--json']));
    expect(records.filter(({ event }) => event === 'verified-file')).toEqual([]);
    expect(records.at(-1)).toEqual({
      result: {
        command: 'verify',
        store: to,
        against: null,
        bytes: expect.any(Number),
        seconds: expect.any(Number),
        files: 5,
        ok: 5,
        unrecorded: 0,
        problems: [],
      },
    });
  });

  it('names each file that is missing or different', async () => {
    const { store, to } = await copied(3);
    const [a = 0, b = 0, c = 0] = store.ids;
    await spoil(join(to, store.fileOf(a)));
    await rm(join(to, store.fileOf(b)));
    await writeFile(join(to, store.fileOf(c)), 'short');
    const { status, stdout, stderr } = await runIact(['verify', to]);
    expect([status, stdout]).toEqual([1, expect.stringMatching(/^3 files as they should be/)]);
    expect(stderr.split('\n').sort()).toEqual([
      '',
      'iact: error: 3 files of 6 not as they should be, named above.',
      expect.stringMatching(/^iact: warning: ".*" has the SHA-256 digest [0-9a-f]{64}, and [0-9a-f]{64} when it was/),
      `iact: warning: "${join(to, store.fileOf(b))}" does not exist.`,
      expect.stringMatching(/^iact: warning: ".*" has 5 bytes, and \d+ when it was copied\.$/),
    ]);
    const records = recordsOf(await runIact(['verify', to, '--json']));
    expect(records.flatMap(({ event, path, state }) => (event === 'verified-file' ? [[path, state]] : []))).toEqual([
      [store.fileOf(a), 'different'],
      [store.fileOf(b), 'missing'],
      [store.fileOf(c), 'different'],
    ]);
  });

  it('says of how many files nothing was noted', async () => {
    const { store } = await copied(2);
    const { status, stdout } = await runIact(['verify', store.directory]);
    expect([status, stdout]).toEqual([
      0,
      expect.stringMatching(/^0 files as they should be .*; of 5 nothing was noted to compare with\n$/),
    ]);
  });

  it('reads files of which nothing was noted, too', async () => {
    const { store } = await copied(1);
    const [id = 0] = store.ids;
    const url = await serveFolder(store.directory, (request, response) => {
      // Announced, and forbidden to whoever wants it.
      const isForbidden = request.method === 'GET' && request.url?.includes('data/') === true;
      if (isForbidden) response.writeHead(403).end();
      return isForbidden;
    });
    const { status, stderr } = await runIact(['verify', url]);
    expect(status).toBe(1);
    expect(stderr).toMatch(new RegExp(`warning: Cannot read "${url}${store.fileOf(id)}": the server forbids it`));
  });

  it('reads an index once that several datasets share', async () => {
    const { from } = await places();
    const { master } = await customStore(from, [{ id: 1, name: 'a' }]);
    const entry = { hduindx: 'hdu-index.fits.gz', obsindx: 'obs-index.fits.gz' };
    const datasets = ['a', 'b', 'c'].map((name) => ({ name, ...entry }));
    await writeFile(master, JSON.stringify({ datasets }));
    let reads = 0;
    const url = await serveFolder(from, (request) => {
      if (request.method === 'GET' && request.url?.endsWith('hdu-index.fits.gz') === true) reads += 1;
      return false;
    });
    expect(await runIact(['verify', url])).toMatchObject({ status: 0 });
    // For what it names, and as one of the files.
    expect(reads).toBe(2);
  });

  it('compares with the MD5 column of the index', async () => {
    const { from } = await places();
    const rows = [
      { id: 1, name: 'a' },
      { id: 2, name: 'b' },
    ];
    const values = [createHash('md5').update('content of data/a').digest('hex'), '0'.repeat(32)];
    const hduTables = [hduIndexTable(rows, 'HDU_INDEX', [{ name: 'MD5', form: '32A', values }])];
    await customStore(from, rows, { hduTables });
    const { status, stdout, stderr } = await runIact(['verify', from]);
    expect(stdout).toMatch(/^1 file as they should be/);
    expect([status, stderr]).toEqual([1, expect.stringContaining(`and the HDU index says ${'0'.repeat(32)}.`)]);
  });

  it('compares with another store by --against', async () => {
    const { store, to } = await copied(2);
    const [first = 0, second = 0] = store.ids;
    expect(await runIact(['verify', to, '--against', store.directory])).toMatchObject({ status: 0, stderr: '' });
    await spoil(join(store.directory, store.fileOf(first)));
    await rm(join(store.directory, store.fileOf(second)));
    const records = recordsOf(await runIact(['verify', to, '--against', store.directory, '--json']));
    expect(records.flatMap(({ event, path, state }) => (event === 'verified-file' ? [[path, state]] : []))).toEqual([
      [store.fileOf(first), 'different'],
      [store.fileOf(second), 'not-there'],
    ]);
    expect(records.at(-1)).toMatchObject({ result: { against: store.directory } });
  });

  it('takes a part of a store for what it is with --against, and names what its index tells otherwise', async () => {
    const { from, to } = await places();
    const rows = [1, 2, 3].map((id) => ({ id, name: `file-${id}` }));
    const index = (ids: number[], value: number) =>
      obsIndexTable(ids, 'OBS_INDEX', [{ name: 'X', form: '1J', values: ids.map(() => value) }]);
    await customStore(from, rows, { obsTables: [index([1, 2, 3], 5)] });
    await runIact(['copy', from, to, '--where', 'OBS_ID > 1']);
    const args = ['verify', to, '--against', from];
    expect(await runIact(args)).toMatchObject({ status: 0, stderr: '' });

    await writeTables(join(to, 'obs-index.fits.gz'), [index([2, 3], 6)]);
    const told = await runIact(args);
    expect([told.status, told.stderr]).toEqual([
      1,
      expect.stringContaining('is: OBS_ID 2, 3; "iact diff" tells more.'),
    ]);
    await writeTables(join(to, 'obs-index.fits.gz'), [obsIndexTable([2, 3])]);
    expect((await runIact(args)).stderr).toContain('is: column X; "iact diff" tells more.');
    await writeFile(join(to, 'obs-index.fits.gz'), 'no FITS');
    expect((await runIact(args)).stderr).toMatch(/is: ".*obs-index.fits.gz"/);

    await writeFile(
      join(to, 'master.json'),
      (await readFile(join(to, 'master.json'), 'utf8')).replace('custom', 'mine'),
    );
    const renamed = recordsOf(await runIact([...args, '--json']));
    expect(renamed.flatMap(({ event, path, state }) => (event === 'verified-file' ? [[path, state]] : []))).toEqual([
      ['hdu-index.fits.gz', 'different'],
      ['master.json', 'different'],
      ['obs-index.fits.gz', 'different'],
    ]);
  });

  it.each([
    ['has another name', async (from: string) => rename(join(from, 'master.json'), join(from, 'dr1.json')), 'dr1.json'],
    ['is not there', async (from: string) => rm(join(from, 'master.json')), ''],
  ])('compares a copy of a store whose master index %s', async (_, change, master) => {
    const { from, to } = await places();
    await customStore(from, [{ id: 1, name: 'a' }]);
    await change(from);
    const place = join(from, master);
    expect(await runIact(['copy', place, to])).toMatchObject({ status: 0 });
    const args = ['verify', to, '--against', place];
    expect(await runIact(args)).toMatchObject({ status: 0, stderr: '' });
    const text = await readFile(join(to, 'master.json'), 'utf8');
    await writeFile(join(to, 'master.json'), text.replace(/"name": "\w+"/, '"name": "mine"'));
    const { status, stderr } = await runIact(args);
    expect([status, stderr]).toEqual([1, expect.stringContaining(`is not what "${place}" is: dataset "mine"`)]);
  });

  it('compares index files of which one is compressed, and the other is not', async () => {
    const { from, to } = await places();
    const { master } = await customStore(from, [{ id: 1, name: 'a' }]);
    await writeFile(master, (await readFile(master, 'utf8')).replaceAll('.fits.gz', '.fits'));
    await runIact(['copy', from, to]);
    const args = ['verify', to, '--against', from];
    await writeTables(join(from, 'obs-index.fits'), [obsIndexTable([1])]);
    await rm(join(from, 'obs-index.fits.gz'));
    expect(await runIact(args)).toMatchObject({ status: 0, stderr: '' });
    await writeTables(join(from, 'obs-index.fits'), [obsIndexTable([2])]);
    expect((await runIact(args)).stderr).toContain(': OBS_ID 1; "iact diff" tells more.');
  });

  it.each([
    ['in a folder', async (from: string) => from],
    ['on a web server', (from: string) => serveFolder(from)],
  ])('compares a document that had to be renamed with its original %s', async (_, placeOf) => {
    const { from, to } = await places();
    await customStore(from, [{ id: 1, name: 'a' }]);
    await writeFile(join(from, 'README.md'), 'terms of this one');
    await mkdir(to);
    await writeFile(join(to, 'README.md'), 'terms of another one');
    const place = await placeOf(from);
    expect(await runIact(['copy', place, to])).toMatchObject({ status: 0 });
    expect(await readFile(join(to, 'README.custom.md'), 'utf8')).toBe('terms of this one');
    const args = ['verify', to, '--against', place];
    expect(await runIact(args)).toMatchObject({ status: 0, stderr: '' });
    await writeFile(join(from, 'README.md'), 'terms of that one');
    const told = await runIact(args);
    const difference = expect.stringMatching(/README\.custom\.md" is not what ".*\/README\.md" is\./);
    expect([told.status, told.stderr]).toEqual([1, difference]);
    await rm(join(from, 'README.md'));
    expect((await runIact(args)).stderr).toMatch(/\/README\.md" does not exist\./);
  });

  it('compares where datasets are, not how much of them there is', async () => {
    const { from, to } = await places();
    const { master } = await customStore(from, [{ id: 1, name: 'a' }]);
    await runIact(['copy', from, to]);
    const change = async (entry: object): Promise<void> => {
      const { datasets } = JSON.parse(await readFile(master, 'utf8'));
      await writeFile(master, JSON.stringify({ datasets: [{ ...datasets[0], ...entry }] }));
    };
    const args = ['verify', to, '--against', from];
    await change({ 'Total observations': 105, hduindx: './hdu-index.fits' });
    expect(await runIact(args)).toMatchObject({ status: 0, stderr: '' });
    await change({ hduindx: 'other/hdu-index.fits.gz' });
    expect((await runIact(args)).stderr).toContain('master.json" is: dataset "custom".');
  });

  it('names an index file where that of the other store leads out of it', async () => {
    const { from, to } = await places();
    const row = { id: 1, name: 'a' };
    await customStore(from, [row]);
    await runIact(['copy', from, to]);
    await writeTables(join(from, 'hdu-index.fits.gz'), [hduIndexTable([{ ...row, dir: '../../elsewhere' }])]);
    const records = recordsOf(await runIact(['verify', to, '--against', from, '--json']));
    expect(records.flatMap(({ event, path, state }) => (event === 'verified-file' ? [[path, state]] : []))).toEqual([
      ['hdu-index.fits.gz', 'different'],
    ]);
  });

  it('checks DATASUM and CHECKSUM with --fits-checksum', async () => {
    const { from } = await places();
    const store = await simulatedStore(from, { observations: 1, gzip: false });
    const file = join(from, store.fileOf(store.ids[0] ?? 0).replace(/\.gz$/, ''));
    expect(await runIact(['verify', from, '--fits-checksum'])).toMatchObject({ status: 0 });
    const bytes = await readFile(file);
    // The last byte of the data of the last HDU, before the fill.
    bytes[bytes.length - 2881] = (bytes[bytes.length - 2881] ?? 0) ^ 1;
    await writeFile(file, bytes);
    expect(await runIact(['verify', from])).toMatchObject({ status: 0 });
    const { status, stderr } = await runIact(['verify', from, '--fits-checksum']);
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/does not have the (DATASUM|CHECKSUM) that its header/),
    ]);
  });

  it('refuses what is no store', async () => {
    const { to } = await places();
    expect(await runIact(['verify', to])).toMatchObject({ status: 3, stdout: '' });
  });
});
