import { IactError } from '../../core/index.ts';
import { isLocalPlace, isStore, type LocatedStore, locateStore } from '../../ops/index.ts';
import type { ProgramContext } from '../program.ts';

/**
 * Finds the store of a master index, whatever the master index is called; it is closed when the program ends.
 *
 * @returns undefined where there is none, which each program tells in words of its own.
 * @throws {IactError} as `locateStore`, which knows more of a server than that nothing is there.
 */
export async function findStore(
  masterFile: string,
  { access, atEnd }: Pick<ProgramContext, 'access' | 'atEnd'>,
  options: { readonly readsMuch?: boolean } = {},
): Promise<LocatedStore | undefined> {
  try {
    const found = await locateStore(masterFile, { ...access, ...options });
    atEnd(() => found.source.close());
    return (await isStore(found)) ? found : undefined;
  } catch (error) {
    if (error instanceof IactError && error.code === 'not-found' && isLocalPlace(masterFile)) return undefined;
    throw error;
  }
}
