import { spawnSync } from 'node:child_process';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { built, itNeeds, sharedStore } from '../support/require.ts';
import { type RunResult, runProgram } from '../support/run-program.ts';
import { hess, logLines, sample, sampleFolder } from '../support/sample-folder.ts';
import { tempDirectory } from '../support/temp.ts';

// Real files and logs of ctools 2.1 against ours, made of the same store with the same parameters. What the comparison
// leaves out is listed in docs/reference/ctools-differences.md.

const live = itNeeds(built(), hess);
const cta = sharedStore('cta-1dc');
const RUNS = '23523 \n23526 \n23559 \n23592 \n';
const NOTHING_SAID = { status: 0, stdout: '', stderr: '' };

async function folderWithRuns(): Promise<string> {
  const folder = await sampleFolder();
  await writeFile(join(folder, 'runlist.lis'), RUNS);
  return folder;
}

function list(folder: string, args: readonly string[]): RunResult {
  const defaults = ['datapath=hess_dl3_dr1', 'prodname=hess_dl3_dr1', 'infile=runlist.lis', 'bkgpars=1'];
  return runProgram('csiactobs', [...defaults, 'outobs=o.xml', 'outmodel=m.xml', ...args], folder);
}

/** The second, empty list of ctools is not there. */
function withOneList(xml: string): string {
  return xml.replace(/(<observation_list title="observation list" \/>\n)$/, (last) =>
    xml.indexOf('<observation_list') < xml.length - last.length ? '' : last,
  );
}

/** Two spellings of ctools are put right. */
function withRepairs(log: string): string[] {
  return logLines(log).map((line) =>
    line
      .replace('Looping over 1 runs', 'Looping over 1 run')
      .replace('Model definiton XML file ..:', 'Model definition XML file .:'),
  );
}

/** A frame is as wide as its title. */
const withoutFrames = (lines: string[]): string[] => lines.filter((line) => !/^\+=+\+$/.test(line));

function isWellFormed(folder: string, name: string): boolean {
  const script = 'import sys\nfrom xml.etree import ElementTree\nElementTree.parse(sys.argv[1])';
  return spawnSync('python3', ['-c', script, join(folder, name)]).status === 0;
}

describe('csiactobs', () => {
  for (const type of ['irf', 'aeff', 'gauss']) {
    live(`writes the models that ctools writes, to the last digit: ${type}`, async () => {
      const folder = await folderWithRuns();
      for (const bkgpars of [0, 1, 2, 3, 5]) {
        expect(list(folder, [`bkgpars=${bkgpars}`, `bkg_mod_hiera=${type}`])).toEqual(NOTHING_SAID);
        const expected = await sample(`csiactobs.${type}.bkgpars${bkgpars}.xml`);
        expect(await readFile(join(folder, 'm.xml'), 'utf8')).toBe(expected);
        expect(isWellFormed(folder, 'm.xml')).toBe(true);
      }
    });
  }

  live('writes the observations that ctools writes, in one well-formed list', async () => {
    const folder = await folderWithRuns();
    expect(list(folder, [])).toEqual(NOTHING_SAID);
    const expected = await sample('csiactobs.obs.xml');
    expect(expected.match(/<observation_list/g)).toHaveLength(2);
    const written = await readFile(join(folder, 'o.xml'), 'utf8');
    expect(written).toBe(withOneList(expected));
    expect(written.match(/<observation_list/g)).toHaveLength(1);
    expect(isWellFormed(folder, 'o.xml')).toBe(true);
  });

  live('logs what ctools logs, at every chatter level', async () => {
    const folder = await folderWithRuns();
    for (const chatter of [0, 1, 3, 4]) {
      expect(list(folder, [`chatter=${chatter}`])).toEqual(NOTHING_SAID);
      const log = await readFile(join(folder, 'csiactobs.log'), 'utf8');
      expect(logLines(log)).toEqual(withRepairs(await sample(`csiactobs.chatter${chatter}.log`)));
    }
  });

  live('asks in the order of ctools, and logs the answers', async () => {
    const folder = await folderWithRuns();
    const run = runProgram('csiactobs', [], folder, 'hess_dl3_dr1\nhess_dl3_dr1\n\n2\n\n\n');
    expect(run).toEqual({ status: 0, stdout: await sample('csiactobs.piped.stdout'), stderr: '' });
    const log = await readFile(join(folder, 'csiactobs.log'), 'utf8');
    expect(logLines(log)).toEqual(withRepairs(await sample('csiactobs.chatter2.log')));
    expect(await readFile(join(folder, 'bkgmodels.xml'), 'utf8')).toBe(await sample('csiactobs.irf.bkgpars2.xml'));
  });

  live('does without energy dispersion and background as ctools does', async () => {
    const folder = await folderWithRuns();
    await writeFile(join(folder, 'rl2.lis'), '23523\n23526\n20136\n');
    const name = 'csiactobs.noedisp-nobkg.obs.xml';
    const run = list(folder, ['infile=rl2.lis', `outobs=${name}`, 'edisp_hiera=zzz', 'bkg_hiera=zzz']);
    expect(run).toEqual(NOTHING_SAID);
    expect(await readFile(join(folder, name), 'utf8')).toBe(withOneList(await sample(name)));
    const log = await readFile(join(folder, 'csiactobs.log'), 'utf8');
    expect(logLines(log)).toEqual(withRepairs(await sample('csiactobs.noedisp-nobkg.log')));
  });

  itNeeds(built(), cta)('names files of an index in a folder of its own by short paths', async () => {
    const folder = await tempDirectory();
    await symlink(cta.path, join(folder, 'cta'));
    await writeFile(join(folder, 'runlist.lis'), '110380\n');
    expect(list(folder, ['datapath=cta', 'prodname=cta-1dc-gps', 'bkgpars=3'])).toEqual(NOTHING_SAID);
    const xml = await readFile(join(folder, 'o.xml'), 'utf8');
    expect(xml).toContain('id="110380" instrument="CTA"');
    const files = [...xml.matchAll(/file="([^"]*)"/g)].map(([, file]) => file);
    const irf = 'cta/caldb/data/cta/1dc/bcf/South_z20_50h/irf_file.fits';
    expect(files).toEqual([
      'cta/data/baseline/gps/gps_baseline_110380.fits[EVENTS]',
      `${irf}[EFFECTIVE AREA]`,
      `${irf}[POINT SPREAD FUNCTION]`,
      `${irf}[ENERGY DISPERSION]`,
      `${irf}[BACKGROUND]`,
    ]);
  });

  live('says 1 run, and on the screen too that none was usable', async () => {
    const folder = await folderWithRuns();
    await writeFile(join(folder, 'none.lis'), '99999\n');
    const files = ['outobs=csiactobs.empty.obs.xml', 'outmodel=csiactobs.empty.model.xml'];
    const stderr = 'csiactobs: warning: No observation was appended from specified runlist\n';
    expect(list(folder, ['infile=none.lis', ...files])).toEqual({ status: 0, stdout: '', stderr });
    const log = await readFile(join(folder, 'csiactobs.log'), 'utf8');
    expect(withoutFrames(logLines(log))).toEqual(withoutFrames(withRepairs(await sample('csiactobs.norun.log'))));
    for (const kind of ['obs', 'model']) {
      const name = `csiactobs.empty.${kind}.xml`;
      expect(await readFile(join(folder, name), 'utf8')).toBe(withOneList(await sample(name)));
    }
  });
});
