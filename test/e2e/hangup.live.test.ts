import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { runInPty } from '../support/pty.ts';
import { built, builtProgram, itNeeds, PYTHON, program } from '../support/require.ts';
import { simulatedStore } from '../support/store.ts';
import { tempDirectory } from '../support/temp.ts';

/** Starts a copy to `to` as `start` says, ends its terminal for it as soon as it has begun, and waits for its end. */
const hangUp = (start: string): string => `
  ${start} & copy=$!
  until ls to/.iact/lock-* > /dev/null 2>&1 || ! kill -0 $copy; do sleep 0.05; done
  kill -HUP $copy
  wait $copy
`;

/** A directory with a store `from`, and how each program copies it, so slowly that it can be interrupted. */
async function slowCopies(bytesPerSecond: number) {
  const cwd = await tempDirectory();
  await simulatedStore(join(cwd, 'from'), { observations: 3, eventsPerObservation: 500 });
  const iact = `${process.execPath} ${builtProgram('iact')} copy from to --bwlimit ${bytesPerSecond}`;
  return { cwd, iact };
}

describe('SIGHUP', () => {
  const nohup = program('nohup');

  itNeeds(built(), nohup)('does not end a copy that "nohup" has started', async () => {
    const { cwd, iact } = await slowCopies(250_000);
    const { status } = spawnSync('sh', ['-c', hangUp(`nohup ${iact}`)], { cwd, stdio: 'ignore', timeout: 60_000 });
    expect(status).toBe(0);
    const { stdout } = spawnSync(process.execPath, [builtProgram('iact'), 'verify', join(cwd, 'to')]);
    expect(String(stdout)).toMatch(/^6 files as they should be/);
  });

  itNeeds(built(), program(PYTHON))('ends a copy on a terminal', async () => {
    const { cwd, iact } = await slowCopies(50_000);
    const { status } = await runInPty('sh', ['-c', hangUp(iact)], [], { cwd });
    expect(status).toBe(129);
  });
});
