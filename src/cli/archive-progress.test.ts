import { basename, dirname, join } from 'node:path';
import { create } from 'tar';
import { describe, expect, it } from 'vitest';
import { simulatedStore } from '../../test/support/store.ts';
import { tempDirectory } from '../../test/support/temp.ts';
import { recordsOf, runIact } from './testing/run-iact.ts';
import { runSlowly } from './testing/run-slowly.ts';
import { VirtualTerminal } from './testing/virtual-terminal.ts';

/** @returns path of the archive. */
async function archive(name: string, gzip = true): Promise<string> {
  const { directory } = await simulatedStore(await tempDirectory(), { observations: 2, gzip: false });
  const file = join(await tempDirectory(), name);
  await create({ file, gzip, cwd: dirname(directory) }, [basename(directory)]);
  return file;
}

describe.each([
  ['ls', []],
  ['find', []],
  ['check', ['--fast']],
  ['copy', ['TO']],
])('iact %s, of an archive that has to be unpacked first,', (command, more) => {
  const run = async (): Promise<string[]> => {
    const to = join(await tempDirectory(), 'to');
    return [command, await archive('store.tgz'), ...more.map((each) => (each === 'TO' ? to : each))];
  };

  it('tells how far that is on a terminal', async () => {
    const terminal = new VirtualTerminal(200);
    await runSlowly(await run(), terminal);
    expect(terminal.raw).toMatch(/Unpacking {2}\[.*?\] +\d+ % {2}[\d.]+\/[\d.]+ [kM]B/);
    expect(terminal.screen()).not.toContain('Unpacking');
  });

  it('tells it in a log', async () => {
    const log: string[] = [];
    await runSlowly(await run(), { write: (text) => log.push(text) });
    expect(log.find((line) => line.startsWith('Unpacking'))).toMatch(/^Unpacking \d+ %, [\d.]+\/[\d.]+ [kM]B/);
  });

  it('tells a program that it does', async () => {
    const [first, ...others] = recordsOf(await runIact([...(await run()), '--json']));
    expect(first).toEqual({ event: 'phase', name: 'Unpacking' });
    expect(others).not.toContainEqual(first);
  });
});

describe.each(['store.tgz', 'store.tar'])('iact ls %s', (name) => {
  it('stops when it is asked to', async () => {
    const place = await archive(name, name.endsWith('gz'));
    for (const each of [place, `${place}/master.json`]) {
      const run = await runIact(['ls', each], { interrupts: () => AbortSignal.abort() });
      expect(run).toMatchObject({ status: 130, stdout: '', stderr: expect.stringContaining('Stopped') });
    }
  });
});
