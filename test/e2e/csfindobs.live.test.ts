import { chmod, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { ColumnSpec } from '../../src/fits/index.ts';
import { built, itNeeds, sharedStore } from '../support/require.ts';
import { type RunResult, runProgram } from '../support/run-program.ts';
import { customStore, obsIndexTable, writeTables } from '../support/store.ts';
import { tempDirectory } from '../support/temp.ts';

const live = itNeeds(built());

const numbers = (name: string, values: readonly number[]): ColumnSpec => ({ name, form: '1D', values: [...values] });
const IDS = [1, 2, 3, 4, 5];
const COLUMNS = [
  numbers('RA_PNT', [0.2, 359.9, 180, 83.6, 83.6]),
  numbers('DEC_PNT', [0, 0, 89.9, 22, 24]),
  { name: 'QUALITY', form: '1J', values: [0, 0, 0, 1, 0] },
  { name: 'OBJECT', form: '12A', values: ['a]b', 'x ~ y', 'Polaris', 'Crab Nebula', 'Crab Nebula'] },
] as const;

/** A folder with a store of five observations in `store`. */
async function folderWithStore(columns: readonly ColumnSpec[] = COLUMNS): Promise<string> {
  const folder = await tempDirectory();
  const rows = IDS.map((id) => ({ id, name: `${id}` }));
  await customStore(join(folder, 'store'), rows, { obsTables: [obsIndexTable(IDS, 'OBS_INDEX', columns)] });
  return folder;
}

const find = (folder: string, ...args: string[]): RunResult =>
  runProgram('csfindobs', ['datapath=store', 'prodname=custom', 'outfile=runs.lis', ...args], folder);

async function found(folder: string, ...args: string[]): Promise<string[]> {
  expect(find(folder, ...args)).toEqual({ status: 0, stdout: '', stderr: '' });
  return (await readFile(join(folder, 'runs.lis'), 'utf8')).split(' \n').slice(0, -1);
}

const logOf = (folder: string) => readFile(join(folder, 'csfindobs.log'), 'utf8');
const NOWHERE = 'ra=NONE';

describe('csfindobs', () => {
  live('puts the expression in parentheses, and none of its own can reach beyond them', async () => {
    const folder = await folderWithStore();
    const impossible = ['ra=300', 'dec=-60', 'rad=1'];
    expect(await found(folder, ...impossible, 'expression=F||T')).toEqual([]);
    expect(await logOf(folder)).toContain(': ANGSEP(300.0,-60.0,RA_PNT,DEC_PNT)<=1.0&&QUALITY<=0&&(F||T)\n');
    const escaping = find(folder, ...impossible, 'expression=F) || (T');
    expect(escaping).toMatchObject({ status: 1, stderr: expect.stringContaining('found ")"') });
  });

  live('takes none and indef in any case, and blanks, for no expression', async () => {
    const folder = await folderWithStore();
    for (const word of ['none', 'None', 'indef', 'INDEF', '', '  ']) {
      expect(await found(folder, NOWHERE, `expression=${word}`)).toEqual(['1', '2', '3', '5']);
      expect(await logOf(folder)).toContain(': QUALITY<=0\n');
    }
  });

  live('evaluates the expression as it was typed: brackets, tildes, variables, and any length', async () => {
    const folder = await folderWithStore();
    expect(await found(folder, NOWHERE, 'expression=OBJECT == "a]b"')).toEqual(['1']);
    expect(await found(folder, NOWHERE, 'expression=OBJECT == "x ~ y"')).toEqual(['2']);
    expect(await found(folder, NOWHERE, 'expression=RA_PNT ~ 180')).toEqual(['3']);
    expect(await found(folder, NOWHERE, 'expression=$OBJECT$ == "Polaris" && OBS_ID{0} == 3')).toEqual(['3']);
    const long = Array.from({ length: 2000 }, (_, index) => `OBS_ID==${index + 3}`).join('||');
    expect(await found(folder, NOWHERE, `expression=${long}`)).toEqual(['3', '5']);
  });

  live('finds pointings across 0h and around the poles, the edge of the circle included', async () => {
    const folder = await folderWithStore();
    expect(await found(folder, 'ra=0', 'dec=0', 'rad=0.5')).toEqual(['1', '2']);
    expect(await found(folder, 'ra=360', 'dec=0', 'rad=0.15')).toEqual(['2']);
    expect(await found(folder, 'ra=0', 'dec=90', 'rad=0.2')).toEqual(['3']);
    expect(await found(folder, 'ra=0', 'dec=89.95', 'rad=0.2')).toEqual(['3']);
    expect(await found(folder, 'ra=83.6', 'dec=23', 'rad=1', 'min_qual=2')).toEqual(['4', '5']);
    expect(await found(folder, 'ra=83.6', 'dec=23', 'rad=0.999999', 'min_qual=2')).toEqual([]);
  });

  live('does not cut in position unless there is a radius', async () => {
    const folder = await folderWithStore();
    for (const position of [
      ['ra=83.6', 'dec=23', 'rad=0'],
      ['ra=83.6', 'dec=23', 'rad=-1'],
      ['ra=83.6', 'dec=23', 'rad=INDEF'],
      ['ra=83.6', 'dec=NAN'],
    ]) {
      expect(await found(folder, ...position)).toEqual(['1', '2', '3', '5']);
    }
  });

  live('searches an index without QUALITY all the same, with a warning', async () => {
    const folder = await folderWithStore(COLUMNS.filter(({ name }) => name !== 'QUALITY'));
    const warning =
      'Observation index "store/obs-index.fits.gz" has no column "QUALITY": observations of any quality are searched.';
    expect(find(folder, NOWHERE)).toEqual({ status: 0, stdout: '', stderr: `csfindobs: warning: ${warning}\n` });
    expect(await logOf(folder)).toContain(`: WARNING: ${warning}\n`);
    expect(await logOf(folder)).toContain(' Expression ................: T\n');
    expect(await readFile(join(folder, 'runs.lis'), 'utf8')).toBe('1 \n2 \n3 \n4 \n5 \n');
  });

  live('keeps a run list until the search has succeeded, and then replaces it whole', async () => {
    const folder = await folderWithStore();
    const list = join(folder, 'runs.lis');
    await writeFile(list, 'mine\n');
    await chmod(list, 0o640);
    expect(find(folder, NOWHERE, 'expression=NO_SUCH > 1').status).toBe(1);
    expect(await readFile(list, 'utf8')).toBe('mine\n');
    expect(await found(folder, NOWHERE, 'expression=F')).toEqual([]);
    expect(await readFile(list, 'utf8')).toBe('');
    expect((await readdir(folder)).sort()).toEqual(['csfindobs.log', 'pfiles', 'runs.lis', 'store']);
  });

  live('reads files that the expression names', async () => {
    const folder = await folderWithStore([...COLUMNS, numbers('TSTART', [0, 100, 200, 300, 400])]);
    await writeFile(join(folder, 'field.reg'), 'circle(83.6, 24, 0.5)\n');
    expect(await found(folder, NOWHERE, 'expression=regfilter("field.reg", RA_PNT, DEC_PNT)')).toEqual(['5']);
    const { stderr, status } = find(folder, NOWHERE, 'expression=regfilter("none.reg", RA_PNT, DEC_PNT)');
    expect(stderr).toContain('"none.reg" does not exist.');
    expect(status).toBe(1);
  });

  // The numbers of observations, and of those within 2 degrees of the Crab Nebula by astropy's angular_separation.
  for (const [name, all, near] of [
    ['cta-1dc', 4, 0],
    ['hess_dl3_dr1', 105, 4],
    ['minimal', 2, 2],
    ['unit-test', 9, 5],
  ] as const) {
    const store = sharedStore(name);
    itNeeds(built(), store)(`searches ${name}`, async () => {
      const folder = await tempDirectory();
      const dataset = name === 'cta-1dc' ? 'cta-1dc-gps' : name;
      const count = async (...position: string[]) => {
        const args = [`datapath=${store.path}`, `prodname=${dataset}`, 'outfile=runs.lis', 'min_qual=2', ...position];
        expect(runProgram('csfindobs', args, folder).status).toBe(0);
        return (await readFile(join(folder, 'runs.lis'), 'utf8')).split('\n').length - 1;
      };
      expect(await count(NOWHERE)).toBe(all);
      expect(await count('ra=83.63', 'dec=22.01', 'rad=2')).toBe(near);
    });
  }
});

describe('errors of csfindobs', () => {
  const expectError = async (folder: string, run: RunResult, message: string): Promise<void> => {
    expect(run.stderr).toMatch(/^csfindobs: error: [^\n]+\n(?:[^\n]+\n *\^+\n)?$/);
    expect(run.stderr).toContain(message);
    expect([run.status, run.stdout]).toEqual([1, '']);
    expect(await logOf(folder)).toContain('ERROR: ');
    expect(await readdir(folder)).not.toContain('runs.lis');
  };

  live('when the store, the dataset or its index is not there', async () => {
    const folder = await folderWithStore();
    await expectError(
      folder,
      find(folder, NOWHERE, 'datapath=nowhere'),
      'FITS data store not available. No master index file found at "nowhere/master.json". Make sure the file is copied from the server and your datapath is set correctly.',
    );
    await expectError(
      folder,
      find(folder, NOWHERE, 'prodname=x'),
      'FITS data store "x" not available. Run csiactdata to get a list of available storage names.',
    );
    await rm(join(folder, 'store/obs-index.fits.gz'));
    await expectError(
      folder,
      find(folder, NOWHERE),
      'Observation index file "store/obs-index.fits.gz[OBS_INDEX]" for FITS data store "custom" not available. Check your master index file or run csiactdata to get a list of available storage names.',
    );
    await writeFile(join(folder, 'store/master.json'), '{}');
    await expectError(
      folder,
      find(folder, NOWHERE),
      'Key "datasets" not available in master index file "store/master.json".',
    );
  });

  live('when the index is truncated, is no FITS, or lacks columns', async () => {
    const folder = await folderWithStore([]);
    const index = join(folder, 'store/obs-index.fits.gz');
    await expectError(
      folder,
      find(folder, 'ra=1', 'dec=1', 'rad=1'),
      'has no column "RA_PNT", which a search around a position needs.',
    );
    await truncate(index, 200);
    await expectError(folder, find(folder, NOWHERE), '"store/obs-index.fits.gz"');
    await writeFile(index, 'SIMPLY NO FITS');
    await expectError(folder, find(folder, NOWHERE), '"store/obs-index.fits.gz"');
    await writeTables(index, [obsIndexTable([1], 'OBS_INDEX', [{ name: 'FILE_NAME', form: '1A', values: ['x'] }])]);
    await expectError(folder, find(folder, NOWHERE), 'holds no table that can be an observation index');
  });

  live('when the expression is none, of the wrong type, or names what is not there: its place is shown', async () => {
    const folder = await folderWithStore();
    for (const [expression, message] of [
      ['RA_PTN > 1', 'Did you mean "RA_PNT"?\n  RA_PTN > 1\n  ^^^^^^\n'],
      ['RA_PNT', 'A row filter must give one truth value for each row; this is a number.'],
      ['"x"', 'A row filter must give one truth value for each row; this is a string.'],
      ['RA_PNT > 1 &&', 'RA_PNT > 1 &&\n               ^\n'],
      ['nosuch(3) > 1', 'nosuch'],
      ['('.repeat(100_000), '^'],
    ] as const) {
      await expectError(folder, find(folder, NOWHERE, `expression=${expression}`), message);
    }
  });

  live('when the run list cannot be written', async () => {
    const folder = await folderWithStore();
    await mkdir(join(folder, 'dir'));
    await expectError(folder, find(folder, NOWHERE, 'outfile=none/runs.lis'), 'Cannot write "none/runs.lis"');
    await expectError(folder, find(folder, NOWHERE, 'outfile=dir'), 'Cannot write "dir": it is a directory.');
    await expectError(folder, find(folder, NOWHERE, 'outfile=/proc/runs.lis'), 'Cannot write "/proc/runs.lis"');
    await expectError(folder, find(folder, NOWHERE, 'outfile=NONE'), 'Parameter "outfile" is undefined');
  });

  live('when a number is out of range', async () => {
    const folder = await folderWithStore();
    await expectError(folder, find(folder, 'ra=1', 'dec=91', 'rad=1'), 'declinations are from -90 to 90 degrees');
    await expectError(
      folder,
      find(folder, 'ra=1', 'dec=1', 'rad=181'),
      'The radius 181 is not between 0 and 180 degrees.',
    );
    expect(find(folder, NOWHERE, 'min_qual=3').stderr).toContain('"min_qual" cannot be "3": it must be one of 0|1|2.');
  });
});
