import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mergeStores } from '../../src/ops/index.ts';
import { simulatedStore } from '../support/store.ts';
import { SMALL } from './copy-scenario.ts';
import { normaliseStore } from './normalise-store.ts';
import type { Scenario } from './scenario.ts';
import { isUnfinished, storeInvariants } from './store-invariants.ts';
import { subtree, type Tree } from './tree.ts';

interface MergeScenario {
  readonly name: string;
  /** Makes what is at the output before. */
  readonly before?: (output: string) => Promise<void>;
}

/** A file of the same path in both stores, and what the second one's becomes. */
const TAKEN = [
  ['data/same_irfs.fits.gz', 'same/data/same_irfs.fits.gz'],
  ['README.md', 'README.same.md'],
] as const;

/** `iact merge` of two stores that have files of the same path. */
export function mergeScenario({ name, before }: MergeScenario): Scenario {
  return {
    name,
    prepare: async ({ world, source }) => {
      const [first, second] = ['first', 'second'].map((part) => join(source, part)) as [string, string];
      await simulatedStore(first, { ...SMALL, observations: 3, name: 'same' });
      await simulatedStore(second, {
        ...SMALL,
        observations: 3,
        name: 'same',
        firstObsId: 200_000,
        indexDir: 'index',
        withoutHdus: ['psf', 'bkg'],
      });
      for (const store of [first, second]) await writeFile(join(store, 'README.md'), store === first ? 'one' : 'two');
      await before?.(join(world, 'out'));
    },
    run: async ({ world, source }, tell) => {
      const { copies } = await mergeStores({
        places: [join(source, 'first'), join(source, 'second')],
        output: join(world, 'out'),
        program: 'test',
        onEvent: (event, store) => {
          if (event.type === 'file' && event.outcome.outcome === 'copied') tell(`fetched ${event.outcome.file.path}`);
          if (event.type === 'master' && store === 1) tell('published');
        },
      });
      const [failed] = copies.flatMap((copy) => copy.failed);
      if (failed !== undefined) throw failed.error;
    },
    invariants: (crashed, known) =>
      storeInvariants(subtree(crashed, 'out'), {
        before: subtree(known.before, 'out'),
        source: merged(known.source),
        replaces: true,
      }),
    isState: isUnfinished,
    normalise: normaliseStore,
  };
}

/** The files of both stores where they will be. */
function merged(source: Tree): Tree {
  const [first, second] = [subtree(source, 'first'), subtree(source, 'second')];
  const moved = new Map<string, string>(TAKEN);
  for (const path of moved.keys()) {
    if (!first.has(path) || !second.has(path)) throw new Error(`not both stores have "${path}"`);
  }
  return new Map([...[...second].map(([path, entry]) => [moved.get(path) ?? path, entry] as const), ...first]);
}
