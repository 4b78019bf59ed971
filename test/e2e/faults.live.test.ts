import { spawn } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { once } from 'node:events';
import { appendFile, readdir, rename, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { places } from '../support/copy.ts';
import { copyFrom, expectSame, expectSound, overHttp, overSftp, until } from '../support/far-store.ts';
import { built, builtProgram, itNeeds, program } from '../support/require.ts';
import { sshd } from '../support/sshd.ts';
import { customStore, simulatedStore, type TestStore } from '../support/store.ts';

const LARGE_BYTES = 32 * 1024 * 1024;
const LARGE = 'data/large';
/** What is under way when a connection breaks: asked for, sent, and never taken by us. */
const UNDER_WAY_BYTES = 7 * 1024 * 1024;
/** The index files, what surrounds the files, and the encryption. */
const BESIDES_BYTES = 1024 * 1024;

const ways = [
  { way: 'SFTP', start: overSftp, test: itNeeds(...sshd()) },
  { way: 'HTTP', start: overHttp, test: itNeeds(program('nginx')) },
] as const;

/** A store of three small files and a large one. */
async function storeWithLarge(directory: string): Promise<TestStore> {
  const rows = ['one', 'two', 'large', 'three'].map((name, id) => ({ id, name }));
  const store = await customStore(directory, rows);
  await writeFile(join(directory, LARGE), noise(LARGE_BYTES));
  // SFTP tells times in seconds: a change within the same one would be none.
  await utimes(join(directory, LARGE), 1e9, 1e9);
  return store;
}

function noise(bytes: number): Buffer {
  return randomFillSync(Buffer.alloc(bytes));
}

describe.each(ways)('copyStore() over $way', ({ start, test }) => {
  test('goes on where connections were reset in the middle of a file, and fetches nothing twice', async () => {
    const { from, to } = await places();
    const store = await storeWithLarge(from);
    const far = await start(from, { bytesPerSecond: 40e6 });
    const copying = copyFrom(far, to);
    for (const bytes of [LARGE_BYTES / 3, LARGE_BYTES * 0.7]) {
      await until(() => far.link.bytesDown > bytes);
      far.link.cut();
    }
    expect(await copying).toMatchObject({ failed: [], filesCopied: 4 });
    await expectSame(store, to);
    expect(far.link.bytesDown).toBeLessThan(LARGE_BYTES + 2 * UNDER_WAY_BYTES + BESIDES_BYTES);
  });

  test('waits for a server that is ended in the middle of a file, and goes on when it is there again', async () => {
    const { from, to } = await places();
    const store = await storeWithLarge(from);
    const far = await start(from, { bytesPerSecond: 40e6 });
    const waits: string[] = [];
    const copying = copyFrom(far, to, { access: { onRetry: ({ error }) => waits.push(error.code) } });
    await until(() => far.link.bytesDown > LARGE_BYTES / 2);
    await far.stopServer();
    // What it had sent is lost with it.
    far.link.cut();
    await until(() => waits.length > 1);
    await far.startServer();
    expect(await copying).toMatchObject({ failed: [], filesCopied: 4 });
    await expectSame(store, to);
    expect(far.link.bytesDown).toBeLessThan(LARGE_BYTES + UNDER_WAY_BYTES + BESIDES_BYTES);
  });

  test('says that a server is gone that does not come back, and the next run fetches only the rest', async () => {
    const { from, to } = await places();
    const store = await storeWithLarge(from);
    const far = await start(from, { bytesPerSecond: 40e6 });
    const failing = copyFrom(far, to, { access: { retries: 1 } });
    failing.catch(() => undefined);
    await until(() => far.link.bytesDown > LARGE_BYTES * 0.7);
    far.link.refuse(true);
    far.link.cut();
    await expect(failing).rejects.toMatchObject({ code: 'unreachable' });
    await expectSound(store, to);
    expect(await readdir(to)).not.toContain('hdu-index.fits.gz');
    far.link.refuse(false);
    await sleep(100);
    expect(await copyFrom(far, to)).toMatchObject({ failed: [] });
    await expectSame(store, to);
    expect(far.link.bytesDown).toBeLessThan(LARGE_BYTES + UNDER_WAY_BYTES + BESIDES_BYTES);
  });

  test('takes a server for gone that is silent, and not one that is slow', async () => {
    const { from, to } = await places();
    const store = await simulatedStore(from, { observations: 3 });
    for (const id of store.ids) await writeFile(join(from, store.fileOf(id)), noise(400_000));
    const far = await start(from, { bytesPerSecond: 250_000 });
    const waits: string[] = [];
    const access = { silenceMs: 1500, onRetry: ({ error }: { error: Error }) => waits.push(error.message) };
    // Each file, and each of the pieces that SFTP asks for, takes longer than the silence that is allowed.
    expect(await copyFrom(far, to, { access })).toMatchObject({ failed: [] });
    expect(waits).toEqual([]);
    await expectSame(store, to);
    const again = copyFrom(far, `${to}-again`, { access });
    await until(() => far.link.bytesDown > 1_800_000);
    far.link.stall(true);
    await until(() => waits.length > 0);
    far.link.stall(false);
    expect(await again).toMatchObject({ failed: [] });
    expect(waits[0]).toMatch(/has not answered for [\d.]+ s/);
    await expectSame(store, `${to}-again`);
  });

  test('names a file that vanishes before its turn, lists only what is there, and a rerun completes', async () => {
    const { from, to } = await places();
    const store = await simulatedStore(from, { observations: 4 });
    const [, lost = 0] = store.ids;
    const [path, hidden] = [join(from, store.fileOf(lost)), join(from, 'hidden')];
    // What was written just now would be fetched again.
    for (const id of store.ids) await utimes(join(from, store.fileOf(id)), 1e9, 1e9);
    const far = await start(from);
    const hide = { onEvent: ({ type }: { type: string }) => type === 'plan' && rename(path, hidden) };
    const result = await copyFrom(far, to, hide);
    expect(result.failed.map((each) => [each.path, each.error.code])).toEqual([[store.fileOf(lost), 'not-found']]);
    await expectSound(store, to);
    await rename(hidden, path);
    expect(await copyFrom(far, to)).toMatchObject({ failed: [], filesCopied: 1 });
    await expectSame(store, to);
  });

  const changes = {
    grows: (path: string) => appendFile(path, noise(1_000_000)),
    shrinks: (path: string) => truncate(path, 20_000_000),
    'is replaced by one of the same size': (path: string, next: string) => rename(next, path),
    'is written to': (path: string) => writeFile(path, noise(LARGE_BYTES), { flag: 'r+' }),
  };
  for (const [what, change] of Object.entries(changes)) {
    test(`brings the new version of a file that ${what} while it is read, never a mixture`, async () => {
      const { from, to } = await places();
      const store = await storeWithLarge(from);
      const next = `${from}.new`;
      await writeFile(next, noise(LARGE_BYTES));
      // On a busy machine the copy must not be done before the change is.
      const far = await start(from, { bytesPerSecond: 10e6 });
      const copying = copyFrom(far, to);
      await until(() => far.link.bytesDown > LARGE_BYTES / 3);
      await change(join(from, LARGE), next);
      expect(await copying).toMatchObject({ failed: [], filesCopied: 4 });
      await expectSame(store, to);
    });
  }

  test('keeps times of a clock that is wrong, and knows the files again by them', async () => {
    const { from, to } = await places();
    const store = await simulatedStore(from, { observations: 3 });
    const times = ['1970-01-02T00:00:00Z', '2037-12-31T23:59:59Z', '2001-02-03T04:05:06Z'].map((at) => new Date(at));
    for (const [position, id] of store.ids.entries()) {
      const time = times[position] as Date;
      await utimes(join(from, store.fileOf(id)), time, time);
    }
    const far = await start(from);
    await copyFrom(far, to);
    await expectSame(store, to);
    for (const [position, id] of store.ids.entries()) {
      expect((await stat(join(to, store.fileOf(id)))).mtimeMs).toBe(times[position]?.getTime());
    }
    const again = await copyFrom(far, to, { overwrite: 'if-different' });
    expect(again).toMatchObject({ filesCopied: 0, filesKept: 3 });
  });
});

describe('iact copy', () => {
  const test = itNeeds(built(), ...sshd());

  /** Runs it in the middle of other things. */
  function run(args: readonly string[], env: Readonly<Record<string, string>>, before: string = '') {
    const command = `${before}exec "$0" "$@"`;
    const child = spawn('sh', ['-c', command, process.execPath, builtProgram('iact'), 'copy', ...args], { env });
    let said = '';
    child.stderr.on('data', (text) => (said += text));
    child.stdout.resume();
    const ended = once(child, 'close').then(([status, signal]) => ({ status, signal, said }));
    return { child, ended };
  }

  test('killed in the middle of a large file by SFTP goes on there the next time', async () => {
    const { from, to } = await places();
    const store = await storeWithLarge(from);
    const far = await overSftp(from, { bytesPerSecond: 40e6 });
    for (const bytes of [LARGE_BYTES * 0.4, LARGE_BYTES * 0.8]) {
      const { child, ended } = run([far.place, to], far.env);
      await until(() => far.link.bytesDown > bytes);
      child.kill('SIGKILL');
      expect(await ended).toMatchObject({ signal: 'SIGKILL' });
      await expectSound(store, to);
      expect(await readdir(to)).not.toContain('hdu-index.fits.gz');
    }
    expect(await run([far.place, to], far.env).ended).toMatchObject({ status: 0 });
    await expectSame(store, to);
    // Besides what was under way, up to 2 MB of what had come were not noted yet.
    expect(far.link.bytesDown).toBeLessThan(LARGE_BYTES + 2 * (UNDER_WAY_BYTES + 2e6) + BESIDES_BYTES);
  });

  test('says that the disk takes no file of that size before it fetches it, and a rerun completes', async () => {
    const { from, to } = await places();
    const store = await storeWithLarge(from);
    const far = await overSftp(from);
    // A file may not grow beyond 20 MB: in blocks of 512 bytes.
    const full = await run([far.place, to], far.env, 'ulimit -f 40000; ').ended;
    expect(full.status).toBe(8);
    expect(full.said).toMatch(/Cannot write ".*large": /);
    expect(far.link.bytesDown).toBeLessThan(LARGE_BYTES / 2);
    await expectSound(store, to);
    expect(await readdir(to)).not.toContain('hdu-index.fits.gz');
    expect(await run([far.place, to], far.env).ended).toMatchObject({ status: 0 });
    await expectSame(store, to);
  });
});
