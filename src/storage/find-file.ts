import { IactError } from '../core/index.ts';
import type { FileInfo, Source } from './contract.ts';

/** A file that is there, under its own name or that of its compressed sibling. */
export interface StoreFile {
  readonly path: string;
  readonly info: FileInfo;
}

/** The paths under which a file may be there: its own and, as CFITSIO does, that of its compressed sibling. */
export function pathsOf(path: string): readonly string[] {
  return [path, `${path}.gz`];
}

/**
 * Finds a file under its name or as its compressed sibling.
 *
 * @returns `undefined` if neither is a regular file.
 */
export async function findFile(source: Source, path: string): Promise<StoreFile | undefined> {
  for (const candidate of pathsOf(path)) {
    const info = await source.stat(candidate);
    if (info?.kind === 'file') return { path: candidate, info };
  }
  return undefined;
}

/** What is wrong with a path under which `findFile` has found nothing. */
export async function whyNoFile(source: Source, path: string): Promise<IactError> {
  const uri = source.uriOf(path);
  if ((await source.stat(path)) === undefined) return absentFile(uri);
  return new IactError('not-found', `"${uri}" is no file.`, { uri });
}

/** Nothing is there. */
export function absentFile(uri: string): IactError {
  return new IactError('not-found', `"${uri}" does not exist.`, { uri });
}
