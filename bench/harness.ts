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
export function secondsOf(
  command: string,
  args: readonly string[],
  cwd: string,
  more: Readonly<Record<string, string>> = {},
): number {
  mkdirSync(join(cwd, 'pfiles'), { recursive: true });
  const env = { ...process.env, PFILES: join(cwd, 'pfiles'), ...more };
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

/** Another program that does the same, or the reason why it cannot be asked here. */
export interface Rival {
  readonly name: string;
  readonly missing: string | undefined;
  /** Brings the store to a directory that is not there yet. */
  readonly copy: (to: string) => void;
}

/** Whether a program is there. */
export function isInstalled(name: string): boolean {
  return spawnSync('sh', ['-c', 'command -v "$0"', name], { stdio: 'ignore' }).status === 0;
}

/** One of those that are compared. */
export interface Entrant {
  readonly name: string;
  /** Does the work once, into a directory that was never there. */
  readonly work: (to: string) => void | Promise<void>;
}

/**
 * Wall-clock seconds of each entrant, by name: the medians of several rounds in which they take turns, each time in another
 * order, so that nobody always comes after the same one: what one leaves to the disk, the next has to bear. What they
 * made stays until the end of the benchmark.
 */
export async function compare(
  folder: string,
  rounds: number,
  entrants: readonly Entrant[],
): Promise<ReadonlyMap<string, number>> {
  const seconds = new Map<string, number[]>(entrants.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const position of orderOf(round, entrants.length)) {
      const entrant = entrants[position] as Entrant;
      secondsOf('sync', ['-f', folder], folder);
      const start = performance.now();
      await entrant.work(join(folder, `to-${round}-${position}`));
      seconds.get(entrant.name)?.push((performance.now() - start) / 1000);
    }
  }
  return new Map([...seconds].map(([name, values]) => [name, median(values)]));
}

/** A row of a Williams design: in as many rounds as there are positions, if these are even, each follows each other one once. */
function orderOf(round: number, count: number): number[] {
  const zigzag = (turn: number): number => (turn % 2 === 1 ? (turn + 1) / 2 : count - turn / 2);
  return Array.from({ length: count }, (_, turn) => (round + zigzag(turn)) % count);
}

/** Largest memory that one of our programs held, in megabytes; without the `ssh` that it may start. */
export function peakMegabytesOf(
  name: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): number {
  const tell = 'process.on("exit", () => console.error("peak " + process.resourceUsage().maxRSS))';
  const command = ['--import', `data:text/javascript,${encodeURIComponent(tell)}`, program(name), ...args];
  const options = { cwd, env: { ...process.env, ...env }, encoding: 'utf8' } as const;
  const { status, stderr } = spawnSync(process.execPath, command, options);
  const [, kilobytes] = /^peak (\d+)$/m.exec(stderr) ?? [];
  if (status !== 0 || kilobytes === undefined) throw new Error(`${name} ended with ${status}: ${stderr}`);
  return Number(kilobytes) / 1024;
}

/** As a factor, with what was wanted of it. */
export function verdict(value: number, wanted: 'at most' | 'at least', bound: number): string {
  const isMet = wanted === 'at most' ? value <= bound : value >= bound;
  return `${value.toFixed(2)} (wanted: ${wanted} ${bound}${isMet ? '' : ', MISSED'})`;
}
