import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readIds, simulatedStore } from '../../test/support/store.ts';
import { tempDirectory } from '../../test/support/temp.ts';
import { main } from './main.ts';
import { recordsOf, runIact } from './testing/run-iact.ts';
import { VirtualTerminal } from './testing/virtual-terminal.ts';

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

  it('counts one as one', async () => {
    const root = await tempDirectory();
    const stores = [join(root, 'one'), join(root, 'two')] as const;
    for (const directory of stores) await simulatedStore(directory, { observations: 1, name: 'a' });
    const merge = (...options: string[]) => runIact(['merge', ...stores, '-o', join(root, 'out'), ...options]);
    const { stdout } = await merge('--prefer', 'first');
    expect(stdout).toMatch(/^Merged 2 stores into .*: dataset a, 1 file, 1 copied\n {2}1 observation, \d+ events\n$/);
    expect((await merge('--dataset', 'a')).stderr).toContain('--dataset is given 1 time for 2 stores.');
  });

  it('refuses to merge into one of the stores, by no files at a time, and to a server', async () => {
    const { first, second, out } = await two();
    for (const [options, reason] of [
      [['-o', second], 'Source and destination are the same directory'],
      [['-o', out, '--jobs', '0'], 'A whole number from 1 on is needed'],
      [['-o', 'sftp://host/x'], 'is no directory of this machine. Merge into one'],
    ] as const) {
      const { status, stderr } = await runIact(['merge', first, second, ...options]);
      expect([status, stderr]).toEqual([2, expect.stringContaining(reason)]);
    }
    expect(await readIds(join(second, 'obs-index.fits.gz'))).toHaveLength(2);
  });

  /** Two stores of two observations each: their observations, and their files by path. */
  async function two() {
    const root = await tempDirectory();
    const [first, second, out] = ['a', 'b', 'out'].map((name) => join(root, name)) as [string, string, string];
    const stores = [
      await simulatedStore(first, { observations: 2, name: 'a' }),
      await simulatedStore(second, { observations: 2, name: 'b', firstObsId: 9000 }),
    ];
    const ids = stores.map((store) => store.ids);
    const files = stores.map((store) => store.ids.map((id) => store.fileOf(id)));
    return { first, second, out, ids, files };
  }

  const env = { LANG: 'C.UTF-8', NO_COLOR: '1' };

  it('shows on a terminal how far it is, and leaves the result only', async () => {
    const { first, second, out } = await two();
    const terminal = new VirtualTerminal(100);
    expect(await main(['merge', first, second, '-o', out], { stdout: terminal, stderr: terminal, env })).toBe(0);
    expect(terminal.raw).toContain('Copying');
    expect(terminal.screen().replaceAll('\n', '')).toMatch(
      /^Merged 2 stores into .*: dataset a, 4 files, 4 copied {2}4 observations, \d+ events$/,
    );
  });

  it('tells programs of its plan and of each file, and keeps what is there when it is called again', async () => {
    const { first, second, out, files } = await two();
    const events = async () =>
      recordsOf(await runIact(['merge', first, second, '-o', out, '--json']))
        .filter(({ event }) => event !== 'progress')
        .map(({ event, name, files, path, outcome }) => [event, name ?? files ?? path, outcome].join(' ').trim());
    const wanted = (outcome: string) =>
      files.flatMap((paths) => ['phase Copying', 'plan 2', ...paths.map((path) => `file ${path} ${outcome}`)]).sort();
    expect((await events()).slice(0, -1).sort()).toEqual(wanted('copied'));
    expect((await events()).slice(0, -1).sort()).toEqual(wanted('kept'));
  });

  it('stops when it is asked to, and the same command finishes it', async () => {
    const { first, second, out, ids, files } = await two();
    const controller = new AbortController();
    let text = '';
    const stdout = {
      write: (part: string) => {
        text += part;
        if (text.split('"event":"plan"').length > 2) controller.abort();
      },
    };
    const stderr = new VirtualTerminal(100);
    const world = { stdout, stderr, env, interrupts: () => controller.signal };
    expect(await main(['merge', first, second, '-o', out, '--json'], world)).toBe(130);
    expect(JSON.parse(text.split('\n').at(-2) ?? '')).toMatchObject({ error: { code: 'cancelled' } });
    // The first store is there, whole; of the second one nothing can be seen.
    expect(await readIds(join(out, 'obs-index.fits.gz'))).toEqual(ids[0]);
    const again = recordsOf(await runIact(['merge', first, second, '-o', out, '--json']));
    const copied = again.flatMap(({ path, outcome }) => (outcome === 'copied' ? [path] : []));
    expect(copied.sort()).toEqual(files[1]);
    expect(await readIds(join(out, 'obs-index.fits.gz'))).toEqual(ids.flat());
    expect(await readdir(join(out, '.iact'))).toEqual(['manifest.jsonl']);
    const never = await runIact(['merge', first, second, '-o', out], { interrupts: () => AbortSignal.abort() });
    expect(never).toMatchObject({ status: 130, stderr: expect.stringMatching(/^iact: error: The merge was stopped/) });
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
