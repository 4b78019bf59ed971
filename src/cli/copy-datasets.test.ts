import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { places } from '../../test/support/copy.ts';
import { customStore, readIds } from '../../test/support/store.ts';
import { recordsOf, runIact } from './testing/run-iact.ts';

/** A store with the datasets `a` (observations 1, 2) and `b` (2, 3), and one whose indexes are not there or are none. */
async function withDatasets(third: 'none' | 'missing' | 'broken'): Promise<{ from: string; to: string }> {
  const { from, to } = await places();
  const entries: object[] = [];
  for (const [name, ids] of [['a', [1, 2]] as const, ['b', [2, 3]] as const]) {
    const folder = join(from, name);
    await customStore(
      folder,
      ids.map((id) => ({ id, dir: '', name: `f${id}` })),
      {
        files: ids.map((id) => `f${id}`),
      },
    );
    entries.push({ name, hduindx: `${name}/hdu-index.fits.gz`, obsindx: `${name}/obs-index.fits.gz` });
  }
  if (third === 'missing') entries.push({ name: 'c', hduindx: 'c/hdu', obsindx: 'c/obs' });
  if (third === 'broken') {
    // Two files that open as FITS, and hold no index.
    await mkdir(join(from, 'c'));
    for (const name of ['hdu', 'obs']) await cp(join(from, 'a/obs-index.fits.gz'), join(from, `c/${name}.fits.gz`));
    entries.push({ name: 'c', hduindx: 'c/hdu.fits.gz', obsindx: 'c/obs.fits.gz' });
  }
  await writeFile(join(from, 'master.json'), JSON.stringify({ datasets: entries }));
  return { from, to };
}

const obsIn = (to: string, name: string) => readIds(join(to, name, 'obs-index.fits.gz'));
const resultOf = (run: Awaited<ReturnType<typeof runIact>>) => recordsOf(run).at(-1)?.['result'];

describe('iact copy of several datasets', () => {
  it('copies all, or those that --dataset names', async () => {
    const { from, to } = await withDatasets('none');
    const one = await runIact(['copy', from, to, '--dataset', 'b', '--json']);
    expect(resultOf(one)).toMatchObject({ datasets: ['b'], files: 2 });
    await expect(obsIn(to, 'a')).rejects.toThrow('ENOENT');
    const all = await runIact(['copy', from, to, '--json']);
    expect(resultOf(all)).toMatchObject({ datasets: ['a', 'b'], files: 2, kept: 2 });
    expect(await obsIn(to, 'a')).toEqual([1, 2]);
    expect(Object.keys(JSON.parse(await readFile(join(to, 'master.json'), 'utf8')).datasets)).toHaveLength(2);
  });

  it('copies nothing if one of the names is wrong', async () => {
    const { from, to } = await withDatasets('none');
    const run = await runIact(['copy', from, to, '--dataset', 'a', '--dataset', 'z']);
    expect(run).toMatchObject({ status: 3, stdout: '', stderr: expect.stringContaining('no dataset "z"') });
    await expect(obsIn(to, 'a')).rejects.toThrow('ENOENT');
  });

  it.each([
    ['missing', /Dataset "c" was left out: ".*c\/obs" does not open as FITS\./],
    ['broken', /Dataset "c" was left out: ".*c\/hdu\.fits\.gz" .*\./],
  ] as const)('copies the others if the index of one is %s, and names it', async (third, reason) => {
    const { from, to } = await withDatasets(third);
    const run = await runIact(['copy', from, to]);
    expect(run).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/^Copied 4 files/),
      stderr: expect.stringMatching(new RegExp(`error: 1 problem: ${reason.source}\n$`)),
    });
    expect([await obsIn(to, 'a'), await obsIn(to, 'b')]).toEqual([
      [1, 2],
      [2, 3],
    ]);
    const records = recordsOf(await runIact(['copy', from, to, '--json']));
    expect(records.at(-1)).toMatchObject({
      result: { datasets: ['a', 'b'], problems: [expect.stringMatching(reason)] },
    });
  });

  it('gives the error of the index itself if there is one dataset only', async () => {
    const { from, to } = await withDatasets('none');
    await writeFile(
      join(from, 'master.json'),
      JSON.stringify({ datasets: [{ name: 'a', hduindx: 'gone.fits', obsindx: 'a/obs-index.fits.gz' }] }),
    );
    expect(await runIact(['copy', from, to])).toMatchObject({
      status: 3,
      stderr: expect.stringMatching(/^iact: error: [^\n]*gone\.fits[^\n]*\n$/),
    });
  });

  it('passes over a dataset that has nothing of what was asked for, and misses only what none has', async () => {
    const { from, to } = await withDatasets('none');
    const list = join(from, 'runs.lis');
    await writeFile(list, '1\n9\n');
    const { status, stderr, stdout } = await runIact(['copy', from, to, '--runlist', list]);
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^Copied 1 file,/)]);
    expect(stderr.split('\n')).toEqual([
      expect.stringMatching(/^iact: note: Dataset "b" was left out: Dataset "b" has none of the observations/),
      'iact: warning: Observation "9" (line 2 of the run list) is not in any of the datasets.',
      '',
    ]);
    const again = await runIact(['copy', from, to, '--runlist', list, '--json']);
    expect(resultOf(again)).toMatchObject({ datasets: ['a'], missingObservations: ['9'] });
    await writeFile(list, '9\n');
    expect((await runIact(['copy', from, to, '--runlist', list])).status).toBe(3);
  });

  it('says that there is none', async () => {
    const { from, to } = await withDatasets('none');
    await writeFile(join(from, 'master.json'), '{"datasets": []}');
    const run = await runIact(['copy', from, to]);
    expect(run).toMatchObject({ status: 4, stderr: expect.stringContaining('lists no dataset that can be copied.') });
  });
});
