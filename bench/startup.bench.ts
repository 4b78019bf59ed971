import { spawnSync } from 'node:child_process';
import { type BenchOptions, program } from './harness.ts';

/** CPU time of starting a program, beside that of node doing nothing. */
export function* run({ folder, quick }: BenchOptions): Generator<string> {
  const count = quick ? 2 : 20;
  const bare = cpuSeconds([process.execPath, '-e', '0'], count, folder);
  yield `node -e 0: ${(bare * 1000).toFixed(0)} ms of CPU`;
  for (const [name, ...args] of [
    ['csiactdata', '--help'],
    ['csiactcopy', '--help'],
    ['iact', '--help'],
  ] as const) {
    const seconds = cpuSeconds([process.execPath, program(name), ...args], count, folder);
    yield `${name} --help: ${(seconds * 1000).toFixed(0)} ms of CPU, ${(seconds / bare).toFixed(2)} x node -e 0`;
  }
}

/** User and system time per call, as the shell's `times` has it for its children. */
function cpuSeconds(command: readonly string[], count: number, cwd: string): number {
  const script = `i=0; while [ $i -lt ${count} ]; do "$@" >/dev/null; i=$((i+1)); done; times`;
  const { stdout } = spawnSync('sh', ['-c', script, 'sh', ...command], { cwd, encoding: 'utf8' });
  const children = stdout.trim().split('\n').at(-1) ?? '';
  const parts = [...children.matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds),
  );
  return parts.reduce((sum, part) => sum + part, 0) / count;
}
