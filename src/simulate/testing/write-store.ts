import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { SimulatedStore } from '../store.ts';

/** Writes a simulated store and `truth.json` below a folder, and returns the paths of its FITS files. */
export function writeSimulatedStore(store: SimulatedStore, folder: string): string[] {
  const paths: string[] = [];
  for (const file of [...store.files(), ...store.indexFiles()]) {
    const path = join(folder, file.path);
    const bytes = Buffer.concat([...file.bytes()]);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, path.endsWith('.gz') ? gzipSync(bytes, { level: 1 }) : bytes);
    paths.push(path);
  }
  writeFileSync(join(folder, 'master.json'), JSON.stringify(store.master));
  writeFileSync(join(folder, 'truth.json'), JSON.stringify(store.truth));
  return paths;
}
