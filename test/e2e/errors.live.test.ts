import { mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { buildTable } from '../../src/fits/index.ts';
import { built, itNeeds } from '../support/require.ts';
import { type RunResult, runProgram } from '../support/run-program.ts';
import { customStore, simulatedStore, writeTables } from '../support/store.ts';
import { tempDirectory } from '../support/temp.ts';

// Bad input as a user meets it: one line that names the file and what is wrong, on the screen and in the log; exit status
// 1; nothing changed.

const live = itNeeds(built());

async function folderWithStore(): Promise<string> {
  const folder = await tempDirectory();
  await customStore(join(folder, 'store'), [
    { id: 1, name: 'a' },
    { id: 2, name: 'b' },
  ]);
  return folder;
}

const copy = (folder: string, ...args: string[]): RunResult =>
  runProgram('csiactcopy', ['remote_master=store/master.json', 'prodname=custom', 'outpath=out', ...args], folder);

async function expectOneError(folder: string, run: RunResult, message: string): Promise<void> {
  expect(run.stderr).toMatch(/^csiact\w+: error: [^\n]+\n$/);
  expect(run.stderr).toContain(message);
  expect([run.status, run.stdout]).toEqual([1, '']);
  const log = await readFile(join(folder, 'csiactcopy.log'), 'utf8');
  expect(log).toContain('ERROR: ');
  expect(log).toMatch(/terminated after \d+ wall clock seconds/);
}

const master = (datasets: unknown): string => JSON.stringify({ datasets });
const entry = { name: 'custom', hduindx: 'hdu-index.fits.gz', obsindx: 'obs-index.fits.gz' };

describe('errors of csiactcopy', () => {
  const badMasters: [string, string | undefined, string][] = [
    [
      'is missing',
      undefined,
      'No master index file found in "store/master.json". Make sure remote file system is properly mounted.',
    ],
    ['is empty', '', 'Master index file "store/master.json" is empty.'],
    ['is no JSON', '<html>', '"store/master.json" is not valid JSON: line 1, column 1'],
    ['lacks datasets', '{}', 'Key "datasets" not available in master index file "store/master.json".'],
    ['has an entry without hduindx', master([{ ...entry, hduindx: undefined }]), 'dataset "custom" has no "hduindx"'],
    [
      'names an HDU index that is not there',
      master([{ ...entry, hduindx: 'x.fits' }]),
      'HDU index file "store/x.fits" does not exist.',
    ],
    [
      'lists other datasets',
      master([{ ...entry, name: 'other' }]),
      'FITS production "custom" not available. Available productions are:',
    ],
  ];
  for (const [what, text, message] of badMasters) {
    live(`when the master index ${what}`, async () => {
      const folder = await folderWithStore();
      if (text === undefined) await rm(join(folder, 'store/master.json'));
      else await writeFile(join(folder, 'store/master.json'), text);
      await expectOneError(folder, copy(folder), message);
      expect(await readdir(folder)).not.toContain('out');
    });
  }

  live('when an index is truncated, is no FITS, or lacks columns', async () => {
    const folder = await folderWithStore();
    const index = join(folder, 'store/hdu-index.fits.gz');
    await truncate(index, 200);
    await expectOneError(folder, copy(folder), '"store/hdu-index.fits.gz"');
    await writeFile(index, 'SIMPLY NO FITS');
    await expectOneError(folder, copy(folder), '"store/hdu-index.fits.gz"');
    await writeTables(index, [buildTable({ name: 'HDU_INDEX', columns: [{ name: 'X', form: '1J', values: [1] }] })]);
    await expectOneError(folder, copy(folder), 'lacks OBS_ID, FILE_NAME');
    expect(await readdir(folder)).not.toContain('out');
  });

  live('when the run list is missing, empty, full of rubbish, or names nothing that is there', async () => {
    const folder = await folderWithStore();
    const list = join(folder, 'runs.lis');
    await expectOneError(folder, copy(folder, 'runlist=runs.lis'), 'Runlist file "runs.lis" not available.');
    for (const [text, message] of [
      ['', 'Run list "runs.lis" names no observation.'],
      ['# none\n', 'Run list "runs.lis" names no observation.'],
      ['1\nabc\n', 'Run list "runs.lis", line 2: "abc" is no observation ID.'],
      ['1\n\n{"a":1}\n', 'Run list "runs.lis", line 3: '],
      ['7\n8\n', 'none of the observations that run list "runs.lis" names'],
    ] as const) {
      await writeFile(list, text);
      await expectOneError(folder, copy(folder, 'runlist=runs.lis'), message);
    }
    expect(await readdir(folder)).not.toContain('out');
  });

  live('when the destination cannot be written, or is the source', async () => {
    const folder = await folderWithStore();
    await writeFile(join(folder, 'file'), '');
    await expectOneError(
      folder,
      copy(folder, 'outpath=file/out'),
      'Cannot write "file/out": a part of the path is a file',
    );
    await expectOneError(folder, copy(folder, 'outpath=file'), '"file" is no directory, and a copy goes to one.');
    await expectOneError(folder, copy(folder, 'outpath=/proc/out'), 'Cannot write "/proc/out"');
    await expectOneError(folder, copy(folder, 'outpath=store/'), 'Source and destination are the same directory');
    await expectOneError(folder, copy(folder, 'outpath='), '"outpath"');
  });

  live('when a data file is missing: the others are copied, and the log names it', async () => {
    const folder = await folderWithStore();
    await rm(join(folder, 'store/data/a'));
    await expectOneError(
      folder,
      copy(folder),
      '1 of 2 files did not arrive: "store/data/a" does not exist. The index does not list them.',
    );
    expect(await readdir(join(folder, 'out/data'))).toEqual(['b']);
    expect(await readFile(join(folder, 'csiactcopy.log'), 'utf8')).toContain(
      'Cannot copy: "store/data/a" does not exist.',
    );
  });

  live('when a path leaves the store: the row is named and nothing is copied', async () => {
    const folder = await tempDirectory();
    await customStore(
      join(folder, 'store'),
      [
        { id: 1, name: 'a' },
        { id: 2, dir: '../..', name: 'b' },
      ],
      { files: ['data/a'] },
    );
    await expectOneError(
      folder,
      copy(folder),
      'HDU index "store/hdu-index.fits.gz", row 2 (OBS_ID 2): the path "../../b" leaves the store.',
    );
    expect(await readdir(folder)).not.toContain('out');
  });

  live('show a stack trace with debug=yes only', async () => {
    const folder = await folderWithStore();
    expect(copy(folder, 'prodname=x').stderr).not.toMatch(/\n\s+at /);
    expect(copy(folder, 'prodname=x', 'debug=yes').stderr).toMatch(/\n\s+at /);
  });
});

describe('csiactcopy', () => {
  live('logs the true size, whole steps, the order of the index, and closed quotation marks', async () => {
    const folder = await tempDirectory();
    await simulatedStore(join(folder, 'store'), { observations: 20, eventsPerObservation: 500 });
    expect(copy(folder, 'prodname=simulated', 'chatter=4')).toMatchObject({ status: 0, stderr: '' });
    const verbose = await readFile(join(folder, 'csiactcopy.log'), 'utf8');
    const [found, copied] = [...verbose.matchAll(/ Size \.+: ([\d.]+) MB/g)].map(([, size]) => size);
    expect(found).toBe(copied);
    expect(Number(found)).toBeGreaterThan(1);
    const sources = [...verbose.matchAll(/Source \.+: (.*obs_id.*)/g)].map(([, path]) => path);
    expect(sources).toEqual([...sources].sort());
    expect(sources).toHaveLength(20);
    expect(verbose).toContain(' Keeping "simulated" .......: Available\n');
    copy(folder, 'prodname=simulated');
    const normal = await readFile(join(folder, 'csiactcopy.log'), 'utf8');
    const steps = [...normal.matchAll(/ Status \.+: (\d+) %/g)].map(([, percent]) => percent);
    expect(steps).toEqual(['0', '10', '20', '30', '40', '50', '60', '70', '80', '90']);
  });

  live('takes a path with a colon, blanks and a comma, and offers it next time', async () => {
    const folder = await tempDirectory();
    const odd = 'a: b, "c"';
    await customStore(join(folder, odd), [{ id: 1, name: 'a' }]);
    const args = [`remote_master=${odd}/master.json`, 'prodname=custom', `outpath=${odd}/copy`];
    expect(runProgram('csiactcopy', args, folder)).toMatchObject({ status: 0, stderr: '' });
    const { stdout, status } = runProgram('csiactcopy', [], folder);
    expect(stdout).toContain(`Location of remote master file [${odd}/master.json] `);
    expect(status).toBe(0);
  });

  live('keeps two copies into one destination apart', async () => {
    const folder = await tempDirectory();
    await simulatedStore(join(folder, 'store'), { observations: 30 });
    await mkdir(join(folder, 'out/.iact'), { recursive: true });
    await writeFile(join(folder, 'out/.iact/lock-elsewhere-12-0-abcdef01'), 'csiactcopy since yesterday');
    await expectOneError(
      folder,
      copy(folder, 'prodname=simulated'),
      '"out" is in use by another copy (csiactcopy since yesterday, process 12 on elsewhere)',
    );
    expect(await readdir(join(folder, 'out'))).toEqual(['.iact']);
  });
});

describe('csiactdata', () => {
  live('lists a dataset that lacks a key, or whose index is broken, as not available', async () => {
    const folder = await folderWithStore();
    await writeFile(join(folder, 'store/broken.fits'), 'no FITS');
    const broken = { ...entry, name: 'broken', obsindx: 'broken.fits' };
    await writeFile(
      join(folder, 'store/master.json'),
      master([{ name: 'incomplete', hduindx: 'x' }, { hduindx: 'x' }, broken, entry]),
    );
    const { stdout, status } = runProgram('csiactdata', ['datapath=store', 'debug=yes'], folder);
    expect(status).toBe(0);
    const list = stdout
      .split('\n')
      .map((line) => line.slice(21))
      .filter((line) => /^(===| Not| Name)/.test(line));
    expect(list).toEqual([
      '=== incomplete ===',
      ' Not available',
      '=== (no name) ===',
      ' Not available',
      '=== broken ===',
      ' Not available',
      '=== custom ===',
      ` Name ......................: custom`,
    ]);
  });

  live('says which master index is missing, and how to name another', async () => {
    const folder = await tempDirectory();
    const { stderr, status } = runProgram('csiactdata', ['datapath=nowhere'], folder);
    expect(stderr).toBe(
      'csiactdata: error: Master index file "nowhere/master.json" not found. Use hidden parameter "master_indx" to specify a different filename.\n',
    );
    expect(status).toBe(1);
  });
});
