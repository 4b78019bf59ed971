import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { BenchOptions } from './harness.ts';
import { makeStore } from './store-files.ts';

/** A link to another continent. */
export const LINK = { roundTripMs: 50, bytesPerSecond: 125_000_000 } as const;

const HESS = fileURLToPath(new URL('../../../shared/data/hess_dl3_dr1', import.meta.url));

/** A store of 105 files. */
export async function storeOf105({ folder, quick }: BenchOptions): Promise<{ path: string; name: string }> {
  if (!quick && existsSync(`${HESS}/master.json`)) return { path: HESS, name: 'hess_dl3_dr1' };
  const [files, bytes] = quick ? [20, 100_000] : [105, 590_000];
  return { path: await makeStore(folder, 'files', files, bytes), name: `${files} files of ${bytes / 1000} kB` };
}

/** A store of one large file. */
export function storeOfOne({ folder, quick }: BenchOptions): Promise<string> {
  return makeStore(folder, 'large', 1, largeBytes(quick));
}

export function largeBytes(quick: boolean): number {
  return quick ? 60_000_000 : 1_000_000_000;
}
