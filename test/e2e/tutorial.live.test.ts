import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { type PtyStep, runInPty } from '../support/pty.ts';
import { built, builtProgram, itNeeds, sharedStore } from '../support/require.ts';
import { programEnv } from '../support/run-program.ts';
import { readIds } from '../support/store.ts';
import { tempDirectory } from '../support/temp.ts';

const hess = sharedStore('hess_dl3_dr1');

/** The text that the tutorial has its readers type. */
const MASTER = `{
  "datasets": [
    {
      "name": "hess_dl3_dr1",
      "hduindx": "hdu-index.fits.gz",
      "obsindx": "obs-index.fits.gz",
      "Total observations": 106,
      "Total time": "48.6 hours",
      "Total events": 662826,
      "Disk usage": "43 MB",
      "Date created": "2018-09-10"
    }
  ]
}
`;

describe('the tutorial "Copying IACT data"', () => {
  itNeeds(built(), hess)('works as printed, prompts and their defaults included', async () => {
    const folder = await tempDirectory();
    const project = join(folder, 'project-data/hess');
    await mkdir(project, { recursive: true });
    await cp(hess.path, join(project, 'hess_dl3_dr1'), { recursive: true });
    const store = join(project, 'hess_dl3_dr1');
    await writeFile(join(store, 'master.json'), MASTER).catch(async () => expect.fail('read-only copy'));
    const work = join(folder, 'work');
    await mkdir(work);
    const env = { ...programEnv(work), HOME: folder };
    const run = (name: string, args: string[], steps: PtyStep[]) =>
      runInPty(process.execPath, [builtProgram(name), ...args], steps, { cwd: work, env, columns: 300 });

    const list = await run(
      'csiactdata',
      ['debug=yes'],
      [{ expect: 'Path were data is located [] ', send: `${store}\r` }],
    );
    expect(list.status).toBe(0);
    const log = await readFile(join(work, 'csiactdata.log'), 'utf8');
    for (const line of [
      '| Data storage entries |',
      ` Master index file .........: ${store}/master.json`,
      '=== hess_dl3_dr1 ===',
      ' Name ......................: hess_dl3_dr1',
      ' Observation index .........: obs-index.fits.gz',
      ' HDU index .................: hdu-index.fits.gz',
      ' Date created ..............: 2018-09-10',
      ' Total events ..............: 662826',
      ' Total time ................: 48.6 hours',
      ' Disk usage ................: 43 MB',
    ]) {
      expect(log).toContain(`: ${line}\n`);
      expect(list.screen).toContain(`: ${line}\n`);
    }

    const copied = await run(
      'csiactcopy',
      [],
      [
        { expect: 'Location of remote master file [/path/to/mountpoint/master.json] ', send: `${store}/master.json\r` },
        { expect: 'Name of FITS production to download [iact-fits] ', send: 'hess_dl3_dr1\r' },
        { expect: 'Destination path of FITS data [/path/to/local/fits/data/] ', send: 'data\r' },
      ],
    );
    expect(copied.status).toBe(0);
    expect((await readdir(join(work, 'data/data'))).length).toBe(105);
    expect(await readIds(join(work, 'data/obs-index.fits.gz'))).toEqual(
      await readIds(join(store, 'obs-index.fits.gz')),
    );

    await writeFile(join(work, 'runlist.txt'), '20136\n20137\n20151\n');
    const subset = await run(
      'csiactcopy',
      ['runlist=runlist.txt'],
      [
        { expect: `Location of remote master file [${store}/master.json] `, send: '\r' },
        { expect: 'Name of FITS production to download [hess_dl3_dr1] ', send: '\r' },
        { expect: 'Destination path of FITS data [data] ', send: '\r' },
      ],
    );
    expect(subset.status).toBe(0);
    const ids = await readIds(join(work, 'data/obs-index.fits.gz'));
    expect([ids.length, ids.slice(-3)]).toEqual([105, [20136, 20137, 20151]]);

    const again = await run(
      'csiactdata',
      ['debug=yes', 'logfile=NONE'],
      [{ expect: `Path were data is located [${store}] `, send: 'data\r' }],
    );
    expect(again.screen).toContain('=== hess_dl3_dr1 ===');
    expect((await run('csiactcopy', ['clobber=no', 'mode=h'], [])).status).toBe(0);
  });

  itNeeds(built(), hess)('takes $VHEFITS for an empty answer and for NONE', async () => {
    const folder = await tempDirectory();
    const env = { ...programEnv(folder), VHEFITS: hess.path };
    for (const answer of ['', 'NONE', 'none']) {
      const steps = [{ expect: /Path were data is located \[.*\] /, send: `${answer}\r` }];
      const { screen, status } = await runInPty(process.execPath, [builtProgram('csiactdata'), 'debug=yes'], steps, {
        cwd: folder,
        env,
      });
      expect(status).toBe(0);
      expect(screen).toContain('=== hess_dl3_dr1 ===');
    }
  });
});
