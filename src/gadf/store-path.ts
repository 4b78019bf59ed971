import { IactError, shortened } from '../core/index.ts';

/**
 * Joins POSIX path parts below the root of a store and resolves `.` and `..`.
 *
 * GADF v0.3 lets `FILE_DIR` hold any path; a store that is copied can only keep its promise for files inside of it.
 *
 * @param parts relative paths, joined in order; empty ones are passed over.
 * @param place says in an error where the path was found, for example `row 12 of "hdu-index.fits.gz"`.
 * @returns a path relative to the root, without `.`, `..`, or a leading or trailing slash; `''` is the root itself.
 * @throws {IactError} `unsafe-path` for an absolute part, a NUL character, or a path that leaves the root.
 */
export function joinInStore(parts: readonly string[], place: string): string {
  const result: string[] = [];
  const whole = parts.filter((part) => part !== '').join('/');
  for (const part of parts) {
    if (part.startsWith('/')) throw unsafe(place, whole, 'is absolute', part);
    if (part.includes('\0')) throw unsafe(place, whole, 'holds a NUL character', part);
    for (const step of part.split('/')) {
      if (step === '' || step === '.') continue;
      if (step !== '..') result.push(step);
      else if (result.pop() === undefined) throw unsafe(place, whole, 'leaves the store', whole);
    }
  }
  return result.join('/');
}

function unsafe(place: string, whole: string, fault: string, part: string): IactError {
  const named = JSON.stringify(shortened(part));
  const remedy = 'Paths in a store must be relative and stay inside of it';
  return new IactError('unsafe-path', `${place}: the path ${named} ${fault}. ${remedy}.`, { uri: whole });
}
