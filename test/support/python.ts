import { spawnSync } from 'node:child_process';
import { PYTHON } from './require.ts';

/**
 * Runs a script of Debian's Python that reads `input` from `sys.stdin` as JSON and prints JSON.
 *
 * @throws when it fails; the message holds its standard error.
 */
export function askPython(script: string, input: unknown): unknown {
  const options = { input: JSON.stringify(input), encoding: 'utf8', timeout: 60_000, killSignal: 'SIGKILL' } as const;
  const { status, stdout, stderr } = spawnSync(PYTHON, ['-W', 'ignore', '-c', script], {
    ...options,
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`Python ended with ${status}: ${stderr}`);
  return JSON.parse(stdout);
}
