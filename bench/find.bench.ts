import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { primaryHeader, writeFits } from '../src/fits/index.ts';
import { findObservations, openStore, planSearch, readObservationIndex } from '../src/ops/index.ts';
import { simulateStore } from '../src/simulate/index.ts';
import { type BenchOptions, median, ms } from './harness.ts';

const PYTHON = '/usr/bin/python3';
const CONE = { centre: { raDeg: 83.633, decDeg: 22.0145 }, radiusDeg: 2.5 } as const;
const WHERE = 'ZEN_PNT < 50 && LIVETIME > 1500 && (N_TELS == 4 || QUALITY == 0)';

/** A cone and an expression over a million observations, beside astropy and numpy doing the same on the same file. */
export async function* run({ folder, quick }: BenchOptions): AsyncGenerator<string> {
  const observations = quick ? 10_000 : 1_000_000;
  const rounds = quick ? 3 : 9;
  const file = makeStore(folder, observations);
  const ours = await searchOurs(folder, rounds);
  yield `${observations} observations: open and search ${ms(ours.first)}, search alone ${ms(ours.search)}, ${ours.rows} found`;
  const theirs = searchNumpy(file, rounds);
  if (theirs === undefined) {
    yield `skipped the comparison: ${PYTHON} has no astropy`;
    return;
  }
  if (theirs.rows !== ours.rows) throw new Error(`numpy found ${theirs.rows} rows, and we ${ours.rows}`);
  yield `numpy: open and search ${ms(theirs.firstSeconds)}, search alone ${ms(theirs.searchSeconds)}, the same found`;
  const [first, search] = [ours.first / theirs.firstSeconds, ours.search / theirs.searchSeconds];
  yield `ratio: open and search ${first.toFixed(2)}, search alone ${search.toFixed(2)}`;
}

/** A store with nothing but indexes, uncompressed. */
function makeStore(folder: string, observations: number): string {
  const store = simulateStore({ observations, indexOnly: true, gzip: false });
  const file = join(folder, 'obs-index.fits');
  writeFileSync(file, Buffer.concat([...writeFits([{ header: primaryHeader() }, store.obsIndex.toOutput()])]));
  writeFileSync(join(folder, 'master.json'), JSON.stringify(store.master));
  return file;
}

async function searchOurs(folder: string, rounds: number): Promise<{ first: number; search: number; rows: number }> {
  const start = performance.now();
  const index = await readObservationIndex(await openStore(folder), 'simulated');
  const search = async () => (await findObservations(index, planSearch(index, { near: CONE, where: WHERE }))).total;
  const rows = await search();
  const first = (performance.now() - start) / 1000;
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const before = performance.now();
    await search();
    times.push((performance.now() - before) / 1000);
  }
  return { first, search: median(times), rows };
}

interface NumpyTimes {
  readonly firstSeconds: number;
  readonly searchSeconds: number;
  readonly rows: number;
}

function searchNumpy(file: string, rounds: number): NumpyTimes | undefined {
  if (spawnSync(PYTHON, ['-c', 'import astropy'], { stdio: 'ignore' }).status !== 0) return undefined;
  const script = fileURLToPath(new URL('../../bench/vs/find_numpy.py', import.meta.url));
  const { centre, radiusDeg } = CONE;
  const args = [script, file, ...[centre.raDeg, centre.decDeg, radiusDeg, rounds].map(String)];
  const { status, stdout, stderr } = spawnSync(PYTHON, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as NumpyTimes;
}
