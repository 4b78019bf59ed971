import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BenchOptions, compare, median, ms, secondsOf, secondsOfProgram } from './harness.ts';
import { gammapy } from './vs/local-programs.ts';

const HESS = fileURLToPath(new URL('../../../shared/data/hess_dl3_dr1', import.meta.url));

/** A full copy, synced and verified, beside `cp -r` followed by `sync`; the two take turns. */
export async function* run({ folder, quick }: BenchOptions): AsyncGenerator<string> {
  let store = HESS;
  let dataset = 'hess_dl3_dr1';
  if (!existsSync(join(HESS, 'master.json'))) {
    yield 'skipped hess_dl3_dr1: ../shared/data is not there; a simulated store instead';
    store = join(folder, 'store');
    dataset = 'simulated';
    secondsOfProgram('iact', ['simulate', store, '--observations', '20'], folder);
  }
  const ours: number[] = [];
  const theirs: number[] = [];
  const starts: number[] = [];
  for (let round = 0; round < (quick ? 1 : 11); round++) {
    secondsOf('sync', [], folder);
    theirs.push(secondsOf('sh', ['-c', `cp -r '${store}' theirs-${round} && sync`], folder));
    const args = [`remote_master=${store}/master.json`, `prodname=${dataset}`, `outpath=ours-${round}`, 'logfile=NONE'];
    ours.push(secondsOfProgram('csiactcopy', args, folder));
    starts.push(secondsOfProgram('csiactcopy', ['--help'], folder));
  }
  for (const [what, of] of [
    ['median', median],
    ['best', (values: readonly number[]) => Math.min(...values)],
  ] as const) {
    const [copy, start, cp] = [of(ours), of(starts), of(theirs)];
    const ratio = ((copy - start) / cp).toFixed(2);
    yield `${dataset}, ${what} of ${ours.length}: csiactcopy ${ms(copy)}, of it start-up ${ms(start)}; cp -r and sync ${ms(cp)}; ratio without start-up ${ratio} (wanted: at most 1.5)`;
  }
  const rival = gammapy(store, folder);
  if (rival.missing !== undefined) yield `skipped ${rival.name}: ${rival.missing}`;
  else {
    const seconds = await compare(folder, quick ? 1 : 3, [
      { name: 'iact copy', work: (to) => void secondsOfProgram('iact', ['copy', '--quiet', store, to], folder) },
      { name: rival.name, work: rival.copy },
    ]);
    yield [...seconds].map(([name, value]) => `${name} ${ms(value)}`).join(', ');
  }
}
