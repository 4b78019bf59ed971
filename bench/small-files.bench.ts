import { type BenchOptions, compare, type Entrant, ms, secondsOfProgram, verdict } from './harness.ts';
import { makeStore } from './store-files.ts';
import { localPrograms } from './vs/local-programs.ts';

/** A store of many small files, from disk to disk, until all of it is lasting. Ours has also read it back. */
export async function* run({ folder, quick }: BenchOptions): AsyncGenerator<string> {
  const files = quick ? 200 : 10_000;
  const store = await makeStore(folder, 'store', files, 20_000);
  const rivals = localPrograms(store, folder);
  for (const { name, missing } of rivals) if (missing !== undefined) yield `skipped ${name}: ${missing}`;
  const present = rivals.filter(({ missing }) => missing === undefined);
  const entrants: Entrant[] = [
    { name: 'iact copy', work: (to) => void secondsOfProgram('iact', ['copy', '--quiet', store, to], folder) },
    ...present.map(({ name, copy }) => ({ name, work: copy })),
  ];
  const seconds = await compare(folder, quick ? 1 : 8, entrants);
  yield `${files} files of 20 kB: ${[...seconds].map(([name, value]) => `${name} ${ms(value)}`).join(', ')}`;
  const ratios = present.map(({ name }) => {
    const ratio = (seconds.get('iact copy') ?? Number.NaN) / (seconds.get(name) ?? Number.NaN);
    return `/ ${name} and sync ${verdict(ratio, 'at most', name === 'cp' ? 1.3 : 1)}`;
  });
  yield `iact copy ${ratios.join(', ')}`;
}
