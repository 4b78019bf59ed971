import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { itNeeds } from '../../../test/support/require.ts';
import { sshd, startSshd } from '../../../test/support/sshd.ts';
import { tempDirectory } from '../../../test/support/temp.ts';
import { bytesOf, contentOf } from '../testing/conformance.ts';
import type { SftpSource } from './sftp-source.ts';
import { chattyLogin, errorOf, listener, openSource } from './testing/attempts.ts';

const test = itNeeds(...sshd());

describe('SftpSource', () => {
  test('read() ends with an error that invites a retry when the connection breaks, and goes on over a new one', async () => {
    const directory = await tempDirectory();
    const content = bytesOf(20_000_000);
    await writeFile(join(directory, 'a'), content);
    const server = await startSshd();
    const source = await openSource(server, directory);
    const expected = await source.stat('a');
    if (expected === undefined) throw new Error('no file');
    const chunks: Uint8Array[] = [];
    const reading = (async () => {
      for await (const chunk of source.read('a', { expected })) {
        if (chunks.push(chunk) === 3) server.cut();
      }
    })();
    const error = await errorOf(reading);
    expect(error).toMatchObject({ code: 'unreachable', retryable: true });
    expect(error.message).toMatch(/^Cannot reach "sftp:\/\/store\/.*\.$/);
    const start = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    chunks.push(await contentOf(source, 'a', { start, expected }));
    expect(Buffer.compare(Buffer.concat(chunks), content)).toBe(0);
  });

  test('close() ends the ssh', async () => {
    const server = await startSshd();
    const source = await openSource(server, '/');
    await source.stat('');
    const pids = processesOf(source);
    expect(pids.length).toBe(1);
    await source.close();
    for (const pid of pids) expect(isRunning(pid)).toBe(false);
  });

  test('an aborted signal ends an ssh that is still on its way', async () => {
    const server = await startSshd();
    const controller = new AbortController();
    const location = { host: '127.0.0.1', port: await listener('') };
    const source = await openSource(server, '/', { signal: controller.signal }, location);
    const looking = errorOf(source.stat(''));
    await expect.poll(() => processesOf(source).length).toBe(1);
    const [pid = 0] = processesOf(source);
    controller.abort();
    await looking;
    expect(isRunning(pid)).toBe(false);
  });

  test('an ssh that does not lead to the store is ended', async () => {
    const server = await startSshd({ sftp: await chattyLogin() });
    const source = await openSource(server, '/');
    const looking = errorOf(source.stat(''));
    await expect.poll(() => processesOf(source).length).toBe(1);
    const [pid = 0] = processesOf(source);
    await looking;
    expect(isRunning(pid)).toBe(false);
  });

  test('an ssh that takes no signal is killed', async () => {
    const server = await startSshd();
    const program = join(await tempDirectory(), 'stubborn');
    await writeFile(program, "#!/bin/sh\ntrap '' TERM\nsleep 30 & wait\nwait\n", { mode: 0o755 });
    const source = await openSource(server, '/', { env: { ...process.env, IACT_SSH: program } });
    const looking = errorOf(source.stat(''));
    await expect.poll(() => processesOf(source).length).toBe(1);
    const [pid = 0] = processesOf(source);
    await source.close();
    await looking;
    expect(isRunning(pid)).toBe(false);
  });
});

function processesOf(source: SftpSource): number[] {
  const { connections } = source as unknown as { connections: { processes: Set<{ child: { pid: number } }> } };
  return [...connections.processes].map((ssh) => ssh.child.pid);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
