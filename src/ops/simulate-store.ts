import { IactError } from '../core/index.ts';
import { formatJson, jsonFrom, MASTER_INDEX_NAME } from '../gadf/index.ts';
import { type SimulatedStore, type SimulateOptions, simulateStore } from '../simulate/index.ts';
import { deflate, LocalDestination } from '../storage/index.ts';
import { publishFiles } from '../transfer/index.ts';
import { requireLocalPath } from './local-place.ts';
import { withLock } from './with-lock.ts';

export interface SimulateRequest extends SimulateOptions {
  /** Directory of this machine to write to: absent, or without a master index. */
  readonly directory: string;
  readonly program: string;
  /** Told of every file that is in place. */
  readonly onFile?: (path: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Writes a simulated store: data files, then the index files, then the master index.
 *
 * @throws {IactError} `usage` for an option out of range, and for a place on a server; `exists` if the directory is a store; `unwritable`;
 *   `cancelled`.
 */
export async function writeSimulatedStore(request: SimulateRequest): Promise<SimulatedStore> {
  const { directory, program, onFile = () => undefined, signal, ...options } = request;
  const store = simulateStore(options);
  const destination = new LocalDestination(requireLocalPath(directory, 'Simulate here, and copy the store.'));
  if ((await destination.stat(MASTER_INDEX_NAME)) !== undefined) {
    const uri = destination.uriOf(MASTER_INDEX_NAME);
    throw new IactError('exists', `"${uri}" exists. Simulate into a new directory.`, { uri });
  }
  return withLock(destination, program, async () => {
    for (const files of [store.files(), store.indexFiles()]) {
      for (const { path, bytes } of files) {
        if (signal?.aborted) throw new IactError('cancelled', 'The simulation was stopped.');
        const content = path.endsWith('.gz') ? deflate(bytes()) : bytes();
        await publishFiles(destination, [{ path, content }]);
        onFile(path);
      }
    }
    const master = new TextEncoder().encode(`${formatJson(jsonFrom(store.master))}\n`);
    await publishFiles(destination, [{ path: MASTER_INDEX_NAME, content: [master] }]);
    return store;
  });
}
