import { join } from 'node:path';
import { simulatedStore, type TestStore } from '../../../../test/support/store.ts';
import { tempDirectory } from '../../../../test/support/temp.ts';
import type { SimulateOptions } from '../../../simulate/index.ts';
import { type MergeRequest, type MergeResult, mergeStores } from '../merge-stores.ts';

/** Stores, and where they are merged. */
export interface World {
  readonly root: string;
  readonly stores: readonly TestStore[];
  readonly output: string;
}

/** The stores of epochs of an instrument, `epoch0`, `epoch1` and so on. */
export async function world(...options: readonly SimulateOptions[]): Promise<World> {
  const root = await tempDirectory();
  const stores = await Promise.all(options.map((each, i) => simulatedStore(join(root, `epoch${i}`), each)));
  return { root, stores, output: join(root, 'merged') };
}

/** Merges them. */
export function merge(
  { stores, output }: Pick<World, 'stores' | 'output'>,
  request: Partial<MergeRequest> = {},
): Promise<MergeResult> {
  return mergeStores({ places: stores.map(({ directory }) => directory), output, program: 'test', ...request });
}
