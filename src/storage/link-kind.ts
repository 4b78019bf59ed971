import { IactError } from '../core/index.ts';
import type { FileInfo } from './contract.ts';

/**
 * The kind of what a link in a directory leads to; `undefined` if it leads nowhere. A link that leads in a circle, or to
 * where nobody may look, is `other`: it must not hide the other entries.
 */
export async function kindOfLink(info: Promise<FileInfo | undefined>): Promise<FileInfo['kind'] | undefined> {
  try {
    return (await info)?.kind;
  } catch (error) {
    if (error instanceof IactError && error.code === 'unreadable') return 'other';
    throw error;
  }
}
