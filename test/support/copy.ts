import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseRunList } from '../../src/gadf/index.ts';
import { type CopyEvent, type CopyRequest, type CopyResult, copyStore, openStore } from '../../src/ops/index.ts';
import { readIds, type TestStore } from './store.ts';
import { tempDirectory } from './temp.ts';

export interface CopyOptions {
  readonly runs?: readonly (number | string)[];
  readonly prefer?: CopyRequest['prefer'];
  readonly dataset?: string;
  readonly master?: string;
  readonly query?: CopyRequest['query'];
  readonly only?: readonly string[];
  readonly overwrite?: CopyRequest['overwrite'];
  readonly prune?: CopyRequest['prune'];
  readonly dryRun?: boolean;
  readonly fitsChecksums?: boolean;
  readonly onEvent?: (event: CopyEvent) => void;
  readonly signal?: AbortSignal;
}

/** Copies a test's store as csiactcopy does. */
export async function copy(from: TestStore, to: string, options: CopyOptions = {}): Promise<CopyResult> {
  const { runs, master, ...rest } = options;
  return copyStore({
    store: await openStore(master ?? from.master),
    dataset: from.dataset,
    runs: runs && parseRunList(runs.join('\n'), 'runs.lis'),
    destination: to,
    prefer: 'remote',
    program: 'test',
    ...rest,
  });
}

/** Paths of all files in a directory, sorted; without the manifest, which a source does not have. */
export async function filesIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .filter((path) => path !== '.iact/manifest.jsonl')
    .sort();
}

/** The `OBS_ID` columns of both index tables of a copy. */
export async function idsOf(directory: string): Promise<{ hdu: unknown[]; obs: unknown[] }> {
  return {
    hdu: await readIds(join(directory, 'hdu-index.fits.gz')),
    obs: await readIds(join(directory, 'obs-index.fits.gz')),
  };
}

/** A place to copy from and one to copy to, neither there yet. */
export async function places(): Promise<{ from: string; to: string }> {
  const root = await tempDirectory();
  return { from: join(root, 'from'), to: join(root, 'to') };
}
