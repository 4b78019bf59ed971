import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { built, itNeeds } from '../support/require.ts';
import { runProgram } from '../support/run-program.ts';
import { hess, logLines as lines, sample, sampleFolder } from '../support/sample-folder.ts';

// Real logs of ctools 2.1 against those of our programs, run on the same store with the same parameters. What the
// comparison leaves out is listed in docs/reference/ctools-differences.md.

/** Lines without the differences on purpose: steps of progress, true size, and the quotation mark that ctools forgets. */
function withoutRepairs(log: string): string[] {
  return lines(log)
    .filter((line) => !/^ Status \.+: \d+ %$/.test(line) && !/^ Size \.+: [\d.]+ MB$/.test(line))
    .map((line) => line.replace(/^ (Keeping|Removing) "(\w+)"? \.+: /, ' $1 "$2": '));
}

describe('csiactdata', () => {
  itNeeds(built(), hess)('logs what ctools logs, at every chatter level', async () => {
    const folder = await sampleFolder();
    for (const chatter of [0, 1, 2, 4]) {
      const run = runProgram('csiactdata', ['datapath=hess_dl3_dr1', `chatter=${chatter}`], folder);
      expect(run).toEqual({ status: 0, stdout: '', stderr: '' });
      const log = await readFile(join(folder, 'csiactdata.log'), 'utf8');
      expect(lines(log)).toEqual(lines(await sample(`csiactdata.chatter${chatter}.log`)));
    }
  });

  itNeeds(built(), hess)('prints with debug=yes what ctools prints', async () => {
    const folder = await sampleFolder();
    const { stdout } = runProgram('csiactdata', ['datapath=hess_dl3_dr1', 'debug=yes', 'logfile=x.log'], folder);
    expect(lines(stdout)).toEqual(lines(await sample('csiactdata.debug.stdout')));
    expect(await readFile(join(folder, 'x.log'), 'utf8')).toBe(stdout);
  });
});

describe('csiactcopy', () => {
  const copy = (folder: string, args: readonly string[]) =>
    runProgram('csiactcopy', ['remote_master=hess_dl3_dr1/master.json', 'prodname=hess_dl3_dr1', ...args], folder);
  const logOf = (folder: string) => readFile(join(folder, 'csiactcopy.log'), 'utf8');

  itNeeds(built(), hess)(
    'logs a run list as ctools does, at every chatter level, and leaves its master index',
    async () => {
      const folder = await sampleFolder();
      await writeFile(join(folder, 'runlist.lis'), await sample('csfindobs.runlist.lis'));
      for (const chatter of [0, 1, 2, 3]) {
        const where = chatter === 2 ? 'out' : `out${chatter}`;
        expect(copy(folder, ['runlist=runlist.lis', `outpath=${where}`, `chatter=${chatter}`])).toMatchObject({
          status: 0,
        });
        const log = (await logOf(folder)).replaceAll(`: ${where}`, ': out').replaceAll(` ${where}/`, ' out/');
        expect(withoutRepairs(log)).toEqual(withoutRepairs(await sample(`csiactcopy.runlist.chatter${chatter}.log`)));
      }
      expect(await readFile(join(folder, 'out/master.json'), 'utf8')).toBe(await sample('csiactcopy.master.json'));
    },
  );

  itNeeds(built(), hess)(
    'logs every file at the highest level; only the order of files differs, which ctools leaves to chance',
    async () => {
      const folder = await sampleFolder();
      await writeFile(join(folder, 'runlist.lis'), await sample('csfindobs.runlist.lis'));
      copy(folder, ['runlist=runlist.lis', 'outpath=out', 'chatter=4']);
      const found = withoutRepairs(await logOf(folder));
      const wanted = withoutRepairs(await sample('csiactcopy.runlist.chatter4.log'));
      const isAboutFile = (line: string) => /hess_dl3_dr1_obs_id_/.test(line);
      expect(found.filter(isAboutFile).sort()).toEqual(wanted.filter(isAboutFile).sort());
      const mask = (line: string) => (isAboutFile(line) ? line.replace(/\d{6}/, 'N') : line);
      expect(found.map(mask)).toEqual(wanted.map(mask));
    },
  );

  itNeeds(built(), hess)('logs a full copy as ctools does', async () => {
    const folder = await sampleFolder();
    expect(copy(folder, ['outpath=all'])).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(withoutRepairs(await logOf(folder))).toEqual(withoutRepairs(await sample('csiactcopy.all.chatter2.log')));
  });

  itNeeds(built(), hess)('logs a merge as ctools does', async () => {
    const folder = await sampleFolder();
    await writeFile(join(folder, 'runlist.lis'), await sample('csfindobs.runlist.lis'));
    await writeFile(join(folder, 'rl2.lis'), '23526\n23559\n20136\n');
    copy(folder, ['runlist=runlist.lis', 'outpath=out']);
    expect(copy(folder, ['runlist=rl2.lis', 'outpath=out', 'clobber=no'])).toMatchObject({ status: 0 });
    expect(withoutRepairs(await logOf(folder))).toEqual(
      withoutRepairs(await sample('csiactcopy.merge.clobber-no.log')),
    );
    expect(copy(folder, ['runlist=rl2.lis', 'outpath=out', 'clobber=yes'])).toMatchObject({ status: 0 });
    expect(withoutRepairs(await logOf(folder))).toEqual(
      withoutRepairs(await sample('csiactcopy.merge.clobber-yes.log')),
    );
  });
});
