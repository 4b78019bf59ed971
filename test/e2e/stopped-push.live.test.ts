import { readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished } from 'vitest';
import { noise } from '../crash/noise.ts';
import { built, itNeeds } from '../support/require.ts';
import { type Run, type RunningProgram, startProgram } from '../support/running-program.ts';
import { type S3TestServer, startS3Server, TEST_KEY } from '../support/s3-server.ts';
import { simulatedStore, type TestStore } from '../support/store.ts';
import { tempDirectory } from '../support/temp.ts';

const live = itNeeds(built());
const URL_OF_STORE = 's3://bucket/stores/mine';
const MIB = 1 << 20;
const PATIENCE = { timeout: 30_000 };
/** Eight parts, of which the last one is short. */
const LARGE = noise(60 * MIB + 17);

/** On a slow machine there is progress. */
const FINE = { status: 0, stderr: expect.not.stringMatching(/error|warning|note/) };

describe('iact push to S3, stopped in a large file', () => {
  let store: TestStore;
  let server: S3TestServer;
  let state: string;
  let large: string;
  let key: string;
  let running: RunningProgram;

  beforeEach(async () => {
    store = await simulatedStore(await tempDirectory(), { observations: 3 });
    server = await startS3Server();
    onTestFinished(() => server.stop());
    state = await tempDirectory();
    const path = store.fileOf(store.ids[1] ?? 0);
    large = join(store.directory, path);
    key = `bucket/stores/mine/${path}`;
    await writeFile(large, LARGE);
  });

  async function iact(...args: string[]): Promise<Run> {
    const env = { PATH: process.env['PATH'], HOME: state, XDG_STATE_HOME: state, ...server.env };
    running = startProgram('iact', args, { cwd: state, env });
    return running.run;
  }

  /** Pushes, and stops the program when a request of so many is there. */
  async function stopAt(match: RegExp, signal: NodeJS.Signals): Promise<Run> {
    server.fail({ match, before: () => running.kill(signal) });
    const run = await iact('push', store.directory, URL_OF_STORE);
    // Of what was on its way S3 takes what has come whole.
    await expect.poll(() => server.underWay, PATIENCE).toBe(0);
    return run;
  }

  /** Numbers of the parts that S3 has of uploads under way. */
  function partsThere(): number[] {
    return [...server.store.uploads.values()].flatMap(({ parts }) => [...parts.keys()]).sort();
  }

  function partsSent(since: number): number[] {
    const numbers = server.requests.slice(since).map((line) => /^PUT .*partNumber=(\d+)/.exec(line)?.[1]);
    return numbers.flatMap((number) => (number === undefined ? [] : [Number(number)])).sort();
  }

  /** The large file is then one of the second dataset. */
  async function addEarlierDataset(): Promise<void> {
    await simulatedStore(join(store.directory, 'earlier'), { observations: 1 });
    const { datasets } = JSON.parse(await readFile(store.master, 'utf8')) as { datasets: Record<string, unknown>[] };
    const { hduindx, obsindx } = datasets[0] ?? {};
    const earlier = { name: 'earlier', hduindx: `earlier/${hduindx}`, obsindx: `earlier/${obsindx}` };
    await writeFile(store.master, JSON.stringify({ datasets: [earlier, ...datasets] }));
  }

  async function expectWhole(content: Buffer): Promise<void> {
    expect(server.store.objects.get(key)?.content.equals(content)).toBe(true);
    expect(server.store.uploads.size).toBe(0);
    expect(await readdir(join(state, 'iactools/push'))).toEqual([]);
    expect(await iact('verify', URL_OF_STORE, '--against', store.directory)).toMatchObject(FINE);
  }

  async function expectToGoOn(): Promise<void> {
    const before = partsThere();
    expect(before.length).toBeGreaterThan(0);
    const since = server.requests.length;
    expect(await iact('push', store.directory, URL_OF_STORE)).toMatchObject(FINE);
    expect(partsSent(since)).toHaveLength(8 - before.length);
    await expectWhole(LARGE);
  }

  const moments: readonly [string, RegExp][] = [
    ['its first part', /partNumber=1&/],
    ['its fifth part', /partNumber=5&/],
    ['its last part', /partNumber=8&/],
    ['its end', /^POST .*uploadId/],
  ];
  for (const [name, match] of moments) {
    live(`killed at ${name}, sends what S3 has not, and no part twice`, async () => {
      expect(await stopAt(match, 'SIGKILL')).toMatchObject({ signal: 'SIGKILL' });
      const isComplete = server.store.objects.has(key);
      const before = partsThere();
      expect(isComplete).toBe(name === 'its end');
      const since = server.requests.length;
      const again = await iact('push', store.directory, URL_OF_STORE);
      expect(again).toMatchObject(FINE);
      const missing = [1, 2, 3, 4, 5, 6, 7, 8].filter((number) => !isComplete && !before.includes(number));
      expect(partsSent(since)).toEqual(missing);
      if (before.length > 0) expect(again.stdout).toMatch(/; .* were there from before/);
      await expectWhole(LARGE);
    });
  }

  live('goes on in a file of a later dataset, while an earlier one is gone through again', async () => {
    await addEarlierDataset();
    await stopAt(/partNumber=8&/, 'SIGKILL');
    await expectToGoOn();
  });

  live('stopped by Ctrl-C, goes on all the same', async () => {
    expect(await stopAt(/partNumber=8&/, 'SIGINT')).toMatchObject({ status: 130 });
    await expectToGoOn();
  });

  for (const [name, match] of [
    ['a small file', /^PUT .*data/],
    ['the end of a large one', /^POST .*uploadId/],
  ] as const) {
    live(`ends at once by Ctrl-C while S3 is silent about ${name}, and finishes the next time`, async () => {
      expect(await stopAt(match, 'SIGINT')).toMatchObject({ status: 130, stderr: expect.stringContaining('stopped') });
      expect(await iact('push', store.directory, URL_OF_STORE)).toMatchObject(FINE);
      await expectWhole(LARGE);
    });
  }

  live('refused at its end, sends nothing of it twice', async () => {
    server.fail({ match: /^POST .*uploadId/, status: 403, code: 'AccessDenied' });
    expect(await iact('push', store.directory, URL_OF_STORE)).toMatchObject({ status: 8 });
    expect(partsThere()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const since = server.requests.length;
    expect(await iact('push', store.directory, URL_OF_STORE)).toMatchObject(FINE);
    expect(partsSent(since)).toEqual([]);
    await expectWhole(LARGE);
  });

  live('whose upload S3 has lost at its end, ends in an error, also of one of several datasets', async () => {
    await addEarlierDataset();
    server.fail({ match: /^POST .*uploadId/, status: 404, code: 'NoSuchUpload' });
    expect(await iact('push', store.directory, URL_OF_STORE, '--only', 'events')).toMatchObject({
      status: 8,
      stderr: expect.stringContaining('S3 has lost its upload, or a part of it; the same command begins it anew'),
    });
    expect(await iact('push', store.directory, URL_OF_STORE)).toMatchObject(FINE);
    await expectWhole(LARGE);
  });

  live('begins anew where the file has changed since', async () => {
    await stopAt(/partNumber=5&/, 'SIGKILL');
    const since = server.requests.length;
    const other = noise(LARGE.length + 1).reverse();
    await writeFile(large, other);
    expect(await iact('push', store.directory, URL_OF_STORE)).toMatchObject(FINE);
    expect(partsSent(since)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    await expectWhole(other);
  });

  live('notices other content of the same size and time', async () => {
    const time = new Date('2020-01-01T00:00:00.123Z');
    await utimes(large, time, time);
    await stopAt(/partNumber=5&/, 'SIGKILL');
    const other = noise(LARGE.length).reverse();
    await writeFile(large, other);
    await utimes(large, time, time);
    expect(await iact('push', store.directory, URL_OF_STORE)).toMatchObject(FINE);
    await expectWhole(other);
  });

  live('leaves no upload of a file that is no longer pushed, and none of others is touched', async () => {
    await stopAt(/partNumber=5&/, 'SIGKILL');
    const [ours] = server.store.uploads.keys();
    const other = server.store.begin('bucket', key.slice('bucket/'.length), {});
    await rm(store.directory, { recursive: true });
    const options = { observations: 1, name: store.dataset };
    const { directory } = await simulatedStore(store.directory, options);
    expect(await iact('push', directory, URL_OF_STORE)).toMatchObject(FINE);
    expect([...server.store.uploads.keys()]).toEqual([other]);
    expect(server.requests.filter((line) => line.startsWith('DELETE') && line.includes(ours ?? ''))).toHaveLength(1);
  });

  live('notes no secret on this machine', async () => {
    await stopAt(/partNumber=5&/, 'SIGKILL');
    const names = await readdir(join(state, 'iactools/push'), { recursive: true });
    const files = names.filter((name) => name.endsWith('.jsonl'));
    expect(files.some((name) => name.endsWith('/uploads.jsonl'))).toBe(true);
    for (const name of files) {
      const noted = await readFile(join(state, 'iactools/push', name), 'utf8');
      expect(noted).not.toContain(TEST_KEY.secret);
      expect(noted).not.toContain(TEST_KEY.id);
    }
  });
});
