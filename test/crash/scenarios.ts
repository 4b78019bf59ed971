import { rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { initStore } from '../../src/ops/index.ts';
import { writeManifest } from '../support/manifest.ts';
import { customStore, simulatedStore, type TestStore } from '../support/store.ts';
import { copyScenario, SMALL } from './copy-scenario.ts';
import { fixScenario } from './fix-scenario.ts';
import { anotherDataset, cutOffFiles, damagedFiles, otherStore, renewSource } from './former-content.ts';
import { indexScenario, outdatedIndex } from './index-scenario.ts';
import { manifestFaults } from './manifest-faults.ts';
import { mergeScenario } from './merge-scenario.ts';
import { asOnNetwork } from './network-file-system.ts';
import { noise } from './noise.ts';
import { normaliseStore } from './normalise-store.ts';
import { resumed } from './resumed-scenario.ts';
import type { Scenario } from './scenario.ts';
import { isUnfinished, storeInvariants } from './store-invariants.ts';
import { subtree } from './tree.ts';

const LARGE_BYTES = 20_000_000;

async function enlarge(store: TestStore): Promise<void> {
  await writeFile(join(store.directory, store.fileOf(store.ids[1] as number)), noise(LARGE_BYTES));
}

const FULL = copyScenario({ name: 'a full copy', destination: 'new/out' });
const MERGE = { before: otherStore, runs: [0, 2, 3, 5] };
const REPLACING = copyScenario({ name: 'a merge, clobber=yes', ...MERGE, prefer: 'remote' });
const KEEPING = copyScenario({ name: 'a merge, clobber=no', ...MERGE, prefer: 'local' });
const ON_NETWORK = onNetwork(FULL);
const LARGE: Scenario = {
  ...copyScenario({ name: 'a copy of a large file', source: { observations: 2 }, change: enlarge }),
  part: 0.25,
};

/** More than are synced one by one. */
const MANY: Scenario = {
  part: 0.3,
  ...copyScenario({
    name: 'a copy of many files',
    source: async (directory) => {
      const rows = Array.from({ length: 150 }, (_, id) => ({ id, name: `${id}.fits` }));
      return customStore(directory, rows);
    },
  }),
};

const PRUNING = copyScenario({
  name: 'a copy that removes what the source no longer has',
  before: async (destination) => {
    await simulatedStore(destination, { ...SMALL, observations: 9 });
  },
  options: { prune: {} },
  removes: (path) => path.startsWith('data/'),
});

/** The same while all file systems pass for such that answer over a network. */
function onNetwork(scenario: Scenario): Scenario {
  const run: Scenario['run'] = (place, tell) => asOnNetwork(() => scenario.run(place, tell));
  return { ...scenario, name: `${scenario.name} to a mounted file system`, run };
}

/** `iact init`: the master index of a store is written anew. */
function initScenario(name: string, prepareMaster: (master: string) => Promise<void>): Scenario {
  return {
    name,
    prepare: async ({ world, source }) => {
      await simulatedStore(source, SMALL);
      const { master } = await simulatedStore(join(world, 'out'), SMALL);
      await anotherDataset(join(world, 'out'));
      await prepareMaster(master);
    },
    run: async ({ world }) => {
      await initStore({ directory: join(world, 'out'), force: true, program: 'test' });
    },
    invariants: async (crashed, { before, source }) => {
      const store = subtree(crashed, 'out');
      const findings = await storeInvariants(store, { before: subtree(before, 'out'), source, replaces: false });
      // Nobody would know that it is an unfinished init, and no damage.
      return [...findings, ...manifestFaults(store)];
    },
    isState: isUnfinished,
    normalise: normaliseStore,
  };
}

const FIX = fixScenario();
const INDEX = indexScenario({ name: 'an index of a folder of files', request: { existing: 'refuse' } });
const UPDATE = indexScenario({
  name: 'an update of an index',
  prepare: outdatedIndex,
  request: { existing: 'update', withSize: true },
});
const MERGE_STORES = mergeScenario({ name: 'a merge of two stores' });
const MERGE_BESIDE = mergeScenario({
  name: 'a merge into a store that has other files of these paths',
  before: async (output) => {
    await simulatedStore(output, { ...SMALL, observations: 2, name: 'same', firstObsId: 300_000, withoutHdus: [] });
  },
  responses: ['same/data/same_irfs.fits.gz', 'same-2/data/same_irfs.fits.gz'],
});

/** Copies that must survive a crash at every step. A new one is an entry here. */
export const COPIES: readonly Scenario[] = [
  FULL,
  copyScenario({ name: 'a copy with a run list', runs: [1, 2, 4] }),
  copyScenario({ name: 'a copy with index files in a folder of their own', source: { indexDir: 'index/first' } }),
  REPLACING,
  KEEPING,
  copyScenario({ name: 'a copy over files that are cut off, clobber=no', before: cutOffFiles, prefer: 'local' }),
  copyScenario({ name: 'a copy over damaged files', before: damagedFiles }),
  ON_NETWORK,
  MANY,
  onNetwork(MANY),
  LARGE,
  PRUNING,
  resumed(PRUNING, { part: 0.9, ending: 'killed', family: 'between two calls' }),
  resumed(FULL, { part: 0.6, ending: 'killed', family: 'calls under way done' }),
  resumed(FULL, { part: 0.6, ending: 'power lost', family: 'any of them' }),
  resumed(REPLACING, { part: 0.75, ending: 'killed', family: 'between two calls' }),
  resumed(KEEPING, { part: 0.75, ending: 'power lost', family: 'one name lost, content there' }),
  resumed(ON_NETWORK, { part: 0.5, ending: 'power lost', family: 'names there, zeros of the right length' }),
  resumed(LARGE, { part: 0.3, ending: 'killed', family: 'between two calls' }),
  resumed(FULL, { part: 0.75, ending: 'killed', family: 'between two calls', renew: renewSource }),
  resumed(LARGE, { part: 0.3, ending: 'killed', family: 'between two calls', renew: renewSource }),
];

/** What else changes a store, and must survive it, too. */
export const CHANGES: readonly Scenario[] = [
  initScenario('init of a store without master index', async (master) => {
    await rm(master);
  }),
  initScenario('init of a store with a master index', async (master) => {
    await writeManifest(dirname(master), ['master.json']);
  }),
  FIX,
  resumed(FIX, { part: 0.6, ending: 'killed', family: 'between two calls' }),
  resumed(FIX, { part: 0.8, ending: 'power lost', family: 'any of them' }),
  INDEX,
  UPDATE,
  indexScenario({
    name: 'an index that replaces another one',
    prepare: outdatedIndex,
    request: { existing: 'replace' },
  }),
  MERGE_STORES,
  mergeScenario({
    name: 'a merge of two stores into a third',
    before: async (output) => {
      await simulatedStore(output, { ...SMALL, observations: 2, name: 'third', firstObsId: 300_000 });
    },
  }),
  MERGE_BESIDE,
  resumed(MERGE_BESIDE, { part: 0.6, ending: 'killed', family: 'between two calls' }),
  resumed(INDEX, { part: 0.9, ending: 'killed', family: 'between two calls' }),
  resumed(UPDATE, { part: 0.65, ending: 'power lost', family: 'any of them' }),
  resumed(MERGE_STORES, { part: 0.7, ending: 'killed', family: 'calls under way done' }),
];
