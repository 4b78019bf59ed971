import { join } from 'node:path';
import { copyStore, openStore } from '../src/ops/index.ts';
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
    { name: 'engine', work: (to) => copyByEngine(store, to) },
    { name: 'iact copy', work: (to) => void secondsOfProgram('iact', ['copy', '--quiet', store, to], folder) },
    ...present.map(({ name, copy }) => ({ name, work: copy })),
  ];
  // The first copy finds neither the files in memory nor our code compiled.
  await copyByEngine(store, join(folder, 'warm'));
  const seconds = await compare(folder, quick ? 1 : 5, entrants);
  yield `${files} files of 20 kB: ${[...seconds].map(([name, value]) => `${name} ${ms(value)}`).join(', ')}`;
  for (const ours of ['engine', 'iact copy']) {
    const ratios = present.map(({ name }) => {
      const ratio = (seconds.get(ours) ?? Number.NaN) / (seconds.get(name) ?? Number.NaN);
      return `/ ${name} and sync ${verdict(ratio, 'at most', name === 'cp' ? 1.3 : 1)}`;
    });
    yield `${ours} ${ratios.join(', ')}`;
  }
}

async function copyByEngine(place: string, destination: string): Promise<void> {
  const store = await openStore(place);
  await copyStore({ store, dataset: 'simulated', destination, prefer: 'remote', program: 'bench' });
  await store.source.close();
}
