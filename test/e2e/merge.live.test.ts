import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { built, itNeeds, PYTHON, program, pythonModule, sharedStore } from '../support/require.ts';
import { runProgram } from '../support/run-program.ts';
import { tempDirectory } from '../support/temp.ts';

const hess = sharedStore('hess_dl3_dr1');

// Reads both stores with astropy: the rows of every observation must be those of the source, in its order.
const COMPARE = `
import sys
from astropy.io import fits
source, copy, *ids = sys.argv[1:]
for name in ('hdu-index.fits.gz', 'obs-index.fits.gz'):
    wanted, found = fits.getdata(f'{source}/{name}', 1), fits.getdata(f'{copy}/{name}', 1)
    assert wanted.columns.names == found.columns.names, 'columns'
    assert wanted.columns.formats == found.columns.formats, 'formats'
    assert [str(i) for i in dict.fromkeys(found['OBS_ID'])] == ids, list(found['OBS_ID'])
    for i in ids:
        left, right = wanted[wanted['OBS_ID'] == int(i)], found[found['OBS_ID'] == int(i)]
        assert left.tobytes() == right.tobytes(), f'{name}: rows of {i}'
    for card in ('EXTNAME', 'HDUCLAS2', 'COMMENT'):
        assert str(fits.getheader(f'{source}/{name}', 1)[card]) == str(fits.getheader(f'{copy}/{name}', 1)[card]), card
`;

describe('the index tables of a merge', () => {
  const live = itNeeds(built(), hess, program('fitsverify'), pythonModule('astropy'));

  live('are valid for fitsverify, and hold for astropy the rows of the source', async () => {
    const folder = await tempDirectory();
    await writeFile(join(folder, 'first.lis'), '23592\n20136\n20137\n');
    await writeFile(join(folder, 'second.lis'), '20137\n47802\n');
    const common = [`remote_master=${hess.path}/master.json`, 'prodname=hess_dl3_dr1', 'outpath=out', 'logfile=NONE'];
    for (const list of ['first.lis', 'second.lis']) {
      expect(runProgram('csiactcopy', [...common, `runlist=${list}`], folder)).toMatchObject({ status: 0, stderr: '' });
    }
    for (const name of ['hdu-index.fits.gz', 'obs-index.fits.gz']) {
      const { stdout } = spawnSync('fitsverify', [join(folder, 'out', name)], { encoding: 'utf8' });
      // The source itself has warnings.
      expect(stdout).toContain(' and 0 error(s).');
    }
    const ids = ['20136', '23592', '20137', '47802'];
    const { status, stderr } = spawnSync(PYTHON, ['-c', COMPARE, hess.path, join(folder, 'out'), ...ids], {
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, '']);
  });
});
