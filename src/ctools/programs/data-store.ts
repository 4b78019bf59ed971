import { IactError } from '../../core/index.ts';
import { openLocatedStore, type Store } from '../../ops/index.ts';
import type { ProgramContext } from '../program.ts';
import { findStore } from './find-store.ts';

/**
 * Opens the store of a master index, and makes sure that it has a production.
 *
 * @throws {IactError} `not-found`, in the words of the original; `bad-data`.
 */
export async function openDataStore(
  masterFile: string,
  production: string,
  context: Pick<ProgramContext, 'access' | 'atEnd'>,
): Promise<Store> {
  const found = await findStore(masterFile, context);
  if (found === undefined) {
    const what = `No master index file found at "${masterFile}".`;
    const remedy = 'Make sure the file is copied from the server and your datapath is set correctly.';
    throw new IactError('not-found', `FITS data store not available. ${what} ${remedy}`, { uri: masterFile });
  }
  const store = await openLocatedStore(found);
  if (!store.master.datasets.some(({ name }) => name === production)) {
    const remedy = 'Run csiactdata to get a list of available storage names.';
    throw new IactError('not-found', `FITS data store "${production}" not available. ${remedy}`, { uri: masterFile });
  }
  return store;
}
