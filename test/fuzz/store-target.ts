import { formatObservations } from '../../src/cli/find-output.ts';
import { IactError } from '../../src/core/index.ts';
import { parseMasterIndex, parseRunList } from '../../src/gadf/index.ts';
import { describeDataset } from '../../src/ops/describe-dataset.ts';
import { findIndexes } from '../../src/ops/find-indexes.ts';
import {
  describeObservation,
  findObservations,
  listDatasets,
  planSearch,
  readObservationIndex,
  type Store,
} from '../../src/ops/index.ts';
import { selectFiles } from '../../src/ops/select-files.ts';
import type { DirectoryEntry, FileInfo, Source } from '../../src/storage/index.ts';
import { CARD_WORDS, simulatedFiles } from './corpus.ts';
import { inChunks } from './fits-targets.ts';
import { attempt, bytesOf, type FuzzTarget, textOf } from './target.ts';

/** A store in memory. */
function memorySource(files: ReadonlyMap<string, Uint8Array>): Source {
  const info = (bytes: Uint8Array): FileInfo => ({
    kind: 'file',
    sizeBytes: bytes.length,
    mtimeMs: 0,
    mode: undefined,
    identity: undefined,
  });
  return {
    uri: 'memory',
    uriOf: (path) => `memory/${path}`,
    traits: { initialReads: 4, maxReads: 4, parallelRanges: false },
    stat: async (path) => {
      const bytes = files.get(path);
      return bytes && info(bytes);
    },
    read: (path) => {
      const bytes = files.get(path);
      if (bytes === undefined) throw new IactError('not-found', `"${path}" does not exist.`);
      return inChunks(bytes, 100_000);
    },
    list: async (path): Promise<DirectoryEntry[]> => {
      const prefix = path === '' ? '' : `${path}/`;
      const rests = [...files.keys()]
        .filter((each) => each.startsWith(prefix))
        .map((each) => each.slice(prefix.length));
      const names = new Set(rests.map((rest) => rest.split('/')[0] ?? ''));
      return [...names].sort().map((name) => ({ name, kind: rests.includes(name) ? 'file' : 'directory' }));
    },
    close: async () => undefined,
  };
}

const FILES = simulatedFiles();
const PATHS = [...FILES.keys()]
  .filter((path) => !path.startsWith('data/'))
  .concat([...FILES.keys()].filter((path) => path.startsWith('data/')).slice(0, 1));

/** What a person does with a store: lists, initialises, searches and shows it, and selects files for a copy. */
async function useStore(files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  const source = memorySource(files);
  const masterName = 'master.json';
  const master = await attempt(() => parseMasterIndex(textOf(files.get(masterName) ?? new Uint8Array(0)), masterName));
  const found = await findIndexes(source);
  for (const pair of found.pairs) await attempt(() => describeDataset(source, pair));
  if (master === undefined) return;
  const store: Store = { source, masterName, master };
  await listDatasets(store);
  for (const { name } of master.datasets.slice(0, 3)) {
    if (name !== undefined) await useDataset(store, name);
  }
}

async function useDataset(store: Store, dataset: string): Promise<void> {
  await attempt(() => selectFiles(store, dataset, {}));
  await attempt(() => selectFiles(store, dataset, { runs: parseRunList('100000', 'runs') }));
  await attempt(() => describeObservation(store, dataset, '100000'));
  const index = await attempt(() => readObservationIndex(store, dataset));
  if (index === undefined) return;
  for (const query of [
    {},
    { near: { centre: { object: 'Crab' }, radiusDeg: 5 }, maxQuality: 1 },
    { where: 'OBS_ID > 0', limit: 3 },
  ]) {
    const observations = await attempt(async () => findObservations(index, planSearch(index, query)));
    if (observations === undefined) continue;
    for (const format of ['table', 'json', 'csv', 'ids'] as const) {
      await attempt(() => [...formatObservations(observations, format, undefined, 80).lines]);
    }
    await attempt(() => describeObservation(store, dataset, String(observations.ids[0] ?? 0)));
  }
}

/** A whole store of which one file is changed: the first byte of an input says which. */
export const storeTarget: FuzzTarget = {
  name: 'store',
  corpus: PATHS.map((path, position) => Uint8Array.from([position, ...(FILES.get(path) ?? bytesOf(''))])),
  words: [...CARD_WORDS, "'events'", "'HDU_INDEX'", '"hduindx"', '"../x"', '[', '{'],
  async run(input) {
    const path = PATHS[(input[0] ?? 0) % PATHS.length] ?? '';
    await useStore(new Map([...FILES, [path, input.subarray(1)]]));
  },
};
