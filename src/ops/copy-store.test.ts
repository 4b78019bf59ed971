import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { copy, filesIn, idsOf, places } from '../../test/support/copy.ts';
import {
  customStore,
  hduIndexTable,
  obsIndexTable,
  readRows,
  readTables,
  simulatedStore,
  writeTables,
} from '../../test/support/store.ts';
import { buildTable } from '../fits/index.ts';
import { HduIndex } from '../gadf/index.ts';
import type { CopyEvent } from './copy-events.ts';

const times = <T>(count: number, values: readonly T[]) => values.flatMap((value) => Array<T>(count).fill(value));

describe('copyStore() of everything', () => {
  it('brings every file of the index byte by byte, and leaves nothing of its own', async () => {
    const { from, to } = await places();
    const store = await simulatedStore(from, { observations: 3, indexDir: 'index/gps' });
    const result = await copy(store, to);
    expect(result).toMatchObject({ filesFound: 3, filesCopied: 3, failed: [], datasets: ['simulated'] });
    expect(await filesIn(to)).toEqual(await filesIn(from));
    for (const file of await filesIn(from)) {
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
    expect(await filesIn(to)).toEqual(await filesIn(from));
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
    expect(await filesIn(join(to, 'data'))).toEqual([b, a, c].map((id) => store.fileOf(id).slice(5)));
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

  it('knows an observation again whose ID is a number on one side and text on the other', async () => {
    const { from, to } = await places();
    const local = await customStore(from, [
      { id: '1', name: 'a' },
      { id: '2x', name: 'b' },
    ]);
    await copy(local, to);
    const remote = await customStore(join(from, '../remote'), [
      { id: 1, name: 'n' },
      { id: 3, name: 'c' },
    ]);
    await copy(remote, to);
    expect(await idsOf(to)).toEqual({ hdu: ['2x', '1', '3'], obs: ['2x', '1', '3'] });
  });

  it('counts a relative BASE_DIR from the folder of the index', async () => {
    const { from, to } = await places();
    const rows = [{ id: 1, dir: 'deeper', name: 'a' }];
    const table = hduIndexTable(rows);
    table.header.set('BASE_DIR', 'base');
    const store = await customStore(from, rows, { hduTables: [table], files: ['base/deeper/a'] });
    expect(await copy(store, to)).toMatchObject({ filesCopied: 1, failed: [] });
    expect(await filesIn(to)).toContain('base/deeper/a');
  });

  it('joins rows that count from another folder and another moment', async () => {
    const { from, to } = await places();
    const withTime = (id: number, mjd: number, seconds: number) => {
      const columns = [{ name: 'TSTART', form: '1D', unit: 's', values: [seconds] }];
      const table = obsIndexTable([id], 'OBS_INDEX', columns);
      for (const [key, value] of Object.entries({ MJDREFI: mjd, MJDREFF: 0, TIMESYS: 'TT', TIMEUNIT: 's' })) {
        table.header.set(key, value);
      }
      return [table];
    };
    const first = await customStore(join(from, '../first'), [{ id: 1, name: 'a' }], {
      obsTables: withTime(1, 51_910, 86_400),
    });
    const rows = [{ id: 2, dir: 'deeper', name: 'b' }];
    const hduTable = hduIndexTable(rows);
    hduTable.header.set('BASE_DIR', 'base');
    const second = await customStore(from, rows, {
      hduTables: [hduTable],
      obsTables: withTime(2, 51_911, 86_400),
      files: ['base/deeper/b'],
    });
    for (const store of [first, second]) expect(await copy(store, to)).toMatchObject({ filesCopied: 1, failed: [] });
    const [table] = await readTables(join(to, 'hdu-index.fits.gz'));
    if (table === undefined) throw new Error('no table');
    expect(new HduIndex(table, 'hdu-index.fits.gz', '').files().paths).toEqual(['data/a', 'base/deeper/b']);
    const times = (await readRows(join(to, 'obs-index.fits.gz'))).map(({ TSTART }) => TSTART);
    expect(times).toEqual([86_400, 2 * 86_400]);
  });

  it.each(['/fefs/dl3', '$GAMMAPY_DATA/dl3', '~/dl3'])(
    'passes over BASE_DIR %j, which another machine had',
    async (base) => {
      const { from, to } = await places();
      const rows = [{ id: 1, dir: 'deeper', name: 'a' }];
      const table = hduIndexTable(rows);
      table.header.set('BASE_DIR', base);
      const store = await customStore(from, rows, { hduTables: [table] });
      expect(await copy(store, to)).toMatchObject({ filesCopied: 1, failed: [] });
      expect(await filesIn(to)).toEqual(await filesIn(from));
    },
  );

  it('takes FILE_NAME for the whole path where there is no FILE_DIR', async () => {
    const { from, to } = await places();
    const rows = [{ id: 1, dir: '', name: 'deeper/a' }];
    const texts = { OBS_ID: '1', FILE_NAME: 'deeper/a', HDU_NAME: 'EVENTS', HDU_TYPE: 'events', HDU_CLASS: 'events' };
    const specs = Object.entries(texts).map(([name, value]) => ({ name, form: `${value.length}A`, values: [value] }));
    const store = await customStore(from, rows, { hduTables: [buildTable({ name: 'HDU_INDEX', columns: specs })] });
    expect(await copy(store, to)).toMatchObject({ filesCopied: 1, failed: [] });
    expect(await filesIn(to)).toContain('deeper/a');
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

  it('tells of index files that are there without the .gz of their names', async () => {
    const { from, to } = await places();
    const store = await customStore(from, [{ id: 1, name: 'a' }]);
    await rename(join(from, 'hdu-index.fits.gz'), join(from, 'hdu-index.fits'));
    await expect(copy(store, to)).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringMatching(
        /hdu-index\.fits\.gz" does not exist\. ".*hdu-index\.fits" does: .*iact init --force/,
      ),
    });
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
      /hdu-index.fits.gz" holds no table that can be an HDU index: HDU 1 "HDU_INDEX" lacks OBS_ID, FILE_NAME/,
    );
    await expect(readdir(to)).rejects.toThrow('ENOENT');
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
    expect(await readdir(to)).toHaveLength(5);
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
