import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { simulateStore } from '../src/simulate/index.ts';
import { type BenchOptions, median, ms, program, verdict } from './harness.ts';

const PYTHON = '/usr/bin/python3';
const HESS = fileURLToPath(new URL('../../../shared/data/hess_dl3_dr1/data/', import.meta.url));

/**
 * Indexing the 105 files of hess_dl3_dr1 (simulated ones where it is not there), compressed and plain, beside gammapy's
 * DataStore.from_events_files: whole processes, in turns, and what is left without their starts (`iact --version`, the
 * imports of gammapy). Then memory, for ten times as many files.
 */
export function* run({ folder, quick }: BenchOptions): Generator<string> {
  const rounds = quick ? 1 : 9;
  for (const kind of ['plain', 'gzip'] as const) {
    const store = join(folder, kind);
    copyFiles(store, kind === 'plain', quick ? 5 : 105);
    const files = readdirSync(join(store, 'data')).map((name) => join(store, 'data', name));
    const [ours, theirs, starts]: [Run[], Run[], Run[]] = [[], [], []];
    for (let round = 0; round < rounds; round++) {
      ours.push(index(store, '--force'));
      const found = gammapy(files);
      if (found !== undefined) theirs.push(found);
      starts.push(iact(['--version'], folder));
    }
    const mine = medians(ours);
    const start = medians(starts);
    yield `${kind}, ${files.length} files: iact index ${ms(mine.seconds)} (${ms(mine.cpuSeconds)} CPU), of it the start ${ms(start.seconds)}`;
    if (theirs.length === 0) yield '  gammapy is not installed';
    else {
      const other = medians(theirs);
      yield `  gammapy ${ms(other.seconds)} (${ms(other.cpuSeconds)} CPU), of it the call ${ms(other.callSeconds)}`;
      yield `  gammapy / iact index: ${verdict(other.seconds / mine.seconds, 'at least', 5)}; CPU ${(other.cpuSeconds / mine.cpuSeconds).toFixed(2)}; without starts ${(other.callSeconds / (mine.seconds - start.seconds)).toFixed(2)}`;
    }
    yield `  iact index --update, nothing changed: ${ms(index(store, '--update').seconds)}`;
  }
  const counts = quick ? [5, 50] : [300, 3000];
  for (const count of counts) {
    const store = join(folder, `simulated-${count}`);
    simulate(store, count);
    const { seconds, peakBytes } = index(store, '--force');
    const perFile = (seconds / count) * 1e6;
    yield `${count} simulated files, compressed: ${seconds.toFixed(2)} s, ${perFile.toFixed(0)} us a file, peak memory ${(peakBytes / 1e6).toFixed(0)} MB`;
    rmSync(store, { recursive: true });
  }
}

/** What one process took. */
interface Run {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakBytes: number;
  /** Of gammapy: what the call alone took. */
  readonly callSeconds: number;
}

function medians(runs: readonly Run[]): Run {
  const of = (key: keyof Run) => median(runs.map((run) => run[key]));
  return {
    seconds: of('seconds'),
    cpuSeconds: of('cpuSeconds'),
    peakBytes: of('peakBytes'),
    callSeconds: of('callSeconds'),
  };
}

function copyFiles(store: string, plain: boolean, count: number): void {
  mkdirSync(join(store, 'data'), { recursive: true });
  if (!existsSync(HESS)) {
    simulate(store, count, plain);
    return;
  }
  for (const name of readdirSync(HESS).slice(0, count)) {
    if (plain) writeFileSync(join(store, 'data', name.replace('.gz', '')), gunzipSync(readFileSync(join(HESS, name))));
    else cpSync(join(HESS, name), join(store, 'data', name));
  }
}

function simulate(store: string, observations: number, plain = false): void {
  const simulated = simulateStore({ observations, gzip: !plain, eventsPerObservation: 300 });
  for (const { path, bytes } of simulated.files()) {
    mkdirSync(dirname(join(store, path)), { recursive: true });
    const content = Buffer.concat([...bytes()]);
    writeFileSync(join(store, path), plain ? content : gzipSync(content, { level: 1 }));
  }
}

function index(store: string, option: string): Run {
  return iact(['index', store, option], store);
}

/** Runs the program in a process of its own, which tells at its end what it took. */
function iact(args: readonly string[], folder: string): Run {
  const told = join(folder, 'usage.json');
  const hook = join(folder, 'usage.cjs');
  const tell = `require('fs').writeFileSync(${JSON.stringify(told)}, JSON.stringify(process.resourceUsage()))`;
  writeFileSync(hook, `process.on('exit', () => ${tell})`);
  const start = performance.now();
  const command = ['--require', hook, program('iact'), ...args];
  const { status, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' });
  const seconds = (performance.now() - start) / 1000;
  if (status !== 0) throw new Error(stderr);
  const { maxRSS, userCPUTime, systemCPUTime } = JSON.parse(readFileSync(told, 'utf8')) as NodeJS.ResourceUsage;
  return { seconds, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakBytes: maxRSS * 1024, callSeconds: seconds };
}

function gammapy(files: readonly string[]): Run | undefined {
  const script = fileURLToPath(new URL('../../bench/vs/index_gammapy.py', import.meta.url));
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(PYTHON, [script, ...files], { encoding: 'utf8' });
  const seconds = (performance.now() - start) / 1000;
  if (/ModuleNotFoundError/.test(stderr ?? '') || status === null) return undefined;
  if (status !== 0) throw new Error(stderr);
  const told = JSON.parse(stdout) as { seconds: number; cpuSeconds: number; peakBytes: number };
  return { seconds, cpuSeconds: told.cpuSeconds, peakBytes: told.peakBytes, callSeconds: told.seconds };
}
