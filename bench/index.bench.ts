import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { simulateStore } from '../src/simulate/index.ts';
import { type BenchOptions, median, ms, program } from './harness.ts';

const PYTHON = '/usr/bin/python3';
const HESS = fileURLToPath(new URL('../../../shared/data/hess_dl3_dr1/data/', import.meta.url));

/**
 * Indexing the 105 files of hess_dl3_dr1 (simulated ones where it is not there), compressed and plain, beside gammapy's
 * DataStore.from_events_files: whole processes, in turns. Then memory, for ten times as many files.
 */
export function* run({ folder, quick }: BenchOptions): Generator<string> {
  const rounds = quick ? 1 : 7;
  for (const kind of ['gzip', 'plain'] as const) {
    const store = join(folder, kind);
    copyFiles(store, kind === 'plain', quick ? 5 : 105);
    const files = readdirSync(join(store, 'data')).map((name) => join(store, 'data', name));
    const ours: Run[] = [];
    const theirs: Run[] = [];
    for (let round = 0; round < rounds; round++) {
      ours.push(index(store, '--force'));
      const found = gammapy(files);
      if (found !== undefined) theirs.push(found);
    }
    const [mine, other] = [ours, theirs].map((runs) => median(runs.map(({ seconds }) => seconds))) as [number, number];
    const beside =
      theirs.length === 0
        ? 'gammapy is not installed'
        : `gammapy ${ms(other)}, ${(other / mine).toFixed(1)} x (wanted: at least 5 x)`;
    yield `${kind}, ${files.length} files: iact index ${ms(mine)}, ${beside}`;
    if (theirs.length > 0)
      yield `  gammapy's call alone: ${ms(median(theirs.map(({ callSeconds }) => callSeconds ?? 0)))}`;
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

interface Run {
  readonly seconds: number;
  readonly peakBytes: number;
  readonly callSeconds?: number;
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

/** Runs the program in a process of its own and measures it as `time` does. */
function index(store: string, option: string): Run {
  const watch = `process.on('exit', () => require('fs').writeFileSync(${JSON.stringify(join(store, 'peak'))}, String(process.resourceUsage().maxRSS * 1024)))`;
  const hook = join(store, 'watch.cjs');
  writeFileSync(hook, watch);
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ['--require', hook, program('iact'), 'index', store, option], {
    encoding: 'utf8',
  });
  const seconds = (performance.now() - start) / 1000;
  if (status !== 0) throw new Error(stderr);
  return { seconds, peakBytes: Number(readFileSync(join(store, 'peak'), 'utf8')) };
}

function gammapy(files: readonly string[]): Run | undefined {
  const script = fileURLToPath(new URL('../../bench/vs/index_gammapy.py', import.meta.url));
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(PYTHON, [script, ...files], { encoding: 'utf8' });
  const seconds = (performance.now() - start) / 1000;
  if (/ModuleNotFoundError/.test(stderr ?? '') || status === null) return undefined;
  if (status !== 0) throw new Error(stderr);
  const { seconds: callSeconds, peakBytes } = JSON.parse(stdout) as { seconds: number; peakBytes: number };
  return { seconds, callSeconds, peakBytes };
}
