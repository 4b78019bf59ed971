import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { builtProgram } from './require.ts';

export interface Run {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A built program that runs beside the test. */
export interface RunningProgram {
  /** Returns when it has ended. */
  kill(signal: NodeJS.Signals): Promise<void>;
  readonly run: Promise<Run>;
}

export function startProgram(
  name: string,
  args: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): RunningProgram {
  const child = spawn(process.execPath, [builtProgram(name), ...args], { cwd, env, stdio: 'pipe' });
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  const run = Promise.all([ended, text(child.stdout), text(child.stderr)]).then(
    ([[status, signal], stdout, stderr]): Run => ({ status, signal, stdout, stderr }),
  );
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await ended;
  };
  return { kill, run };
}
