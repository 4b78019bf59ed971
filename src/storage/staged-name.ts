import { hash } from 'node:crypto';
import { directoryOf, fileNameOf } from '../core/index.ts';

/** How unfinished files are named. No data file has such a name, and a rerun finds what a killed run left. */
const STAGED_NAME = /^\.iact-[0-9a-f]{16}\.part$/;

/** Whether a file name is that of an unfinished file. */
export function isStagedName(name: string): boolean {
  return STAGED_NAME.test(name);
}

/** Under which name a file is written, in the directory that it shall lie in. */
export function stagedNameOf(name: string): string {
  // Of a length of its own, because the name itself may be as long as the file system lets it be.
  return `.iact-${hash('sha256', name).slice(0, 16)}.part`;
}

/** Where a file of a store is written, relative to the root as its path is. */
export function stagedPathOf(path: string): string {
  const [directory, name] = [directoryOf(path), stagedNameOf(fileNameOf(path))];
  return directory === '' ? name : `${directory}/${name}`;
}
