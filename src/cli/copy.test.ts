import { access, mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { idsOf, places } from '../../test/support/copy.ts';
import { customStore, simulatedStore, type TestStore } from '../../test/support/store.ts';
import { recordsOf, runIact } from './testing/run-iact.ts';

async function storeOf(observations: number): Promise<{ store: TestStore; to: string }> {
  const { from, to } = await places();
  return { store: await simulatedStore(from, { observations }), to };
}

/** The last record of a run with `--json`. */
const resultOf = async (...args: string[]) => recordsOf(await runIact([...args, '--json'])).at(-1)?.['result'];

describe('iact copy', () => {
  it('copies a store, and says how much', async () => {
    const { store, to } = await storeOf(3);
    const run = await runIact(['copy', store.directory, to]);
    expect(run).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^Copied 3 files, [\d.]+ kB in [\d.]+ s \(.*\/s\)\n$/),
      stderr: '',
    });
    expect(await idsOf(to)).toMatchObject({ obs: store.ids });
    for (const id of store.ids) {
      expect(await readFile(join(to, store.fileOf(id)))).toEqual(
        await readFile(join(store.directory, store.fileOf(id))),
      );
    }
    expect(await runIact(['diff', store.directory, to])).toMatchObject({ status: 0 });
    expect(await runIact(['copy', store.directory, to])).toEqual({
      status: 0,
      stdout: 'Copied no files; 3 kept\n',
      stderr: '',
    });
  });

  it('tells programs what it does, and ends with the result', async () => {
    const { store, to } = await storeOf(2);
    const records = recordsOf(await runIact(['copy', store.directory, to, '--json']));
    const sizes = await Promise.all(
      store.ids.map(async (id) => (await stat(join(store.directory, store.fileOf(id)))).size),
    );
    const [a = 0, b = 0] = sizes;
    const events = records.slice(0, -1).filter(({ event }) => event !== 'progress');
    expect(events.slice(0, 2)).toEqual([
      { event: 'phase', name: 'Copying' },
      { event: 'plan', files: 2, totalBytes: a + b, unsizedFiles: 0 },
    ]);
    const files = store.ids.map((id, i) => {
      return { event: 'file', path: store.fileOf(id), outcome: 'copied', sizeBytes: sizes[i], message: null };
    });
    // In the order in which they are done.
    expect(events.slice(2)).toEqual(expect.arrayContaining(files));
    expect(events).toHaveLength(4);
    expect(records.at(-1)).toEqual({
      result: {
        command: 'copy',
        source: store.directory,
        destination: to,
        datasets: ['simulated'],
        dryRun: false,
        files: 2,
        bytes: a + b,
        resumedBytes: 0,
        kept: 0,
        removed: 0,
        failed: 0,
        missingObservations: [],
        seconds: expect.any(Number),
        problems: [],
      },
    });
    const again = recordsOf(await runIact(['copy', store.directory, to, '--json']));
    const told = again.filter(({ event }) => event !== 'progress').map(({ event, outcome }) => outcome ?? event);
    expect(told).toEqual(['phase', 'plan', 'kept', 'kept', undefined]);
  });

  it('with --dry-run tells what it would do, and writes nothing', async () => {
    const { store, to } = await storeOf(3);
    const [first = 0, second = 0, third = 0] = store.ids;
    const { stdout, status } = await runIact(['copy', store.directory, to, '--dry-run']);
    expect([status, stdout.split('\n').length]).toEqual([0, 5]);
    expect(stdout).toContain(`copy    ${store.fileOf(first)}  (not there yet, `);
    expect(stdout).toMatch(/\n3 files to copy, [\d.]+ kB; 0 to keep\. Nothing was written\.\n$/);
    await expect(access(to)).rejects.toThrow('ENOENT');
    await runIact(['copy', store.directory, to]);
    await utimes(join(to, store.fileOf(second)), 1, 1);
    const again = ['copy', store.directory, to, '--dry-run'];
    expect((await runIact(again)).stdout.split('\n').slice(0, -2)).toEqual([
      expect.stringContaining(`copy    ${store.fileOf(second)}  (another size or time, `),
    ]);
    expect((await runIact([...again, '-v'])).stdout).toContain(`keep    ${store.fileOf(third)}  (same size and time, `);
    expect(await resultOf(...again)).toMatchObject({ dryRun: true, files: 1, kept: 2, removed: 0 });
  });

  it('replaces what is different, and with --keep nothing', async () => {
    const { store, to } = await storeOf(2);
    const [first = 0] = store.ids;
    await runIact(['copy', store.directory, to]);
    const file = join(to, store.fileOf(first));
    await writeFile(file, 'mine');
    expect(await resultOf('copy', store.directory, to, '--keep')).toMatchObject({ files: 0, kept: 2 });
    expect(await readFile(file, 'utf8')).toBe('mine');
    expect(await resultOf('copy', store.directory, to)).toMatchObject({ files: 1, kept: 1 });
    expect(await readFile(file)).toEqual(await readFile(join(store.directory, store.fileOf(first))));
  });

  it('looks at the content with --checksum', async () => {
    const { store, to } = await storeOf(1);
    const [first = 0] = store.ids;
    await runIact(['copy', store.directory, to]);
    const file = join(to, store.fileOf(first));
    const { mtime } = await stat(file);
    const bytes = await readFile(file);
    bytes[50] = (bytes[50] ?? 0) ^ 1;
    await writeFile(file, bytes);
    await utimes(file, mtime, mtime);
    expect(await resultOf('copy', store.directory, to)).toMatchObject({ files: 0, kept: 1 });
    expect(await resultOf('copy', store.directory, to, '--checksum')).toMatchObject({ files: 1, kept: 0 });
    await utimes(file, 1, 1);
    expect(await resultOf('copy', store.directory, to, '--checksum')).toMatchObject({ files: 0, kept: 1 });
  });

  it('removes with --delete what the source has not, but never more than --max-delete', async () => {
    const { from, to } = await places();
    const rows = [1, 2, 3].map((id) => ({ id, name: `f${id}` }));
    await customStore(from, rows);
    await runIact(['copy', from, to]);
    await writeFile(join(to, 'data/own'), 'mine');
    await rm(join(from, 'data'), { recursive: true });
    await customStore(from, rows.slice(0, 1));
    const refused = await runIact(['copy', from, to, '--delete', '--max-delete', '1']);
    expect(refused).toMatchObject({
      status: 6,
      stderr: expect.stringContaining('2 files would be deleted, more than the 1'),
    });
    const planned = await runIact(['copy', from, to, '--delete', '--dry-run']);
    expect(planned.stdout).toContain('remove  data/f2  (not at the source any more)\n');
    expect(planned.stdout).toContain('; 2 files to remove. Nothing was written.\n');
    expect((await readdir(join(to, 'data'))).sort()).toEqual(['f1', 'f2', 'f3', 'own']);
    const { status, stderr } = await runIact(['copy', from, to, '--delete']);
    expect([status, stderr]).toEqual([0, expect.stringContaining(`note: Removed "${to}/data/f2".`)]);
    expect((await readdir(join(to, 'data'))).sort()).toEqual(['f1', 'own']);
    expect((await idsOf(to)).obs).toEqual([1]);
  });

  it('takes only HDUs of the types of --only, in any case', async () => {
    const { from, to } = await places();
    await customStore(from, [
      { id: 1, name: 'events' },
      { id: 1, name: 'psf', type: 'psf' },
      { id: 1, name: 'aeff', type: 'aeff' },
    ]);
    expect(await resultOf('copy', from, to, '--only', 'EVENTS,aeff')).toMatchObject({ files: 2 });
    expect((await readdir(join(to, 'data'))).sort()).toEqual(['aeff', 'events']);
    expect(await runIact(['copy', from, to, '--only', 'edisp'])).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('there are aeff, events, psf.'),
    });
    expect(await runIact(['copy', from, to, '--only', 'psf', '--delete'])).toMatchObject({ status: 2 });
  });

  it('takes the observations of --runlist, and names those that are missing', async () => {
    const { store, to } = await storeOf(3);
    const [, second = 0] = store.ids;
    const list = join(store.directory, 'runs.lis');
    await writeFile(list, `${second}\n424242\n`);
    const { status, stderr } = await runIact(['copy', store.directory, to, '--runlist', list]);
    expect([status, stderr]).toEqual([
      0,
      'iact: warning: Observation "424242" (line 2 of the run list) is not in the dataset.\n',
    ]);
    expect((await idsOf(to)).obs).toEqual([second]);
    const again = ['copy', store.directory, to, '--runlist', list];
    expect(await resultOf(...again)).toMatchObject({ missingObservations: ['424242'], kept: 1 });
    await writeFile(list, '424242\n');
    expect(await runIact(again)).toMatchObject({ status: 3, stdout: '' });
  });

  it('takes the observations that a search finds', async () => {
    const { store, to } = await storeOf(3);
    const [first = 0] = store.ids;
    expect(await resultOf('copy', store.directory, to, '--where', `OBS_ID == ${first}`)).toMatchObject({ files: 1 });
    expect((await idsOf(to)).obs).toEqual([first]);
  });

  it('names a file that is missing, and copies the others', async () => {
    const { store, to } = await storeOf(3);
    const [first = 0, ...others] = store.ids;
    await rm(join(store.directory, store.fileOf(first)));
    const { status, stdout, stderr } = await runIact(['copy', store.directory, to]);
    const sentence = `"${join(store.directory, store.fileOf(first))}" does not exist.`;
    expect([status, stdout]).toEqual([1, expect.stringMatching(/^Copied 2 files, .*; 1 failed\n$/)]);
    expect(stderr.split('\n')).toEqual([
      `iact: warning: ${sentence}`,
      `iact: error: 1 file did not arrive: ${sentence} The index does not list what did not arrive; run the same command again.`,
      '',
    ]);
    expect((await idsOf(to)).obs).toEqual(others);
    const run = await runIact(['copy', store.directory, to, '--json']);
    expect(run.status).toBe(1);
    expect(recordsOf(run).at(-1)).toMatchObject({ result: { failed: 1, kept: 2, problems: [sentence] } });
    const planned = await runIact(['copy', store.directory, to, '--dry-run']);
    expect(planned).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/error: 1 file cannot be had: .*exist\.\n$/),
    });
  });

  it('brings documents, and tells of them with --verbose', async () => {
    const { store, to } = await storeOf(1);
    await writeFile(join(store.directory, 'LICENSE'), 'terms');
    const { stderr } = await runIact(['copy', store.directory, to, '-v']);
    expect(stderr).toContain(`copied ${store.directory}/LICENSE\n`);
    expect(await readFile(join(to, 'LICENSE'), 'utf8')).toBe('terms');
  });

  it('names a file whose own checksums are wrong with --fits-checksum', async () => {
    const { store, to } = await storeOf(1);
    const plain = await runIact(['copy', store.directory, to, '--fits-checksum']);
    expect(plain.status).toBe(0);
    const { from, to: other } = await places();
    await mkdir(from);
    await customStore(from, [{ id: 1, name: 'broken.fits' }]);
    const { status, stderr } = await runIact(['copy', from, other, '--fits-checksum']);
    expect([status, stderr]).toEqual([1, expect.stringMatching(/warning: .*broken\.fits.*\n.*error: 1 problem: /)]);
  });
});

describe('iact copy and iact push', () => {
  it('refuse a destination of the other kind', async () => {
    const { store, to } = await storeOf(1);
    for (const url of ['sftp://host/x', 'host:x', 's3://bucket/x', 'https://user:secret@host/x?token=secret']) {
      const run = await runIact(['copy', store.directory, url]);
      expect(run).toEqual({
        status: 2,
        stdout: '',
        stderr: expect.stringMatching(/error: iact copy writes to a directory.*iact push/),
      });
    }
    for (const place of [to, './a:b', 'file:///tmp/x']) {
      expect(await runIact(['push', store.directory, place])).toMatchObject({
        status: 2,
        stderr: expect.stringMatching(/error: iact push writes to a server.*iact copy/),
      });
    }
    expect(await runIact(['push', store.directory, 'https://user:secret@127.0.0.1:9/x?token=secret'])).toEqual({
      status: 2,
      stdout: '',
      stderr: expect.not.stringContaining('secret'),
    });
  });

  it('refuse the source as the destination', async () => {
    const { store } = await storeOf(1);
    const { status, stderr } = await runIact(['copy', store.directory, `${store.directory}/.`]);
    expect([status, stderr]).toEqual([2, expect.stringContaining('are the same directory')]);
  });
});
