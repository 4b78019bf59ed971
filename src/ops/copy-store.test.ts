import { mkdir, readdir, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  customStore,
  hduIndexTable,
  obsIndexTable,
  readIds,
  readRows,
  readTables,
  simulatedStore,
  type TestStore,
  writeTables,
} from '../../test/support/store.ts';
import { tempDirectory } from '../../test/support/temp.ts';
import { buildTable } from '../fits/index.ts';
import { parseRunList } from '../gadf/index.ts';
import { lockDirectory } from '../transfer/index.ts';
import type { CopyEvent, CopyResult } from './copy-events.ts';
import { type CopyRequest, copyStore } from './copy-store.ts';
import { openStore } from './open-store.ts';

interface CopyOptions {
  readonly runs?: readonly (number | string)[];
  readonly prefer?: CopyRequest['prefer'];
  readonly dataset?: string;
  readonly master?: string;
  readonly onEvent?: (event: CopyEvent) => void;
  readonly signal?: AbortSignal;
}

async function copy(from: TestStore, to: string, options: CopyOptions = {}): Promise<CopyResult> {
  const { runs, master, ...rest } = options;
  return copyStore({
    store: await openStore(master ?? from.master),
    dataset: from.dataset,
    runs: runs && parseRunList(runs.join('\n'), 'runs.lis'),
    destination: to,
    prefer: 'remote',
    program: 'test',
    ...rest,
  });
}

const files = async (directory: string) =>
  (await readdir(directory, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .sort();

/** Rows of both index tables of a copy as the master index names them. */
const idsOf = async (directory: string) => ({
  hdu: await readIds(join(directory, 'hdu-index.fits.gz')),
  obs: await readIds(join(directory, 'obs-index.fits.gz')),
});

async function places(): Promise<{ from: string; to: string }> {
  const root = await tempDirectory();
  return { from: join(root, 'from'), to: join(root, 'to') };
}

const times = <T>(count: number, values: readonly T[]) => values.flatMap((value) => Array<T>(count).fill(value));

describe('copyStore() of everything', () => {
  it('brings every file of the index byte by byte, and leaves nothing of its own', async () => {
    const { from, to } = await places();
    const store = await simulatedStore(from, { observations: 3, indexDir: 'index/gps' });
    const result = await copy(store, to);
    expect(result).toMatchObject({ filesFound: 3, filesCopied: 3, failed: [], datasets: ['simulated'] });
    expect(await files(to)).toEqual(await files(from));
    for (const file of await files(from)) {
      expect((await readFile(join(to, file))).equals(await readFile(join(from, file))), file).toBe(true);
    }
  });

  it('joins the index where other observations are already there', async () => {
    const { from, to } = await places();
    const store = await simulatedStore(from, { observations: 3 });
    const other = await simulatedStore(join(from, '../other'), { observations: 2, firstObsId: 500 });
    await copy(other, to);
    await copy(store, to);
    expect((await idsOf(to)).obs).toEqual([...other.ids, ...store.ids]);
    expect((await idsOf(to)).hdu).toEqual(times(6, [...other.ids, ...store.ids]));
  });

  it('brings the index up to date also where files that are there stay', async () => {
    const { from, to } = await places();
    const store = await simulatedStore(from, { observations: 3 });
    await copy(store, to, { runs: store.ids.slice(1, 2) });
    await copy(store, to, { prefer: 'local' });
    expect((await idsOf(to)).obs).toEqual([store.ids[1], store.ids[0], store.ids[2]]);
  });

  it('serves a file that is there as its compressed sibling only', async () => {
    const { from, to } = await places();
    const store = await customStore(from, [{ id: 1, name: 'a.fits' }], { files: ['data/a.fits.gz'] });
    const text = (await readFile(store.master, 'utf8')).replaceAll('.fits.gz', '.fits');
    await writeFile(store.master, text);
    expect(await copy(store, to)).toMatchObject({ failed: [], datasets: ['custom'] });
    expect(await files(to)).toEqual(await files(from));
  });
});

describe('copyStore() of a run list', () => {
  it('takes the listed observations in table order and leaves the rest', async () => {
    const { from, to } = await places();
    const store = await simulatedStore(from, { observations: 5 });
    const [a, b, c] = [store.ids[3], store.ids[0], store.ids[4]] as number[] as [number, number, number];
    const result = await copy(store, to, { runs: [a, b, c, a] });
    expect(result).toMatchObject({ filesFound: 3, filesCopied: 3 });
    expect(await idsOf(to)).toEqual({ hdu: times(6, [b, a, c]), obs: [b, a, c] });
    expect(await files(join(to, 'data'))).toEqual([b, a, c].map((id) => store.fileOf(id).slice(5)));
    const [wanted] = (await readRows(join(from, 'obs-index.fits.gz'))).filter((row) => row['OBS_ID'] === b);
    expect((await readRows(join(to, 'obs-index.fits.gz')))[0]).toEqual(wanted);
  });

  it.each([49, 50, 51, 100, 120])('takes exactly %i observations, in blocks of 50 as ctools does', async (count) => {
    const { from, to } = await places();
    const store = await customStore(
      from,
      Array.from({ length: 130 }, (_, index) => ({ id: index + 1, name: 'shared.fits' })),
    );
    const runs = Array.from({ length: count }, (_, index) => 130 - index);
    await copy(store, to, { runs });
    const wanted: number[] = [];
    for (let start = 0; start < count; start += 50) wanted.push(...runs.slice(start, start + 50).sort((x, y) => x - y));
    expect(await idsOf(to)).toEqual({ hdu: wanted, obs: wanted });
  });

  it('names runs that are not in the store and copies the others', async () => {
    const { from, to } = await places();
    const store = await simulatedStore(from, { observations: 2 });
    const events: CopyEvent[] = [];
    const result = await copy(store, to, { runs: [7, ...store.ids], onEvent: (event) => events.push(event) });
    expect(events.filter(({ type }) => type === 'run-missing')).toEqual([{ type: 'run-missing', run: '7', line: 1 }]);
    expect(result).toMatchObject({ missingRuns: ['7'], filesCopied: 2 });
  });

  it('stops before it writes if the store has none of the runs, or one is no number', async () => {
    const { from, to } = await places();
    const store = await simulatedStore(from, { observations: 1 });
    await expect(copy(store, to, { runs: [7] })).rejects.toThrow(
      'none of the observations that run list "runs.lis" names',
    );
    await expect(copy(store, to, { runs: [...store.ids, 'crab'] })).rejects.toThrow(
      'line 2: "crab" is no observation ID',
    );
    await expect(readdir(to)).rejects.toThrow('ENOENT');
  });

  it.each([
    ['remote', [3, 1, 2], ['b', 'n', 'n']],
    ['local', [1, 3, 2], ['a', 'b', 'n']],
  ] as const)('joins with the preference %s as ctools does', async (prefer, ids, names) => {
    const { from, to } = await places();
    const store = await customStore(from, [
      { id: 1, name: 'a' },
      { id: 3, name: 'b' },
    ]);
    await copy(store, to);
    const next = await customStore(join(from, '../next'), [
      { id: 1, name: 'n' },
      { id: 2, name: 'n' },
      { id: 9, name: 'n' },
    ]);
    await copy(next, to, { runs: [2, 1], prefer });
    expect(await idsOf(to)).toEqual({ hdu: ids, obs: ids });
    expect((await readRows(join(to, 'hdu-index.fits.gz'))).map((row) => row['FILE_NAME'])).toEqual(names);
  });

  it('takes observations whose IDs are text', async () => {
    const { from, to } = await places();
    const store = await customStore(from, [
      { id: '007', name: 'a' },
      { id: 'run_8', name: 'b' },
      { id: '9', name: 'c' },
    ]);
    await copy(store, to, { runs: ['run_8', '7'] });
    expect(await idsOf(to)).toEqual({ hdu: ['007', 'run_8'], obs: ['007', 'run_8'] });
  });
});

describe('copyStore() of tables of any shape', () => {
  const note = (values: readonly string[]) => ({
    name: 'NOTE',
    form: `${values[0]?.length ?? 1}A`,
    values: [...values],
  });

  it('matches columns by name, widens text, fills with nulls, and keeps the header of the destination', async () => {
    const { from, to } = await places();
    const local = await customStore(from, [{ id: 1, name: 'a' }]);
    await copy(local, to);
    const name = 'a-much-longer-name_v2.fits.gz';
    const table = buildTable({
      name: 'HDU_INDEX',
      columns: [
        note(['x']),
        { name: 'FILE_NAME', form: '40A', values: [name] },
        { name: 'obs_id', form: '1K', values: [2n] },
        { name: 'FILE_DIR', form: '4A', values: ['data'] },
      ],
    });
    const remote = await customStore(join(from, '../remote'), [{ id: 2, name }], { hduTables: [table] });
    await copy(remote, to);
    const rows = await readRows(join(to, 'hdu-index.fits.gz'));
    expect(rows).toEqual([
      {
        OBS_ID: 1,
        HDU_TYPE: 'events',
        HDU_CLASS: 'events',
        FILE_DIR: 'data',
        FILE_NAME: 'a',
        HDU_NAME: 'EVENTS',
        NOTE: '',
      },
      { OBS_ID: 2, HDU_TYPE: '', HDU_CLASS: '', FILE_DIR: 'data', FILE_NAME: name, HDU_NAME: '', NOTE: 'x' },
    ]);
  });

  it.each(['', 'HDU INDEX', 'nonsense'])('finds an index whose EXTNAME is %j', async (extname) => {
    const { from, to } = await places();
    const rows = [
      { id: 1, name: 'a' },
      { id: 2, name: 'b' },
    ];
    const other = buildTable({ name: 'NOTES', columns: [note(['x'])] });
    const store = await customStore(from, rows, {
      hduTables: [other, hduIndexTable(rows, extname)],
      obsTables: [other, obsIndexTable([1, 2], extname)],
    });
    await copy(store, to, { runs: [2] });
    const [notes, index] = await readTables(join(to, 'hdu-index.fits.gz'));
    expect([notes?.rowCount, index?.rowCount, index?.header.get('EXTNAME')]).toEqual([
      1,
      1,
      extname === '' ? undefined : extname,
    ]);
  });

  it('keeps the columns of a table without rows', async () => {
    const { from, to } = await places();
    const store = await customStore(
      from,
      [
        { id: 1, name: 'a' },
        { id: 2, name: 'b' },
      ],
      { obsTables: [obsIndexTable([1])] },
    );
    await copy(store, to, { runs: [2] });
    await copy(store, to, { runs: [1] });
    expect(await idsOf(to)).toEqual({ hdu: [2, 1], obs: [1] });
  });

  it('says which columns are missing', async () => {
    const { from, to } = await places();
    const store = await customStore(from, [{ id: 1, name: 'a' }], {
      hduTables: [buildTable({ name: 'HDU_INDEX', columns: [note(['x'])] })],
    });
    await expect(copy(store, to)).rejects.toThrow(
      /hdu-index.fits.gz" holds no table that can be an HDU index: HDU 1 "HDU_INDEX" lacks OBS_ID, FILE_DIR, FILE_NAME/,
    );
    await expect(readdir(to)).rejects.toThrow('ENOENT');
  });
});

describe('copyStore() when files fail', () => {
  it('names a missing file, copies the others, lists only what arrived, and a rerun completes it', async () => {
    const { from, to } = await places();
    const store = await simulatedStore(from, { observations: 3 });
    const [a, b, c] = store.ids as [number, number, number];
    await rename(join(from, store.fileOf(b)), join(from, 'hidden'));
    const result = await copy(store, to);
    expect(result.failed.map(({ path, error }) => [path, error.code])).toEqual([[store.fileOf(b), 'not-found']]);
    expect(await idsOf(to)).toEqual({ hdu: times(6, [a, c]), obs: [a, c] });
    await rename(join(from, 'hidden'), join(from, store.fileOf(b)));
    expect(await copy(store, to)).toMatchObject({ failed: [], filesCopied: 1 });
    expect((await idsOf(to)).obs).toEqual([...store.ids]);
    expect(await files(to)).toEqual(await files(from));
  });

  it('keeps an observation that lacks its responses only, and leaves out one that lacks its events', async () => {
    const { from, to } = await places();
    const rows = [
      { id: 1, name: 'e1' },
      { id: 1, name: 'irf', type: 'aeff' },
      { id: 2, name: 'e2' },
      { id: 2, name: 'i2', type: 'aeff' },
    ];
    const store = await customStore(from, rows, { files: ['data/e1', 'data/i2'] });
    await copy(store, to);
    expect((await readRows(join(to, 'hdu-index.fits.gz'))).map((row) => row['FILE_NAME'])).toEqual(['e1', 'i2']);
    expect((await idsOf(to)).obs).toEqual([1]);
  });

  it('leaves the older rows of an observation that arrives in part only', async () => {
    const { from, to } = await places();
    const store = await customStore(from, [{ id: 1, name: 'old' }]);
    await copy(store, to);
    const next = await customStore(
      join(from, '../next'),
      [
        { id: 1, name: 'new' },
        { id: 1, name: 'gone', type: 'aeff' },
      ],
      { files: ['data/new'] },
    );
    expect((await copy(next, to)).failed).toHaveLength(1);
    expect((await readRows(join(to, 'hdu-index.fits.gz'))).map((row) => row['FILE_NAME'])).toEqual(['old']);
  });

  it('completes what another program left truncated although files that are there stay, and only that', async () => {
    const { from, to } = await places();
    const store = await simulatedStore(from, { observations: 3 });
    await copy(store, to);
    const [a, b, c] = store.ids.map((id) => join(to, store.fileOf(id))) as [string, string, string];
    await truncate(a, 1000);
    await writeFile(b, 'edited by hand');
    await truncate(c, 0);
    expect(await copy(store, to, { prefer: 'local' })).toMatchObject({ filesCopied: 2 });
    expect(await readFile(b, 'utf8')).toBe('edited by hand');
    for (const [path, id] of [
      [a, store.ids[0]],
      [c, store.ids[2]],
    ] as const) {
      expect((await readFile(path)).equals(await readFile(join(from, store.fileOf(id as number))))).toBe(true);
    }
  });

  it('stopped in the middle shows no index, and the next run fetches only the rest', async () => {
    const { from, to } = await places();
    const store = await customStore(
      from,
      Array.from({ length: 600 }, (_, index) => ({ id: index, name: `f${index}` })),
    );
    const controller = new AbortController();
    const stopped = copy(store, to, {
      signal: controller.signal,
      onEvent: ({ type }) => type === 'file' && controller.abort(),
    });
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
    expect(await readdir(to)).not.toContain('hdu-index.fits.gz');
    const before = (await readdir(join(to, 'data'))).length;
    expect(await copy(store, to)).toMatchObject({ filesFound: 600, filesCopied: 600 - before, failed: [] });
    expect(await files(to)).toEqual(await files(from));
  });

  it('removes what a killed run left half written', async () => {
    const { from, to } = await places();
    const store = await customStore(from, [{ id: 1, name: 'a' }]);
    await mkdir(join(to, 'data'), { recursive: true });
    await writeFile(join(to, 'data/.iact-0123456789abcdef.part'), 'half');
    await writeFile(join(to, '.iact-0123456789abcdef.part'), 'half');
    await copy(store, to);
    expect(await files(to)).toEqual(await files(from));
  });
});

describe('copyStore() refuses', () => {
  const hostile = [
    [
      'a FILE_DIR that leaves',
      { id: 1, dir: '../..', name: 'x' },
      /hdu-index.fits.gz", row 2 \(OBS_ID 1\).*leaves the store/,
    ],
    ['a FILE_NAME that leaves', { id: 1, name: '../../x' }, /row 2 .*leaves the store/],
    ['an absolute FILE_DIR', { id: 1, dir: '/etc', name: 'passwd' }, /row 2 .*is absolute/],
    ['an absolute FILE_NAME', { id: 1, name: '/etc/passwd' }, /row 2 .*is absolute/],
    [
      'a data file in place of the master index',
      { id: 1, dir: '', name: 'master.json' },
      /names "master.json" as a data file/,
    ],
    ['a data file in place of our state', { id: 1, dir: '.iact', name: 'lock' }, /names ".iact\/lock" as a data file/],
  ] as const;

  it.each(hostile)('%s, and copies nothing', async (_, row, message) => {
    const { from, to } = await places();
    const store = await customStore(from, [{ id: 5, name: 'ok' }, row], { files: ['data/ok'] });
    const attempt = copy(store, to);
    await expect(attempt).rejects.toMatchObject({ code: 'unsafe-path' });
    await expect(attempt).rejects.toThrow(message);
    await expect(readdir(to)).rejects.toThrow('ENOENT');
    expect(await copy(store, to, { runs: [5] })).toMatchObject({ filesCopied: 1 });
  });

  it.each(['hduindx', 'obsindx'])('a %s that leaves the store', async (key) => {
    const { from, to } = await places();
    const store = await customStore(from, [{ id: 1, name: 'a' }]);
    for (const path of ['../x.fits', '/x.fits']) {
      const entry = { name: 'custom', hduindx: 'hdu-index.fits.gz', obsindx: 'obs-index.fits.gz', [key]: path };
      await writeFile(store.master, JSON.stringify({ datasets: [entry] }));
      await expect(copy(store, to)).rejects.toThrow(
        new RegExp(`dataset "custom", key "${key}".*(leaves the store|is absolute)`),
      );
    }
  });

  it('a BASE_DIR that leads elsewhere', async () => {
    const { from, to } = await places();
    const table = hduIndexTable([{ id: 1, name: 'a' }]);
    table.header.set('BASE_DIR', '/somewhere');
    const store = await customStore(from, [{ id: 1, name: 'a' }], { hduTables: [table] });
    await expect(copy(store, to)).rejects.toMatchObject({ code: 'unsafe-path' });
  });

  it('to write through a link that leads out of the destination', async () => {
    const { from, to } = await places();
    const store = await customStore(from, [{ id: 1, name: 'a' }]);
    const outside = await tempDirectory();
    await mkdir(to);
    await symlink(outside, join(to, 'data'));
    await expect(copy(store, to)).rejects.toMatchObject({ code: 'unsafe-path' });
    expect(await readdir(outside)).toEqual([]);
    expect(await readdir(to)).not.toContain('hdu-index.fits.gz');
  });

  it('a source that is the destination, also through a link', async () => {
    const { from, to } = await places();
    const store = await customStore(from, [{ id: 1, name: 'a' }]);
    await symlink(from, to);
    await expect(copy(store, to)).rejects.toThrow('Source and destination are the same directory');
  });

  it('a destination that another copy works on, and says who', async () => {
    const { from, to } = await places();
    const store = await customStore(from, [{ id: 1, name: 'a' }]);
    await mkdir(to);
    const lock = await lockDirectory(to, 'csiactcopy');
    await expect(copy(store, to)).rejects.toMatchObject({ code: 'locked' });
    await expect(copy(store, to)).rejects.toThrow(/in use by another copy \(csiactcopy since .*, process \d+ on/);
    await lock.release();
    expect(await copy(store, to)).toMatchObject({ filesCopied: 1 });
  });

  it('a destination whose own files are broken, before it copies', async () => {
    const { from, to } = await places();
    const store = await customStore(from, [{ id: 1, name: 'a' }]);
    await mkdir(to);
    for (const [name, content] of [
      ['master.json', '{'],
      ['hdu-index.fits.gz', 'no FITS'],
      ['obs-index.fits.gz', ''],
    ] as const) {
      await writeFile(join(to, name), content);
      await expect(copy(store, to)).rejects.toThrow(join(to, name));
      await expect(copy(store, to)).rejects.toMatchObject({ code: 'bad-data' });
      expect(await readFile(join(to, name), 'utf8')).toBe(content);
      await rm(join(to, name));
    }
    expect(await readdir(to)).not.toContain('data');
  });

  it('a dataset that is not there, and lists what is', async () => {
    const { from, to } = await places();
    const store = await customStore(from, [{ id: 1, name: 'a' }]);
    await expect(copy(store, to, { dataset: 'x' })).rejects.toThrow(
      'FITS production "x" not available. Available productions are: "custom".',
    );
  });
});

describe('copyStore() and the master index', () => {
  const master = async (directory: string) =>
    JSON.parse(await readFile(join(directory, 'master.json'), 'utf8')) as { datasets: Record<string, unknown>[] };

  it('drops datasets that are not there, keeps others, and carries all keys of the new one', async () => {
    const { from, to } = await places();
    const first = await customStore(from, [{ id: 1, name: 'a' }], { dataset: 'first' });
    const ghost = { name: 'ghost', hduindx: 'g.fits', obsindx: 'g.fits' };
    await writeFile(first.master, JSON.stringify({ site: 'x', datasets: [ghost, ...(await master(from)).datasets] }));
    await copy(first, to);
    expect(await master(to)).toMatchObject({ site: 'x', datasets: [{ name: 'first' }] });
    const second = await simulatedStore(join(from, '../second'), {
      observations: 1,
      indexDir: 'index',
      name: 'second',
    });
    const text = (await readFile(second.master, 'utf8')).replace('"Total observations": 1', '"Total time": 48.0');
    await writeFile(second.master, text);
    await copy(second, to);
    expect((await master(to)).datasets.map(({ name }) => name)).toEqual(['first', 'second']);
    expect(await readFile(join(to, 'master.json'), 'utf8')).toContain('      "Total time": 48.0,');
  });

  it('is called master.json whatever the source calls it', async () => {
    const { from, to } = await places();
    const store = await customStore(from, [{ id: 1, name: 'a' }]);
    await rename(store.master, join(from, 'index: all.json'));
    await copy(store, to, { master: join(from, 'index: all.json') });
    expect(await readdir(to)).toEqual(expect.arrayContaining(['master.json']));
    expect(await readdir(to)).toHaveLength(4);
  });

  it('does not hide a copy behind a dataset of the same name with other index files', async () => {
    const { from, to } = await places();
    await simulatedStore(to, { observations: 1, indexDir: 'elsewhere', name: 'custom' });
    const store = await customStore(from, [{ id: 1, name: 'a' }]);
    await expect(copy(store, to)).rejects.toMatchObject({ code: 'exists' });
  });
});

/** Writing two tables into one file is legal, and both must survive a merge. */
describe('copyStore() of a dataset with both tables in one file', () => {
  it('brings both up to date', async () => {
    const { from, to } = await places();
    const store = await customStore(from, [
      { id: 1, name: 'a' },
      { id: 2, name: 'b' },
    ]);
    const rows = [
      { id: 1, name: 'a' },
      { id: 2, name: 'b' },
    ];
    await writeTables(join(from, 'index.fits'), [hduIndexTable(rows), obsIndexTable([1, 2])]);
    const entry = { name: 'custom', hduindx: 'index.fits', obsindx: 'index.fits' };
    await writeFile(store.master, JSON.stringify({ datasets: [entry] }));
    await copy(store, to, { runs: [2] });
    await copy(store, to, { runs: [1] });
    const tables = await readTables(join(to, 'index.fits'));
    expect(
      tables.map((table) => [...((table.read('OBS_ID') as { values: ArrayLike<number> }).values as Int32Array)]),
    ).toEqual([
      [2, 1],
      [2, 1],
    ]);
  });
});
