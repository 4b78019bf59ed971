import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Need, SHARED_DATA, sharedStore } from './require.ts';
import { tempDirectory } from './temp.ts';

/** The store that the samples of real ctools output were made with. */
export const hess: Need & { path: string } = sharedStore('hess_dl3_dr1');

/** One file of real ctools output. */
export function sample(name: string): Promise<string> {
  return readFile(join(SHARED_DATA, '../reference/ctools-samples', name), 'utf8');
}

/** A folder that holds `hess_dl3_dr1` with the master index that the samples were made with. */
export async function sampleFolder(): Promise<string> {
  const folder = await tempDirectory();
  const store = join(folder, 'hess_dl3_dr1');
  await mkdir(store);
  for (const name of await readdir(hess.path)) {
    if (name !== 'master.json') await symlink(join(hess.path, name), join(store, name));
  }
  const entry = (name: string, prefix: string, more: object = {}) => ({
    name,
    hduindx: `${prefix}hdu-index.fits.gz`,
    obsindx: `${prefix}obs-index.fits.gz`,
    ...more,
  });
  const known = { 'Total observations': 105, 'Total time': '48.6 hours' };
  const master = { datasets: [entry('hess_dl3_dr1', '', known), entry('ghost', 'ghost/')] };
  await writeFile(join(store, 'master.json'), JSON.stringify(master));
  return folder;
}

/** The lines of a log without what differs from run to run: times, version, seconds. */
export function logLines(log: string): string[] {
  return log.split('\n').map((line) =>
    line
      .replace(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d: /, '')
      .replace(/^\* Version: .*\*$/, '* Version *')
      .replace(/( terminated after) .*/, '$1'),
  );
}
