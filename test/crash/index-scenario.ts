import { mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { IactError } from '../../src/core/index.ts';
import { type IndexRequest, indexStore } from '../../src/ops/index.ts';
import { writeManifest } from '../support/manifest.ts';
import { simulatedStore } from '../support/store.ts';
import { SMALL } from './copy-scenario.ts';
import { normaliseStore } from './normalise-store.ts';
import type { Scenario } from './scenario.ts';
import { isUnfinished, storeInvariants } from './store-invariants.ts';
import { subtree, type Tree } from './tree.ts';

/** Data files without an index, and files of two observations more, of which one is to come. */
interface Files {
  readonly store: string;
  readonly later: readonly string[];
}

/** All times are whole seconds, so that a tree that is written again has them, too. */
async function withRoundTimes(directory: string): Promise<void> {
  for (const [position, name] of (await readdir(join(directory, 'data'))).sort().entries()) {
    await utimes(join(directory, 'data', name), 1_600_000_000 + position, 1_600_000_000 + position);
  }
}

/** A folder of data files, as a producer leaves it. */
async function dataFiles(store: string): Promise<Files> {
  const { master, ids, fileOf } = await simulatedStore(store, SMALL);
  for (const name of ['hdu-index.fits.gz', 'obs-index.fits.gz']) await rm(join(store, name));
  await rm(master);
  await withRoundTimes(store);
  return { store, later: ids.slice(4).map(fileOf) };
}

interface IndexScenario {
  readonly name: string;
  /** Makes what is there before from a folder of data files. */
  readonly prepare?: (files: Files) => Promise<void>;
  readonly request: Pick<IndexRequest, 'existing' | 'withSize'>;
}

/** Says which files are index files, before a master index does. */
const INDEX_NAMES: Tree = new Map([
  [
    'master.json',
    {
      kind: 'file',
      content: Buffer.from(
        JSON.stringify({ datasets: [{ name: 'out', hduindx: 'hdu-index.fits.gz', obsindx: 'obs-index.fits.gz' }] }),
      ),
      mode: 0o644,
      mtimeMs: undefined,
    },
  ],
]);

/** `iact index` */
export function indexScenario({ name, prepare, request }: IndexScenario): Scenario {
  return {
    name,
    prepare: async ({ world }) => {
      await mkdir(join(world, 'out'));
      await prepare?.(await dataFiles(join(world, 'out')));
      if (prepare === undefined) await dataFiles(join(world, 'out'));
    },
    run: async ({ world }, tell) => {
      const indexing = indexStore({ directory: join(world, 'out'), program: 'test', ...request });
      // An index that is in the way is there, whole: what differs from the one that is wanted is found anyway.
      const result = await indexing.catch((error: IactError) => {
        if (error.code !== 'exists') throw error;
      });
      if (result?.problems[0] !== undefined) throw new Error(result.problems[0]);
      tell('published');
    },
    invariants: (crashed, { before }) =>
      storeInvariants(subtree(crashed, 'out'), {
        before: subtree(before, 'out'),
        source: INDEX_NAMES,
        replaces: false,
        // No file is removed, but rows of files that are gone are, and first those of the HDU index.
        removes: () => false,
      }),
    isState: isUnfinished,
    normalise: normaliseStore,
  };
}

/** An index that was made before files were added, changed and removed. */
export async function outdatedIndex({ store, later }: Files): Promise<void> {
  const [added = '', removed = ''] = later;
  const content = await readFile(join(store, added));
  await rm(join(store, added));
  await indexStore({ directory: store, existing: 'refuse', program: 'test' });
  await writeFile(join(store, added), content);
  await rm(join(store, removed));
  await withRoundTimes(store);
  // A copy has noted index files that are replaced now.
  await writeManifest(store, ['hdu-index.fits.gz', 'master.json']);
}
