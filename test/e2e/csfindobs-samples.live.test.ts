import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { built, itNeeds } from '../support/require.ts';
import { type RunResult, runProgram } from '../support/run-program.ts';
import { hess, logLines, sample, sampleFolder } from '../support/sample-folder.ts';

// Real output of ctools 2.1 against that of csfindobs, run on the same store with the same parameters. What differs on
// purpose is listed in docs/reference/ctools-differences.md.

const live = itNeeds(built(), hess);
const GIVEN = ['datapath=hess_dl3_dr1', 'prodname=hess_dl3_dr1'];
const SILENT: RunResult = { status: 0, stdout: '', stderr: '' };

const logOf = async (folder: string) => logLines(await readFile(join(folder, 'csfindobs.log'), 'utf8'));
const textOf = (folder: string, name: string) => readFile(join(folder, name), 'utf8');

/** Arguments for the defaults of all questions. */
const CRAB = [...GIVEN, 'ra=83.63', 'dec=22.51', 'rad=2.5', 'outfile=runlist.lis'];

describe('csfindobs', () => {
  live('logs what ctools logs, at every chatter level, and writes the same run list', async () => {
    const folder = await sampleFolder();
    for (const chatter of [0, 1, 2, 4]) {
      expect(runProgram('csfindobs', [...CRAB, `chatter=${chatter}`], folder)).toEqual(SILENT);
      expect(await logOf(folder)).toEqual(logLines(await sample(`csfindobs.chatter${chatter}.log`)));
      expect(await textOf(folder, 'runlist.lis')).toBe(await sample('csfindobs.runlist.lis'));
    }
  });

  live('asks what ctools asks, in its order, and learns the same', async () => {
    const folder = await sampleFolder();
    const run = runProgram('csfindobs', [], folder, 'hess_dl3_dr1\nhess_dl3_dr1\n\n\n\n\n');
    expect(run).toEqual({ ...SILENT, stdout: await sample('csfindobs.piped.stdout') });
    expect(await textOf(folder, 'runlist.lis')).toBe(await sample('csfindobs.runlist.lis'));
    const learned = (await textOf(folder, 'pfiles/csfindobs.par')).split('\n');
    const expected = (await sample('csfindobs.par.after')).trimEnd().split('\n');
    expect(learned.filter((line) => expected.includes(line))).toEqual(expected);
  });

  live('keeps a run list with clobber=no, as ctools does', async () => {
    const folder = await sampleFolder();
    await writeFile(join(folder, 'runlist.lis'), 'mine\n');
    expect(runProgram('csfindobs', [...CRAB, 'clobber=no'], folder)).toEqual(SILENT);
    expect(await logOf(folder)).toEqual(logLines(await sample('csfindobs.clobber-no.log')));
    expect(await textOf(folder, 'runlist.lis')).toBe('mine\n');
  });

  live('with ra=NONE neither asks for dec and rad nor cuts; only the parentheses are ours', async () => {
    const folder = await sampleFolder();
    const expression = 'ZEN_PNT < 30 && LIVETIME > 1600';
    const run = runProgram('csfindobs', [...GIVEN, `expression=${expression}`], folder, 'NONE\nq.lis\n');
    const questions = run.stdout.split('\n').map((line) => line.replace(/ \[.*/, ''));
    expect(questions).toEqual(['Right ascension of selection region centre (deg)', 'Output runlist file', '']);
    const wanted = (await sample('csfindobs.noposition.log')).replace(
      `QUALITY<=0&&${expression}`,
      `QUALITY<=0&&(${expression})`,
    );
    expect(await logOf(folder)).toEqual(logLines(wanted));
    expect(await textOf(folder, 'q.lis')).toBe('25443 \n26850 \n28967 \n29024 \n29118 \n');
  });
});
