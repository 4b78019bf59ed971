import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readIds, simulatedStore } from '../../test/support/store.ts';
import { tempDirectory } from '../../test/support/temp.ts';
import { runIact } from './testing/run-iact.ts';

describe('iact merge', () => {
  it('merges stores, and says what it would do', async () => {
    const root = await tempDirectory();
    const [one, two, out] = ['one', 'two', 'out'].map((name) => join(root, name)) as [string, string, string];
    const first = await simulatedStore(one, { observations: 1, name: 'a' });
    const second = await simulatedStore(two, { observations: 2, name: 'b', firstObsId: 9000 });
    const trial = await runIact(['merge', one, two, '-o', out, '--dry-run']);
    expect(trial).toEqual({ status: 0, stderr: '', stdout: `Would merge 2 stores into ${out}: dataset a, 3 files\n` });
    const { status, stdout, stderr } = await runIact([
      'merge',
      one,
      two,
      '--output',
      out,
      '--name',
      'all',
      '--jobs',
      '1',
    ]);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /^Merged 2 stores into .*: dataset all, 3 files, 3 copied\n {2}3 observations, \d+ events\n$/,
    );
    expect(await readIds(join(out, 'obs-index.fits.gz'))).toEqual([...first.ids, ...second.ids]);
  });

  it('names files that are missing, and ends with 1', async () => {
    const root = await tempDirectory();
    const store = await simulatedStore(join(root, 'a'), { observations: 2, name: 'a' });
    const other = await simulatedStore(join(root, 'b'), { observations: 1, name: 'b', firstObsId: 9000 });
    const gone = join(store.directory, store.fileOf(store.ids[1] ?? 0));
    await rm(gone);
    const { status, stderr } = await runIact(['merge', store.directory, other.directory, '-o', join(root, 'c')]);
    expect(status).toBe(1);
    expect(stderr).toContain(`iact: warning: "${gone}" does not exist.\n`);
    expect(stderr).toContain('iact: error: A file could not be copied, see above; no index names what is missing.\n');
  });

  it('refuses observations that several stores have, and a wrong number of datasets', async () => {
    const root = await tempDirectory();
    const { directory } = await simulatedStore(join(root, 'a'), { observations: 1 });
    await simulatedStore(join(root, 'b'), { observations: 1, seed: 2 });
    const merge = (...more: string[]) => runIact(['merge', directory, join(root, 'b'), '-o', join(root, 'c'), ...more]);
    expect((await merge()).status).toBe(6);
    expect((await merge('--dataset', 'simulated')).status).toBe(2);
    expect((await merge('--jobs', '0')).status).toBe(2);
    const { status, stderr } = await merge('--prefer', 'last', '--dataset', 'simulated', '--dataset', 'simulated');
    expect([status, stderr]).toEqual([0, 'iact: note: Several stores have the same observations: 1.\n']);
  });
});
