import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type BenchOptions,
  isInstalled,
  median,
  peakMegabytesOf,
  program,
  secondsOfProgram,
  verdict,
} from './harness.ts';

const HESS = fileURLToPath(new URL('../../../shared/data/hess_dl3_dr1', import.meta.url));

/** Wanted for 10,000 observations. */
const FAST_SECONDS = 5;

/**
 * `check --fast` of stores of growing size, each observation with a small compressed file of its own; and the whole check
 * of hess_dl3_dr1 (a simulated store where it is not there) beside fitsverify of the same files.
 */
export function* run({ folder, quick }: BenchOptions): Generator<string> {
  for (const observations of quick ? [100, 300] : [1_000, 10_000]) {
    const store = makeStore(folder, observations);
    const rounds = quick ? 1 : 3;
    const seconds = median(
      Array.from({ length: rounds }, () => secondsOfProgram('iact', ['check', '--fast', store], folder)),
    );
    const peak = peakMegabytesOf('iact', ['check', '--fast', store], folder);
    const wanted = observations === 10_000 ? `: ${verdict(seconds, 'at most', FAST_SECONDS)} s` : '';
    yield `--fast, ${observations} observations: ${seconds.toFixed(2)} s, ${((1000 * seconds) / observations).toFixed(2)} ms a file, peak ${peak.toFixed(0)} MB${wanted}`;
  }
  yield* besideFitsverify(folder, quick);
}

function makeStore(folder: string, observations: number): string {
  const store = join(folder, `simulated-${observations}`);
  const sizes = ['--observations', String(observations), '--events', '50'];
  secondsOfProgram('iact', ['simulate', store, ...sizes, '--quiet'], folder);
  return store;
}

function* besideFitsverify(folder: string, quick: boolean): Generator<string> {
  const hasHess = !quick && existsSync(HESS);
  const store = hasHess ? HESS : makeStore(folder, 50);
  const data = join(store, 'data');
  const files = readdirSync(data).map((name) => join(data, name));
  const seconds = (command: string, args: readonly string[]): number => {
    const start = performance.now();
    const { status } = spawnSync(command, args, { cwd: folder, stdio: 'ignore' });
    // Faults of the data are no faults of the programs, which tell of them by 1 and more.
    if (status === null) throw new Error(`${command} was ended by a signal.`);
    return (performance.now() - start) / 1000;
  };
  const times = { iact: [] as number[], fitsverify: [] as number[] };
  const hasFitsverify = isInstalled('fitsverify');
  for (let round = 0; round < (quick ? 1 : 5); round++) {
    times.iact.push(seconds(process.execPath, [program('iact'), 'check', store]));
    if (hasFitsverify) times.fitsverify.push(seconds('fitsverify', ['-q', ...files]));
  }
  const what = hasHess ? '' : ' (simulated: ../shared/data is not there)';
  yield `all of ${files.length} files${what}: ${median(times.iact).toFixed(2)} s`;
  if (!hasFitsverify) yield 'skipped the comparison: there is no fitsverify';
  else
    yield `fitsverify -q of the same: ${median(times.fitsverify).toFixed(2)} s, ratio ${(median(times.iact) / median(times.fitsverify)).toFixed(2)}`;
}
