import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { runInPty } from '../../test/support/pty.ts';
import { built, builtProgram, itNeeds } from '../../test/support/require.ts';
import { simulatedStore } from '../../test/support/store.ts';
import { tempDirectory } from '../../test/support/temp.ts';

const iact = builtProgram('iact');
const env = { ...process.env, LANG: 'C.UTF-8', NO_COLOR: '', FORCE_COLOR: undefined };

describe('iact as a program', () => {
  itNeeds(built())('ends in silence when its reader goes away', async () => {
    const { directory } = await simulatedStore(await tempDirectory(), { observations: 3000, indexOnly: true });
    const line = `set -o pipefail; "${process.execPath}" "${iact}" find "${directory}" --format json | head -n 1`;
    const run = spawnSync('bash', ['-c', line], { encoding: 'utf8' });
    expect([run.status, run.stdout, run.stderr]).toEqual([0, '[\n', '']);
  });

  itNeeds(built())('removes its progress from the terminal at the end', async () => {
    const args = ['simulate', join(await tempDirectory(), 'new'), '--observations', '20', '--events', '200'];
    const { screen, raw, status } = await runInPty(process.execPath, [iact, ...args], [], { columns: 40, env });
    expect(status).toBe(0);
    expect(raw).toContain('Simulating ...');
    expect(screen.replaceAll('\n', '')).toMatch(/^Wrote .*20 observations, \d+ events$/);
  });

  itNeeds(built())('removes it when it is interrupted, and says so', async () => {
    const args = ['simulate', join(await tempDirectory(), 'new'), '--observations', '2000'];
    const steps = [{ expect: /\d\/2002 files/, send: '\x03' }];
    const { screen, status } = await runInPty(process.execPath, [iact, ...args], steps, { columns: 60, env });
    expect(screen).toBe('iact: error: The simulation was stopped.');
    expect(status).toBe(130);
  });
});
