import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ScratchDirectory {
  readonly folder: string;
  /** Removes it with all that it holds. */
  remove(): void;
}

/** A new directory, in memory where there is such a place: what a sync does is not asked there, and it costs nothing. */
export function scratchDirectory(): ScratchDirectory {
  const parent = fs.existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  const folder = fs.mkdtempSync(join(parent, 'iactools-crash-'));
  return { folder, remove: () => fs.rmSync(folder, { recursive: true, force: true }) };
}
