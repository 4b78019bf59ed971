import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { customStore, obsIndexTable } from '../../test/support/store.ts';
import { tempDirectory } from '../../test/support/temp.ts';
import { buildTable, type ColumnSpec } from '../fits/index.ts';
import { type IactRun, runIact } from './testing/run-iact.ts';

const IDS = [11, 12, 13];
const COLUMNS: readonly ColumnSpec[] = [
  { name: 'OBJECT', form: '11A', values: ['Crab Nebula', 'Vela, "X"#', ''] },
  { name: 'RA_PNT', form: '1E', unit: 'deg', values: [83.63333, 128.75, undefined] },
  { name: 'DEC_PNT', form: '1E', unit: 'deg', values: [22.5, -45.6, undefined] },
  { name: 'ZEN_PNT', form: '1D', unit: 'deg', values: [45, 20.125, undefined] },
  { name: 'TSTART', form: '1D', unit: 's', values: [0, 86400, undefined] },
  { name: 'TSTOP', form: '1D', unit: 's', values: [1800, 88200.5, undefined] },
  { name: 'QUALITY', form: '1J', nullValue: -1, values: [0, 2, undefined] },
];

async function store(): Promise<string> {
  const directory = await tempDirectory();
  const cards = [
    ['MJDREFI', 53343],
    ['TIMESYS', 'UTC'],
  ] as const;
  const columns = [{ name: 'OBS_ID', form: '1J', values: IDS }, ...COLUMNS];
  const table = buildTable({ name: 'OBS_INDEX', columns, cards });
  // An escape character, which FITS does not allow and files may hold.
  table.rows[table.rows.indexOf('#'.charCodeAt(0))] = 0x1b;
  await customStore(
    directory,
    IDS.map((id) => ({ id, name: `${id}` })),
    { files: [], obsTables: [table] },
  );
  return directory;
}

const find = async (...args: string[]): Promise<IactRun> => runIact(['find', await store(), ...args]);

describe('iact find', () => {
  it('prints an aligned table with units, and what it found beside it', async () => {
    const { stdout, stderr, status } = await find('--near', '5h34m31.9s +22d', '--radius', '60');
    expect(stdout.split('\n')).toEqual([
      'OBS_ID  OBJECT       START_UTC             SEPARATION  ZEN_PNT  RA_PNT  DEC_PNT  QUALITY',
      '                                                  deg      deg     deg      deg',
      '    11  Crab Nebula  2004-12-04T00:00:00Z       0.500       45  83.633     22.5        0',
      '',
    ]);
    expect([stderr, status]).toEqual(['1 of 3 observations\n', 0]);
  });

  it('shows nulls as a dash, and nothing that a terminal would obey', async () => {
    const { stdout } = await find('--columns', 'OBS_ID,OBJECT,ZEN_PNT,QUALITY,START_UTC');
    expect(stdout.split('\n')).toEqual([
      'OBS_ID  OBJECT           ZEN_PNT  QUALITY  START_UTC',
      '                             deg',
      '    11  Crab Nebula       45.000        0  2004-12-04T00:00:00Z',
      '    12  Vela, "X"\\u001b   20.125        2  2004-12-05T00:00:00Z',
      '    13  -                      -        -  -',
      '',
    ]);
  });

  it('leaves out what a narrow terminal has no room for, and says so', async () => {
    const { stdout, stderr } = await runIact(['find', await store()], 45);
    const lines = stdout.split('\n');
    expect(lines[0]).toBe('OBS_ID  OBJECT           START_UTC');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(45);
    expect(stderr).toBe('3 of 3 observations\nNo room for ZEN_PNT, RA_PNT, DEC_PNT, QUALITY; --columns chooses.\n');
  });

  it('shows all on a terminal that does not tell its width', async () => {
    const directory = await store();
    expect(await runIact(['find', directory], 0)).toEqual(await runIact(['find', directory]));
  });

  it('prints JSON, JSON lines, CSV and IDs', async () => {
    const columns = ['--columns', 'OBS_ID,OBJECT,RA_PNT,STOP_UTC'];
    const objects = [
      { OBS_ID: 11, OBJECT: 'Crab Nebula', RA_PNT: 83.63333, STOP_UTC: '2004-12-04T00:30:00Z' },
      { OBS_ID: 12, OBJECT: 'Vela, "X"\x1b', RA_PNT: 128.75, STOP_UTC: '2004-12-05T00:30:00.5Z' },
      { OBS_ID: 13, OBJECT: '', RA_PNT: null, STOP_UTC: null },
    ];
    expect(JSON.parse((await find(...columns, '--format', 'json')).stdout)).toEqual(objects);
    const { stdout: lines, stderr } = await find(...columns, '--format', 'jsonl');
    expect(
      lines
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(objects);
    expect(stderr).toBe('');
    expect((await find(...columns, '--format', 'csv')).stdout).toBe(
      'OBS_ID,OBJECT,RA_PNT,STOP_UTC\n' +
        '11,Crab Nebula,83.63333,2004-12-04T00:30:00Z\n' +
        '12,"Vela, ""X""\x1b",128.75,2004-12-05T00:30:00.5Z\n' +
        '13,,,\n',
    );
    expect((await find('--format', 'ids', '--sort', '-OBS_ID')).stdout).toBe('13\n12\n11\n');
  });

  it('prints all columns and the computed ones, where nothing is chosen', async () => {
    const [first] = JSON.parse((await find('--near', '83.6,22', '--format', 'json')).stdout);
    const names = ['OBS_ID', ...COLUMNS.map(({ name }) => name), 'SEPARATION', 'START_UTC', 'STOP_UTC'];
    expect(Object.keys(first)).toEqual(names);
  });

  it('combines position, time, quality, expression, order and limit', async () => {
    const ids = async (...args: string[]) => (await find('--format', 'ids', ...args)).stdout.split('\n').slice(0, -1);
    expect(await ids('--quality', '1')).toEqual(['11']);
    expect(await ids('--time', '2004-12-05..')).toEqual(['12']);
    expect(await ids('--time', 'MJD 53343..MET 10')).toEqual(['11']);
    expect(await ids('--where', 'ZEN_PNT < 30 || OBS_ID == 13')).toEqual(['12', '13']);
    expect(await ids('--sort', '-ZEN_PNT', '--limit', '1')).toEqual(['11']);
    expect(await ids('--near', '263.55,-2.79', '--galactic')).toEqual(['12']);
    expect(await ids('--object', 'crab NEBULA', '--radius', '0.001')).toEqual(['11']);
    expect(await ids('--object', 'crabnebula', '--time', '..2004-12-03')).toEqual([]);
  });

  it('says that nothing was found, which is no error', async () => {
    expect(await find('--where', 'F')).toEqual({ status: 0, stdout: '', stderr: '0 of 3 observations\n' });
    expect((await find('--where', 'F', '--format', 'json')).stdout).toBe('[\n]\n');
  });

  it('writes a run list as well, and overwrites one only with --force', async () => {
    const list = join(await tempDirectory(), 'runs.lis');
    const first = await find('--sort', '-OBS_ID', '-o', list);
    expect([first.status, first.stdout.split('\n').length]).toEqual([0, 6]);
    expect(await readFile(list, 'utf8')).toBe('13 \n12 \n11 \n');
    const refused = await find('--limit', '1', '-o', list);
    expect(refused).toEqual({
      status: 6,
      stdout: '',
      stderr: `iact: error: "${list}" exists. Use --force to overwrite it.\n`,
    });
    expect((await find('--limit', '1', '-o', list, '--force')).status).toBe(0);
    expect(await readFile(list, 'utf8')).toBe('11 \n');
    expect((await find('-o', join(list, 'x'))).status).toBe(8);
  });

  it('writes no run list when the search fails', async () => {
    const list = join(await tempDirectory(), 'runs.lis');
    expect((await find('--columns', 'NOSUCH', '-o', list)).status).toBe(2);
    await expect(readFile(list)).rejects.toThrow('ENOENT');
  });

  it.each([
    [['--near', 'x,y'], 2, '"x" is no right ascension'],
    [['--near', '1,2', '--object', 'Crab'], 2, 'cannot be used with option'],
    [['--near', '1,2', '--radius', 'wide'], 2, 'A number is needed.'],
    [['--near', '1,2', '--radius', '181'], 2, 'The radius 181 is not between 0 and 180 degrees.'],
    [['--radius', '2'], 2, '--radius needs --near or --object'],
    [['--object', 'Crab', '--galactic'], 2, '--galactic needs --near'],
    [['--object', 'Crab Nbula'], 3, 'Did you mean "Crab Nebula"?'],
    [['--where', 'RA_PTN < 3'], 2, 'Did you mean "RA_PNT"?\n  RA_PTN < 3\n  ^^^^^^\n'],
    [['--where', 'RA_PNT'], 2, 'A row filter must give one truth value for each row'],
    [['--time', 'yesterday..'], 2, 'Cannot read the time "yesterday"'],
    [['--sort', 'ZEN'], 2, 'Did you mean "ZEN_PNT"?'],
    [['--limit', '-1'], 2, 'A whole number is needed.'],
    [['--columns', 'OBS_ID,'], 2, 'has no column ""'],
    [['--format', 'xml'], 2, 'Allowed choices are table, json, jsonl, csv, ids'],
    [['--dataset', 'other'], 3, 'There is no dataset "other" in "'],
  ])('refuses %j', async (args, status, message) => {
    const run = await find(...args);
    expect(run).toMatchObject({ status, stdout: '', stderr: expect.stringContaining(message) });
  });

  it('refuses a store whose index is not there, or is none', async () => {
    const directory = await store();
    const index = join(directory, 'obs-index.fits.gz');
    await writeFile(index, 'no FITS');
    expect(await runIact(['find', directory])).toMatchObject({ status: 4, stderr: expect.stringContaining(index) });
    await rm(index);
    expect(await runIact(['find', directory])).toMatchObject({ status: 3, stderr: expect.stringContaining(index) });
    expect(await runIact(['find', join(directory, 'none')])).toMatchObject({ status: 3 });
    const broken = await customStore(join(directory, 'other'), [{ id: 1, name: 'a' }], {
      obsTables: [obsIndexTable([1], 'X', [{ name: 'MJDREFI', form: '1J', values: [1] }])],
    });
    expect(await runIact(['find', broken.directory, '--time', '2004-12-04'])).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('has no column "TSTART", which a search in time needs.'),
    });
  });
});
