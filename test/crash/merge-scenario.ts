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
  /** Where the responses of both stores go. */
  readonly responses?: readonly [string, string];
}

/** A file that is in both stores, and in what is at the output before. */
const RESPONSES = 'data/same_irfs.fits.gz';

/** `iact merge` of two stores that have files of the same path. */
export function mergeScenario({ name, before, responses = [RESPONSES, `same/${RESPONSES}`] }: MergeScenario): Scenario {
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
        source: merged(known.source, responses),
        replaces: true,
      }),
    isState: isUnfinished,
    normalise: normaliseStore,
  };
}

/** The files of both stores where they will be. */
function merged(source: Tree, [first, second]: readonly [string, string]): Tree {
  return new Map([
    ...moved(subtree(source, 'second'), { [RESPONSES]: second, 'README.md': 'README.same.md' }),
    ...moved(subtree(source, 'first'), { [RESPONSES]: first }),
  ]);
}

function moved(store: Tree, places: Readonly<Record<string, string>>): Tree {
  for (const path of Object.keys(places)) if (!store.has(path)) throw new Error(`the store lacks "${path}"`);
  return new Map([...store].map(([path, entry]) => [places[path] ?? path, entry]));
}
