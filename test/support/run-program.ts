import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { builtProgram } from './require.ts';

export interface RunResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The environment of a test's programs: learned parameters go to `pfiles` in the working directory. */
export function programEnv(cwd: string): NodeJS.ProcessEnv {
  mkdirSync(join(cwd, 'pfiles'), { recursive: true });
  const { VHEFITS: _, ...env } = process.env;
  return { ...env, PFILES: join(cwd, 'pfiles') };
}

/** Runs a built program to its end. */
export function runProgram(name: string, args: readonly string[], cwd: string, input = ''): RunResult {
  const options = {
    cwd,
    env: programEnv(cwd),
    input,
    encoding: 'utf8',
    timeout: 60_000,
    killSignal: 'SIGKILL',
  } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [builtProgram(name), ...args], options);
  return { status, stdout, stderr };
}
