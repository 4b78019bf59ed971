import { join } from 'node:path';
import type { CopyEvent } from '../../src/ops/index.ts';
import type { SimulateOptions } from '../../src/simulate/index.ts';
import { type CopyOptions, copy } from '../support/copy.ts';
import { simulatedStore, type TestStore } from '../support/store.ts';
import { normaliseStore } from './normalise-store.ts';
import type { Scenario } from './scenario.ts';
import { isUnfinished, storeInvariants } from './store-invariants.ts';
import { subtree } from './tree.ts';

/** A store whose data files are a few kilobytes each, with one that all observations share. */
export const SMALL: SimulateOptions = { observations: 6, sharedIrfs: true, withoutHdus: ['psf', 'bkg', 'edisp'] };

interface CopyScenario {
  readonly name: string;
  /** The source; by default a small simulated store. */
  readonly source?: Partial<SimulateOptions> | ((directory: string) => Promise<TestStore>);
  /** Changes the source once it is made. */
  readonly change?: (store: TestStore) => Promise<void>;
  /** Makes what is at the destination before. */
  readonly before?: (destination: string, source: TestStore) => Promise<void>;
  readonly destination?: string;
  /** Which observations, by their positions in the source. */
  readonly runs?: readonly number[];
  readonly prefer?: CopyOptions['prefer'];
  /** More that is asked of the copy. */
  readonly options?: CopyOptions;
  /** Which files of the destination the copy may remove. */
  readonly removes?: (path: string) => boolean;
}

/** A copy as csiactcopy does it. */
export function copyScenario(given: CopyScenario): Scenario {
  const { destination = 'out', runs } = given;
  let store: TestStore | undefined;
  return {
    name: given.name,
    prepare: async ({ world, source }) => {
      const { source: make = {} } = given;
      store = typeof make === 'function' ? await make(source) : await simulatedStore(source, { ...SMALL, ...make });
      await given.change?.(store);
      await given.before?.(join(world, destination), store);
    },
    run: async ({ world }, tell) => {
      const from = store as TestStore;
      const result = await copy(from, join(world, destination), {
        ...(runs && { runs: runs.map((position) => from.ids[position] as number) }),
        prefer: given.prefer ?? 'remote',
        ...given.options,
        onEvent: (event) => tellOf(event, tell),
      });
      if (result.failed.length > 0) throw new Error(`${result.failed[0]?.error.message}`);
    },
    invariants: (crashed, { before, source }) =>
      storeInvariants(subtree(crashed, destination), {
        before: subtree(before, destination),
        source,
        replaces: given.prefer !== 'local',
        removes: given.removes,
      }),
    isState: isUnfinished,
    normalise: normaliseStore,
  };
}

function tellOf(event: CopyEvent, tell: (text: string) => void): void {
  if (event.type === 'file' && event.outcome.outcome === 'copied') tell(`fetched ${event.outcome.file.path}`);
  if (event.type === 'master') tell('published');
}
