import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { observationStore } from '../support/observation-store.ts';
import { built, itNeeds } from '../support/require.ts';
import { type RunResult, runProgram } from '../support/run-program.ts';
import { tempDirectory } from '../support/temp.ts';

// csiactobs as a user meets it when something is wrong: one line on the screen and in the log, and no file changed.

const live = itNeeds(built());

async function folderWithStore(): Promise<string> {
  const folder = await tempDirectory();
  const columns = [{ name: 'BKG_SCALE', form: '1E', values: [0.7] }];
  await observationStore(join(folder, 'store'), [{ id: 1 }, { id: 2, events: [] }], { ids: [1], columns });
  await writeFile(join(folder, 'runlist.lis'), '1\n2\n');
  return folder;
}

function list(folder: string, ...args: string[]): RunResult {
  const defaults = ['datapath=store', 'prodname=test', 'infile=runlist.lis', 'bkgpars=1', 'outobs=o.xml'];
  return runProgram('csiactobs', [...defaults, 'outmodel=m.xml', ...args], folder);
}

const logOf = async (folder: string) => readFile(join(folder, 'csiactobs.log'), 'utf8');

describe('errors of csiactobs', () => {
  const cases: [what: string, args: string[], message: string][] = [
    [
      'the master index is missing',
      ['datapath=no'],
      'FITS data store not available. No master index file found at "no/master.json". Make sure the file is copied from the server and your datapath is set correctly.',
    ],
    [
      'the production is not there',
      ['prodname=x'],
      'FITS data store "x" not available. Run csiactdata to get a list of available storage names.',
    ],
    ['the run list is missing', ['infile=no.lis'], 'Runlist file "no.lis" not available.'],
    ['the run list is none', ['infile=words.lis'], 'Run list "words.lis", line 1: "Crab" is no observation ID.'],
    ['the number of parameters is none', ['bkgpars=many'], 'must be a whole number'],
    ['the input models are missing', ['inmodel=no.xml'], 'Input model file "no.xml" does not exist.'],
    ['the input models are broken', ['inmodel=words.lis'], '"words.lis" is no well-formed XML'],
    ['an output has no folder', ['outobs=no/o.xml'], 'Cannot write "no/o.xml": there is no directory "no".'],
    ['an output is a folder', ['outmodel=store'], 'Cannot write "store": it is a directory.'],
    ['both outputs are one file', ['outmodel=o.xml'], 'cannot both be written to "o.xml"'],
    ['no background type is known', ['bkg_mod_hiera=IRF'], 'Background type "IRF" unsupported.'],
    ['the range factor is 0', ['bkg_range_factor=0'], 'the range factor is 0, it must be at least 1.'],
  ];
  for (const [what, args, message] of cases) {
    live(`when ${what}: one line, and nothing is written`, async () => {
      const folder = await folderWithStore();
      await writeFile(join(folder, 'words.lis'), 'Crab\n');
      const before = new Set([...(await readdir(folder)), 'csiactobs.log', 'pfiles']);
      const { status, stdout, stderr } = list(folder, ...args);
      expect(stderr).toMatch(/^csiactobs: error: [^\n]+\n$/);
      expect(stderr).toContain(message);
      expect([status, stdout]).toEqual([1, '']);
      for (const name of await readdir(folder)) expect(before).toContain(name);
    });
  }

  live('when the run list is missing: told before the further questions', async () => {
    const folder = await folderWithStore();
    const { status, stdout } = runProgram('csiactobs', [], folder, 'store\ntest\nno.lis\n1\n\n\n');
    expect(status).toBe(1);
    expect(stdout).not.toContain('background');
    expect(await logOf(folder)).toContain('ERROR: Runlist file "no.lis" not available.');
  });
});

describe('csiactobs', () => {
  live('tells on the screen and in the log what it put in the place of missing keywords and scales', async () => {
    const folder = await folderWithStore();
    const { status, stderr } = list(folder, 'chatter=3');
    expect(status).toBe(0);
    expect(stderr.trim().split('\n')).toEqual([
      'csiactobs: warning: Observation "2": its event list has no keyword OBJECT; the name stays empty.',
      'csiactobs: warning: Observation "2": its event list has no keyword TELESCOP; "HESS" of the effective area is taken.',
      'csiactobs: warning: Observation "2": the observation index does not list it; the background scale is taken as 1.',
    ]);
    const log = await logOf(folder);
    expect(log).toContain(': WARNING: Observation "2": its event list has no keyword OBJECT;');
    expect([...log.matchAll(/ {2}Background scale \.+: (.*)/g)].map(([, scale]) => scale)).toEqual([
      '0.699999988079071',
      '1.0',
    ]);
    expect(log).toContain(' Energy range ..............: 500 GeV - 100 TeV\n');
  });

  live('takes a run list with comments behind blanks and repeated runs, and says which run comes twice', async () => {
    const folder = await folderWithStore();
    await writeFile(join(folder, 'runlist.lis'), '  # Crab\n1 \n1\n');
    expect(list(folder)).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(await logOf(folder)).toContain('Skipping observation "1": Listed before, in line 2 of the runlist\n');
  });

  live('keeps files with clobber=no, and says so', async () => {
    const folder = await folderWithStore();
    await writeFile(join(folder, 'runlist.lis'), '1\n');
    await writeFile(join(folder, 'o.xml'), 'mine');
    const { status, stderr } = list(folder, 'clobber=no');
    const message = 'File "o.xml" exists already, observation definition not saved.';
    expect([status, stderr]).toEqual([0, `csiactobs: warning: ${message} Set clobber=yes to overwrite the file.\n`]);
    expect(await readFile(join(folder, 'o.xml'), 'utf8')).toBe('mine');
    expect(await readFile(join(folder, 'm.xml'), 'utf8')).toContain('bkg_1');
    expect(await logOf(folder)).toContain(message);
    expect(await logOf(folder)).toContain(' Model definition XML file .: m.xml\n');
  });

  live('logs the models of inmodel', async () => {
    const folder = await folderWithStore();
    await writeFile(join(folder, 'runlist.lis'), '1\n');
    await writeFile(
      join(folder, 'in.xml'),
      '<source_library><source name="Crab" type="PointSource"/></source_library>',
    );
    expect(list(folder, 'inmodel=in.xml').status).toBe(0);
    const lines = (await logOf(folder)).split('\n').map((line) => line.slice(21));
    const start = lines.indexOf('| Append input models |');
    expect(lines.slice(start - 2, start + 4)).toEqual([
      '',
      '+=====================+',
      '| Append input models |',
      '+=====================+',
      ' Input model file ..........: in.xml',
      ' Append model ..............: "Crab"',
    ]);
  });

  live('prints its page with --help', async () => {
    const folder = await tempDirectory();
    const { status, stdout } = runProgram('csiactobs', ['--help'], folder);
    expect([status, stdout.split('\n')[0]]).toEqual([0, '# csiactobs']);
  });
});
