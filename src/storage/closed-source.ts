import { IactError } from '../core/index.ts';

/** What is asked of a store after its end. */
export function closedSource(uri: string): IactError {
  return new IactError('cancelled', `Stopped reading "${uri}": its store was closed.`, { uri });
}
