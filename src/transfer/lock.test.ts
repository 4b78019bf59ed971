import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { tempDirectory } from '../../test/support/temp.ts';
import { LocalDestination } from '../storage/index.ts';
import { type Lock, lockDestination } from './lock.ts';

const lockDirectory = (directory: string, program: string): Promise<Lock> =>
  lockDestination(new LocalDestination(directory), program);

/** No Linux hands out process numbers this high. */
const NO_PROCESS = 2 ** 22 + 1;
const HERE = encodeURIComponent(hostname());

async function leaveClaim(directory: string, name: string): Promise<void> {
  await mkdir(join(directory, '.iact'), { recursive: true });
  await writeFile(join(directory, '.iact', name), 'csiactcopy since 2026-01-01T00:00:00Z\n');
}

describe('lockDestination()', () => {
  it('turns the second one away and says who holds it, until it is released', async () => {
    const directory = await tempDirectory();
    const first = await lockDirectory(directory, 'csiactcopy');
    const second = lockDirectory(directory, 'iact copy');
    await expect(second).rejects.toMatchObject({ code: 'locked', retryable: true });
    await expect(second).rejects.toThrow(/csiactcopy since .*, process \d+ on /);
    await first.release();
    await (await lockDirectory(directory, 'iact copy')).release();
    expect(await readdir(join(directory, '.iact'))).toEqual([]);
  });

  it('never lets two in, also where many find the lock of an ended process', async () => {
    for (let round = 0; round < 20; round++) {
      const directory = await tempDirectory();
      await leaveClaim(directory, `lock-${HERE}-${NO_PROCESS}-5-0123abcd`);
      const attempts = await Promise.allSettled(Array.from({ length: 8 }, () => lockDirectory(directory, 'x')));
      expect(attempts.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(1);
    }
  });

  it.each([
    ['of a process that has ended', `lock-${HERE}-${NO_PROCESS}-5-0123abcd`],
    ['of an earlier process with the same number', `lock-${HERE}-${process.pid}-1-0123abcd`],
  ])('takes over the lock %s', async (_, name) => {
    const directory = await tempDirectory();
    await leaveClaim(directory, name);
    await (await lockDirectory(directory, 'x')).release();
    expect(await readdir(join(directory, '.iact'))).toEqual([]);
  });

  it.skipIf(!existsSync('/proc/self/stat'))(
    'takes over the lock of a process that was killed and not yet mourned',
    async () => {
      const directory = await tempDirectory();
      // The shell becomes a program that never asks how its child ended.
      const parent = spawn('sh', ['-c', 'sleep 600 & echo $!; exec sleep 600'], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      onTestFinished(() => void parent.kill('SIGKILL'));
      const [line] = (await once(parent.stdout, 'data')) as [Buffer];
      const pid = Number(line);
      const stat = (of: number | undefined): string => readFileSync(`/proc/${of}/stat`, 'utf8');
      const patience = { timeout: 20_000 };
      await vi.waitFor(() => expect(stat(parent.pid)).toContain('(sleep)'), patience);
      process.kill(pid, 'SIGKILL');
      await vi.waitFor(() => expect(stat(pid)).toContain(') Z '), patience);
      await leaveClaim(directory, `lock-${HERE}-${pid}-${stat(pid).split(' ')[21]}-0123abcd`);
      await (await lockDirectory(directory, 'x')).release();
      expect(await readdir(join(directory, '.iact'))).toEqual([]);
    },
  );

  it('does not take over the lock of another machine, and names the file to remove', async () => {
    const directory = await tempDirectory();
    const name = `lock-an%2Fother-1-1-0123abcd`;
    await leaveClaim(directory, name);
    await expect(lockDirectory(directory, 'x')).rejects.toThrow(`remove "${join(directory, '.iact', name)}"`);
    await expect(lockDirectory(directory, 'x')).rejects.toThrow('process 1 on an/other');
    expect(await readdir(join(directory, '.iact'))).toEqual([name]);
  });

  it('says why it cannot write', async () => {
    const directory = await tempDirectory();
    await writeFile(join(directory, '.iact'), '');
    await expect(lockDirectory(directory, 'x')).rejects.toMatchObject({ code: 'unwritable' });
  });
});
