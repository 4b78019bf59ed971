import { IactError } from '../core/index.ts';
import { pathsOf } from '../storage/index.ts';
import type { Store } from './open-store.ts';
import { selectFiles, type Wanted } from './select-files.ts';

/** What of one dataset is no reason to leave out the others. */
const OF_ONE_DATASET: ReadonlySet<string> = new Set(['not-found', 'bad-data', 'unsafe-path', 'exists']);

/** Whether an error is about one dataset, so that others can be copied all the same. */
export function isOfOneDataset(error: unknown): error is IactError {
  return error instanceof IactError && OF_ONE_DATASET.has(error.code);
}

/**
 * Under which paths the files of several datasets may come to lie, for `CopyRequest.laterPaths`. A dataset that cannot be
 * copied is passed over: its own copy says why.
 *
 * @throws {IactError} `unreachable`
 */
export async function pathsOfDatasets(store: Store, datasets: readonly string[], wanted: Wanted): Promise<Set<string>> {
  const found = new Set<string>();
  for (const dataset of datasets) {
    try {
      const { paths } = await selectFiles(store, dataset, wanted);
      for (const path of paths.flatMap(pathsOf)) found.add(path);
    } catch (error) {
      if (!isOfOneDataset(error)) throw error;
    }
  }
  return found;
}
