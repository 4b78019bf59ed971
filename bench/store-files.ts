import { randomFillSync } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findDataset, hduIndexOf, indexPath, openStore, readIndexFile } from '../src/ops/index.ts';
import { secondsOfProgram } from './harness.ts';

/** No compression makes less of it. */
const NOISE = randomFillSync(Buffer.alloc(1 << 20));

/** Makes a store whose index names so many files of so many bytes each; they hold noise. @returns its folder */
export async function makeStore(folder: string, name: string, files: number, sizeBytes: number): Promise<string> {
  const store = join(folder, name);
  secondsOfProgram('iact', ['simulate', store, '--observations', `${files}`, '--index-only'], folder);
  const opened = await openStore(join(store, 'master.json'));
  const path = indexPath(opened, findDataset(opened, 'simulated'), 'hdu');
  const index = hduIndexOf(await readIndexFile(opened.source, path, 'HDU index file'));
  await opened.source.close();
  for (const [position, file] of index.files().paths.entries()) {
    mkdirSync(dirname(join(store, file)), { recursive: true });
    fill(join(store, file), sizeBytes, position);
  }
  return store;
}

function fill(path: string, sizeBytes: number, seed: number): void {
  const file = openSync(path, 'wx');
  // Each begins elsewhere in the noise.
  let from = (seed * 7919) % NOISE.length;
  for (let left = sizeBytes; left > 0; from = 0) {
    const piece = NOISE.subarray(from, from + left);
    left -= writeSync(file, piece);
  }
  closeSync(file);
}
