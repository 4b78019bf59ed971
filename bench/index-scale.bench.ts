import { spawnSync } from 'node:child_process';
import { createReadStream, createWriteStream, statSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { type BinTable, concatTables, primaryHeader, readFits, writeFits } from '../src/fits/index.ts';
import { findIndexTable, HduIndex, mergeIndex, readObservationIds, rowsOf } from '../src/gadf/index.ts';
import { simulateStore } from '../src/simulate/index.ts';
import { deflate, inflate } from '../src/storage/index.ts';
import type { BenchOptions } from './harness.ts';

/** Reading, selecting, merging and writing HDU indexes of growing size: time per row, and peak memory per byte. */
export function* run({ folder, quick }: BenchOptions): Generator<string> {
  for (const observations of quick ? [1_000, 2_000] : [10_000, 100_000, 1_000_000]) {
    const file = join(folder, `hdu-index-${observations}.fits.gz`);
    const made = inChild(['child-make', file, String(observations)]);
    const { rows, bytes, seconds, peakBytes } = inChild(['child-merge', file]);
    const perRow = ((seconds * 1e9) / rows).toFixed(0);
    yield `${rows} rows, ${(bytes / 1e6).toFixed(0)} MB: ${seconds.toFixed(2)} s, ${perRow} ns a row, peak ${(peakBytes / 1e6).toFixed(0)} MB = ${(peakBytes / bytes).toFixed(1)} x the index (wanted: below 3; making it took ${made.seconds.toFixed(1)} s)`;
  }
}

interface ChildResult {
  readonly rows: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly peakBytes: number;
}

/** In a process of its own, so that its peak is its own. */
function inChild(args: readonly string[]): ChildResult {
  const { stdout, stderr } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), ...args], {
    encoding: 'utf8',
  });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as ChildResult;
}

async function make(file: string, observations: number): Promise<void> {
  const { hduIndex } = simulateStore({ observations, indexOnly: true });
  const half = rowsOf(readObservationIds(hduIndex, file), (id) => Number(id) % 2 === 0);
  await write(hduIndex, file);
  await write(concatTables([{ table: hduIndex, rows: half }]), `${file}.local.gz`);
}

async function write(table: BinTable, file: string): Promise<void> {
  await pipeline(deflate(writeFits([{ header: primaryHeader() }, table.toOutput()])), createWriteStream(file));
}

async function readTable(file: string): Promise<BinTable> {
  const hdus = await readFits(createReadStream(file), { uri: file, inflate, sourceBytes: statSync(file).size });
  return findIndexTable(hdus, 'hdu', file).table;
}

/** What a copy does with its HDU index: every third observation of the source joins a table that has half of them. */
async function merge(file: string): Promise<{ rows: number; bytes: number }> {
  const remote = await readTable(file);
  const index = new HduIndex(remote, 'hdu-index.fits.gz', file);
  const remoteRows = rowsOf(index.ids, (id) => Number(id) % 3 === 0);
  index.files(remoteRows);
  const localUri = `${file}.local.gz`;
  const local = await readTable(localUri);
  const { join: joined } = mergeIndex({ local, localUri, remote, remoteUri: file, remoteRows, prefer: 'remote' });
  await write(joined(), `${file}.out.gz`);
  return { rows: remote.rowCount, bytes: remote.rows.length };
}

const [, , task, file = '', count] = process.argv;
if (task === 'child-make' || task === 'child-merge') {
  const start = performance.now();
  const size = task === 'child-merge' ? await merge(file) : { rows: 0, bytes: 0 };
  if (task === 'child-make') await make(file, Number(count));
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  process.stdout.write(JSON.stringify({ ...size, seconds: (performance.now() - start) / 1000, peakBytes }));
}
