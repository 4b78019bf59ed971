import { execFileSync } from 'node:child_process';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { tempDirectory } from '../../test/support/temp.ts';
import { IactError } from '../core/index.ts';
import { readRunList } from './read-run-list.ts';

describe('readRunList()', () => {
  it('readRunList() reads a file', async () => {
    const file = join(await tempDirectory(), 'runs.lis');
    await writeFile(file, '# comment\n23523 \n23526 \n');
    expect((await readRunList(file)).entries.map(({ text }) => text)).toEqual(['23523', '23526']);
  });

  it('readRunList() reads a pipe to its end, however it comes', async () => {
    const pipe = join(await tempDirectory(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    const ids = Array.from({ length: 50_000 }, (_, position) => String(position + 1));
    const [{ entries }] = await Promise.all([readRunList(pipe), writeFile(pipe, `${ids.join('\n')}\n`)]);
    expect(entries.map(({ text }) => text)).toEqual(ids);
  });

  it('readRunList() gives up a pipe that nothing comes from', async () => {
    const pipe = join(await tempDirectory(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    // Both ends: there is a writer, and it writes nothing.
    const idle = await open(pipe, 'r+');
    try {
      const stop = new AbortController();
      const reading = readRunList(pipe, { signal: stop.signal });
      setTimeout(() => stop.abort(new IactError('cancelled', 'Stopped.')), 50);
      await expect(reading).rejects.toMatchObject({ code: 'cancelled', message: 'Stopped.' });
    } finally {
      await idle.close();
    }
  });

  it('readRunList() gives up a pipe that nobody has opened to write', { timeout: 10_000 }, async () => {
    const pipe = join(await tempDirectory(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    // Ends an attempt to open it that waits for a writer.
    onTestFinished(async () => (await open(pipe, 'r+')).close());
    const reading = readRunList(pipe, { signal: AbortSignal.timeout(50) });
    await expect(reading).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('readRunList() takes /dev/null for an empty list, and does not read a device without an end', async () => {
    expect((await readRunList('/dev/null', { mayBeEmpty: true })).entries).toEqual([]);
    await expect(readRunList('/dev/null')).rejects.toMatchObject({ code: 'bad-data' });
    await expect(readRunList('/dev/zero')).rejects.toMatchObject({
      code: 'bad-data',
      message: '"/dev/zero" is too large for a text file (more than 64 MB).',
    });
  });

  it.each(['', 'none.lis', 'none/runs.lis'])('readRunList() finds no run list at "<folder>/%s"', async (name) => {
    const file = join(await tempDirectory(), name);
    await expect(readRunList(file)).rejects.toMatchObject({
      code: 'not-found',
      message: `Runlist file "${file}" not available.`,
    });
  });
});
