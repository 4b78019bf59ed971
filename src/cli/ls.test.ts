import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { itNeeds, sharedStore } from '../../test/support/require.ts';
import { serveFolder } from '../../test/support/serve-folder.ts';
import { customStore, simulatedStore, type TestStore } from '../../test/support/store.ts';
import { tempDirectory } from '../../test/support/temp.ts';
import { buildTable } from '../fits/index.ts';
import { recordsOf, runIact } from './testing/run-iact.ts';

const ENTRY = { hduindx: 'hdu-index.fits.gz', obsindx: 'obs-index.fits.gz' };

async function store(): Promise<TestStore> {
  return simulatedStore(await tempDirectory(), { observations: 3 });
}

describe('iact ls', () => {
  it('lists datasets with what their indexes tell', async () => {
    const { directory } = await store();
    const { stdout, stderr, status } = await runIact(['ls', directory]);
    expect([stderr, status]).toEqual(['', 0]);
    const [titles, row, end] = stdout.split('\n');
    expect(titles?.trim().split(/ {2,}/)).toEqual([
      'DATASET',
      'OBSERVATIONS',
      'TIME',
      'SIZE',
      'INDEXES',
      'EVENTS',
      'OBJECTS',
      'FIRST',
      'LAST',
    ]);
    expect(row).toMatch(/^simulated +3 +\d\.\d\d? h +[\d.]+ [kM]B +ok +\d+ +\d +2004-10-\d\d +2004-10-\d\d$/);
    expect(end).toBe('');
  });

  it('fits into a narrow terminal', async () => {
    const { directory } = await store();
    const { stdout } = await runIact(['ls', directory], { columns: 40, env: { NO_COLOR: '1' } });
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(40);
  });

  it('lists thirty objects of a dataset, and all of them when it is asked to', async () => {
    const ids = Array.from({ length: 32 }, (_, i) => i + 1);
    const columns = [
      { name: 'OBS_ID', form: '1J', values: ids },
      { name: 'OBJECT', form: '8A', values: ids.map((id) => `star ${id}`) },
    ];
    const obsTables = [buildTable({ name: 'OBS_INDEX', columns })];
    const { directory } = await customStore(await tempDirectory(), [{ id: 1, name: 'a' }], { obsTables });
    const args = ['ls', directory, 'custom'];
    const short = (await runIact(args)).stdout;
    expect(short.match(/ {2}star /g)).toHaveLength(30);
    expect(short).toMatch(/\n {2}and 2 more \(--verbose lists them\)\n$/);
    const long = (await runIact([...args, '--verbose'])).stdout;
    expect(long.match(/ {2}star /g)).toHaveLength(32);
    expect(long).not.toContain('more');
  });

  it('says which indexes are missing or broken, and ends with status 1', async () => {
    const { directory, master } = await store();
    await writeFile(join(directory, 'broken.fits'), 'no FITS');
    const datasets = [
      { name: 'good', ...ENTRY },
      { name: 'half', ...ENTRY, hduindx: 'gone.fits' },
      { name: 'bad', ...ENTRY, obsindx: 'broken.fits' },
      { name: 'outside', ...ENTRY, obsindx: '../x.fits' },
      ENTRY,
      { name: 'nothing' },
    ];
    await writeFile(master, JSON.stringify({ datasets }));
    const { stdout, stderr, status } = await runIact(['ls', directory]);
    expect(status).toBe(1);
    const rows = stdout.split('\n').slice(1, -1);
    const states = ['ok', 'hdu missing', 'obs broken', 'obs broken', 'ok', 'obs missing, hdu missing'];
    expect(rows.map((row) => /ok|(?:(?:obs|hdu) \w+(?:, )?)+/.exec(row)?.[0])).toEqual(states);
    expect(stderr).toMatch(/^iact: error: ".*" has 6 problems: HDU index file ".*gone\.fits" does not exist\. .*\n$/);
    expect(stderr).toContain('has no "hduindx"');
    expect(stderr).toContain('leaves the store');
    expect(stderr).toContain('A dataset of the master index has no "name".');
    const [{ result }] = recordsOf(await runIact(['ls', directory, '--json'])) as [{ result: Result }];
    expect(result.problems).toHaveLength(6);
    expect(result.datasets[1]?.indexes).toMatchObject([
      { kind: 'obs', state: 'ok', reason: null },
      {
        kind: 'hdu',
        state: 'missing',
        uri: join(directory, 'gone.fits'),
        reason: expect.stringContaining('gone.fits'),
      },
    ]);
    expect(result.datasets[1]).toMatchObject({ observations: 3, files: null, sizeBytes: null });
    expect(result.datasets[2]).toMatchObject({ observations: null, files: 3 });
  });

  it('tells more of one dataset', async () => {
    const { directory } = await store();
    const { stdout } = await runIact(['ls', directory, 'simulated']);
    const lines = stdout.split('\n');
    expect(lines[0]).toBe('Dataset simulated');
    expect(lines).toContain('  Observations       3');
    expect(lines).toContain('  Data files         3');
    expect(lines).toContain('  3  events');
    expect(stdout).toMatch(/^ {2}HDU index {10}.*hdu-index\.fits\.gz \([\d.]+ k?B\)$/m);
    expect(await runIact(['ls', directory, 'other'])).toMatchObject({
      status: 3,
      stdout: '',
      stderr: expect.stringContaining('There is no dataset "other" in "'),
    });
  });

  it('counts files that are absent, which is no problem of an index', async () => {
    const { directory, fileOf, ids } = await store();
    const size = async (...args: string[]) => {
      const [{ result }] = recordsOf(await runIact(['ls', directory, '--json', ...args])) as [{ result: Result }];
      return result.datasets[0];
    };
    const before = await size();
    expect(before).toMatchObject({ sizeFrom: 'files', absentFiles: 0, files: 3 });
    await rm(join(directory, fileOf(ids[0] ?? 0)));
    expect(await size()).toMatchObject({ absentFiles: 1, files: 3 });
    expect((await size())?.sizeBytes).toBeLessThan(before?.sizeBytes ?? 0);
    expect((await runIact(['ls', directory])).stdout).toMatch(/ > [\d.]+ [kM]B /);
    expect(await size('--no-size')).toMatchObject({ sizeBytes: null, sizeFrom: null, absentFiles: null });
  });

  it('says that there is no dataset', async () => {
    const { directory, master } = await store();
    await writeFile(master, '{"datasets": []}');
    const stderr = 'The master index lists no dataset.\n';
    expect(await runIact(['ls', directory])).toEqual({ status: 0, stdout: '', stderr });
    expect((await runIact(['-q', 'ls', directory])).stderr).toBe('');
  });

  it('tries to reach a server as often as it was told, and no more', async () => {
    const url = await serveFolder(await tempDirectory(), (request) => {
      request.socket.destroy();
      return true;
    });
    const { status, stderr } = await runIact(['ls', url, '--retries', '1']);
    expect([status, stderr.split('\n')]).toEqual([
      9,
      [expect.stringMatching(/^iact: note: .*0 attempts left after that/), expect.stringMatching(/^iact: error: /), ''],
    ]);
  });

  it('names a dataset after the folder of a URL, with / at its end or without', async () => {
    const { directory } = await store();
    const url = await serveFolder(directory, (request) => {
      request.url = request.url?.replace('/my%20store/', '/') ?? '';
      return false;
    });
    await rm(join(directory, 'master.json'));
    for (const end of ['', '/']) {
      const result = recordsOf(await runIact(['ls', `${url}my%20store${end}`, '--json'])).at(-1);
      expect(result).toMatchObject({ result: { datasets: [{ name: 'my store', observations: 3 }] } });
    }
  });

  it('refuses what is no store', async () => {
    const directory = await tempDirectory();
    expect(await runIact(['ls', directory])).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('is no store'),
    });
  });

  itNeeds(sharedStore('hess_dl3_dr1'), sharedStore('unit-test'))(
    'knows sizes of files from those of HDUs',
    async () => {
      const of = async (name: string) => {
        const run = await runIact(['ls', sharedStore(name).path, '--json']);
        return (recordsOf(run) as [{ result: Result }])[0].result.datasets[0];
      };
      expect(await of('hess_dl3_dr1')).toMatchObject({ observations: 105, events: 1046156, sizeFrom: 'files' });
      expect((await of('hess_dl3_dr1'))?.ontimeSeconds).toBeCloseTo(48.6 * 3600, -3);
      expect(await of('unit-test')).toMatchObject({ observations: 9, sizeFrom: 'index', absentFiles: null });
    },
  );
});

interface Result {
  readonly problems: readonly string[];
  readonly datasets: readonly {
    readonly indexes: readonly object[];
    readonly sizeBytes: number;
    readonly ontimeSeconds: number;
  }[];
}
