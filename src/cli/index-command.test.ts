import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRows, simulatedStore, type TestStore } from '../../test/support/store.ts';
import { tempDirectory } from '../../test/support/temp.ts';
import { runIact } from './testing/run-iact.ts';

/** A store without index files. */
async function files(): Promise<TestStore> {
  const store = await simulatedStore(join(await tempDirectory(), 'crab'), { observations: 2 });
  for (const name of ['hdu-index.fits.gz', 'obs-index.fits.gz', 'master.json']) await rm(join(store.directory, name));
  return store;
}

describe('iact index', () => {
  it('makes a store, tells what it wrote, and what --dry-run would', async () => {
    const { directory } = await files();
    const trial = await runIact(['index', directory, '--dry-run']);
    expect(trial.stdout).toContain('Would write hdu-index.fits.gz and obs-index.fits.gz\n');
    expect(await readdir(directory)).toEqual(['data']);
    const { status, stdout, stderr } = await runIact(['index', directory, '--md5', '--size', '--jobs', '2']);
    expect([status, stderr]).toEqual([0, '']);
    const lines = stdout.split('\n');
    expect(lines.slice(0, 2)).toEqual([
      '2 FITS files, headers of 2 read',
      'Wrote hdu-index.fits.gz and obs-index.fits.gz',
    ]);
    expect(lines[2]).toMatch(/^ {2}crab: 2 observations, \d\.\d\d h, \d+ events, \d+ kB$/);
    expect(lines.slice(3)).toEqual([
      '  HDUs: 2 events, 2 gti, 2 aeff_2d, 2 edisp_2d, 2 psf_table, 2 bkg_3d',
      `Wrote ${directory}/master.json`,
      '',
    ]);
    const [row] = await readRows(join(directory, 'hdu-index.fits.gz'));
    expect(row).toMatchObject({ SIZE: expect.any(Number), MD5: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect((await runIact(['find', directory])).stdout.split('\n')).toHaveLength(5);
  });

  it('refuses an index that is there, and brings it up to date when asked', async () => {
    const { directory, fileOf, ids } = await files();
    await runIact(['index', directory, '--name', 'mine']);
    const refused = await runIact(['index', directory]);
    expect(refused.status).toBe(6);
    expect(refused.stderr).toContain('Use --update to bring it up to date, or --force to make it anew.');
    await rm(join(directory, fileOf(ids[0] ?? 0)));
    const { stdout, status } = await runIact(['index', directory, '--update']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^0 files added, 0 changed, 1 removed\n/);
    expect(stdout).toContain('  mine: 1 observation, ');
    for (const options of [['--dry-run'], []]) {
      const current = (await runIact(['index', directory, '--update', ...options])).stdout;
      expect(current).toContain('Up to date: hdu-index.fits.gz');
      expect(current).toContain(`Up to date: ${directory}/master.json`);
      expect(current).not.toContain('Would write');
    }
    expect((await runIact(['index', directory, '--force'])).status).toBe(0);
    expect((await runIact(['index', directory, '--force', '--update'])).status).toBe(2);
    expect((await runIact(['index', directory, '--force', '--jobs', '0'])).status).toBe(2);
  });

  it('names what it could not use, and ends with 1', async () => {
    const { directory } = await files();
    await writeFile(join(directory, 'data/broken.fits'), 'x');
    const { status, stderr, stdout } = await runIact(['index', directory]);
    expect(status).toBe(1);
    expect(stderr.split('\n')).toEqual([
      `iact: warning: "${directory}/data/broken.fits" is not a FITS file: it begins with "x", needed "SIMPLE  =".`,
      'iact: error: The index lacks what could not be used: a problem, see above.',
      '',
    ]);
    expect(stdout).toContain('crab: 2 observations');
  });
});
