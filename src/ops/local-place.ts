import { IactError, redactUrls } from '../core/index.ts';
import { parseLocation } from '../storage/index.ts';

/** The path of a place on this machine, or mounted on it; `undefined` on a server. @throws `usage` for what is no place. */
export function localPathOf(place: string): string | undefined {
  const location = parseLocation(place);
  return location.kind === 'local' ? location.path : undefined;
}

/** Whether a place is on this machine, or mounted on it. @throws {IactError} `usage` for what is no place. */
export function isLocalPlace(place: string): boolean {
  return localPathOf(place) !== undefined;
}

/**
 * The path of a place that must be on this machine.
 *
 * @param remedy what to do where it is not, a sentence.
 * @throws {IactError} `usage` for a place on a server, and for what is no place.
 */
export function requireLocalPath(place: string, remedy: string): string {
  const path = localPathOf(place);
  if (path !== undefined) return path;
  throw new IactError('usage', `"${redactUrls(place)}" is no directory of this machine. ${remedy}`);
}
