import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a benchmark is given: a folder of its own, and whether small sizes will do. */
export interface BenchOptions {
  readonly folder: string;
  readonly quick: boolean;
}

/** Path of a built program; the bundle of a benchmark lies in `dist/bench`. */
export function program(name: string): string {
  return fileURLToPath(new URL(`../bin/${name}.js`, import.meta.url));
}

/** Wall-clock seconds of a command that must succeed. */
export function secondsOf(command: string, args: readonly string[], cwd: string): number {
  mkdirSync(join(cwd, 'pfiles'), { recursive: true });
  const env = { ...process.env, PFILES: join(cwd, 'pfiles') };
  const start = performance.now();
  const { status, stderr } = spawnSync(command, args, { cwd, env, encoding: 'utf8' });
  const seconds = (performance.now() - start) / 1000;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}: ${stderr}`);
  return seconds;
}

/** Wall-clock seconds of one of our programs. */
export function secondsOfProgram(name: string, args: readonly string[], cwd: string): number {
  return secondsOf(process.execPath, [program(name), ...args], cwd);
}

/** The middle one of several values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export const ms = (seconds: number): string => `${(seconds * 1000).toFixed(0)} ms`;
