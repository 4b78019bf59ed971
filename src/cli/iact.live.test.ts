import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished } from 'vitest';
import { runInPty } from '../../test/support/pty.ts';
import { built, builtProgram, itNeeds, program } from '../../test/support/require.ts';
import { simulatedStore } from '../../test/support/store.ts';
import { tempDirectory } from '../../test/support/temp.ts';
import { TmuxWindow } from '../../test/support/tmux.ts';

const iact = builtProgram('iact');
const env = { ...process.env, LANG: 'C.UTF-8', NO_COLOR: '', FORCE_COLOR: undefined };

describe('iact as a program', () => {
  itNeeds(built())('ends in silence when its reader goes away', async () => {
    const { directory } = await simulatedStore(await tempDirectory(), { observations: 3000, indexOnly: true });
    const line = `set -o pipefail; "${process.execPath}" "${iact}" find "${directory}" --format json | head -n 1`;
    const run = spawnSync('bash', ['-c', line], { encoding: 'utf8' });
    expect([run.status, run.stdout, run.stderr]).toEqual([0, '[\n', '']);
  });

  itNeeds(built())('stops in order when the reader of what it does goes away', async () => {
    const { directory } = await simulatedStore(await tempDirectory(), { observations: 20 });
    const to = join(await tempDirectory(), 'copy');
    const command = `"${process.execPath}" "${iact}" copy "${directory}" "${to}" --json --bwlimit 100k`;
    const run = spawnSync('bash', ['-c', `${command} | head -n 1; exit \${PIPESTATUS[0]}`], { encoding: 'utf8' });
    expect([run.status, run.stderr]).toEqual([
      130,
      'iact: error: The copy was stopped. Run the same command again to finish it.\n',
    ]);
    expect((await readdir(to, { recursive: true })).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  itNeeds(built())('names what keeps it from telling its result', async () => {
    const { directory } = await simulatedStore(await tempDirectory(), { observations: 2 });
    for (const args of [['ls', directory], ['--help'], ['diff', directory, directory, '--json']]) {
      const full = openSync('/dev/full', 'w');
      const run = spawnSync(process.execPath, [iact, ...args], { encoding: 'utf8', stdio: ['ignore', full, 'pipe'] });
      closeSync(full);
      const message = 'iact: error: Cannot write the standard output: no space left on device.\n';
      expect([run.status, run.stderr]).toEqual([8, message]);
    }
  });

  itNeeds(built(), program('python3'))('leaves nothing behind when it is stopped where ssh asks', async () => {
    const folder = await tempDirectory();
    const ssh = join(folder, 'ssh');
    await writeFile(ssh, '#!/bin/sh\n"$SSH_ASKPASS" "Passphrase: "\nexit 255\n', { mode: 0o700 });
    const [TMPDIR, steps] = [join(folder, 'temp'), [{ expect: /Passphrase: /, send: '\x03' }]];
    await mkdir(TMPDIR);
    for (const args of [
      ['ls', 'far:/store'],
      ['find', 'far:/store'],
      ['show', 'far:/store', '1'],
    ]) {
      const asking = { ...env, TMPDIR, IACT_SSH: ssh };
      const { screen, status } = await runInPty(process.execPath, [iact, ...args], steps, {
        columns: 120,
        env: asking,
      });
      expect([args, status, await readdir(TMPDIR)]).toEqual([args, 130, []]);
      expect(screen).toContain('iact: error: Stopped');
    }
  });

  itNeeds(built())('tells a program that it was stopped, also while it only looks', async () => {
    const server = createServer(() => server.emit('asked'));
    onTestFinished(() => server.closeAllConnections());
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const store = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    for (const [args, signal] of [
      [['ls', store], 'SIGINT'],
      [['show', store, '1'], 'SIGTERM'],
    ] as const) {
      const asked = once(server, 'asked');
      const child = spawn(process.execPath, [iact, ...args, '--json'], { stdio: ['ignore', 'pipe', 'pipe'] });
      const output = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
      await asked;
      child.kill(signal);
      const [stdout, stderr, ended] = await output;
      const message = `Stopped while waiting for "${store}master.json".`;
      expect([stderr, ended]).toEqual([`iact: error: ${message}\n`, [130, null]]);
      expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'cancelled', message, retryable: false } });
    }
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

  itNeeds(built(), program('tmux'))(
    'leaves nothing behind in a window that changes its width, or is left by Ctrl-Z',
    async () => {
      const to = join(await tempDirectory(), 'new');
      const window = await TmuxWindow.open({
        columns: 90,
        rows: 24,
        env: { LANG: 'C.UTF-8', NODE: process.execPath, IACT: iact, TO: to },
      });
      window.type('seq 30', 'Enter');
      await window.linesEndingIn(/^30$/, /[#$]$/);
      window.type('"$NODE" "$IACT" simulate "$TO" --observations 20000', 'Enter');
      await window.linesEndingIn(/--observations 20000$/, /^Simulating .* \d+\/20002 files/);
      for (const columns of [60, 30, 12, 90, 45]) window.resize(columns, 24);
      await window.linesEndingIn(/20000$/, /\d % .*files/);
      window.type('C-z');
      await window.linesEndingIn(/20000$/, /[#$]$/);
      window.type('fg', 'Enter');
      await window.linesEndingIn(/20000$/, /\d % .*files/);
      window.type('C-c');
      const lines = await window.linesEndingIn(/20000$/, /^iact: error: The simulation was stopped\.$/, /[#$]$/);
      expect(lines.filter((line) => line.includes('%'))).toEqual([]);
    },
  );
});
