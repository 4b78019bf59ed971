import { IactError } from '../core/index.ts';

/** Another version of a file than the one that was begun: the same file may be read anew, from its beginning. */
export function changedFile(uri: string, difference: string): IactError {
  const message = `"${uri}" changed while it was being read (${difference}).`;
  return new IactError('changed', message, { uri, retryable: true });
}
