import { hash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { IactError, redactUrls } from '../core/index.ts';
import { type Destination, LocalDestination, LocalSource, openDestination, type Source } from '../storage/index.ts';
import { STATE_DIRECTORY } from '../transfer/index.ts';
import { type Access, retryPolicyOf } from './access.ts';
import { isLocalPlace, localPathOf } from './local-place.ts';

/** Where a copy goes, and where its journal is. */
export interface CopyTarget {
  readonly destination: Destination;
  /** Directory of this machine for the journal; it is made, with those around it, when the journal is opened. */
  readonly stateDirectory: string;
}

/**
 * Opens the place that a copy goes to. The journal of a copy to a server lies on this machine: only from here can it go
 * on.
 *
 * @throws {IactError} `usage` for a place that takes no files; `exists` for a file; `unreachable`.
 */
export async function openTarget(place: string, access: Access): Promise<CopyTarget> {
  const stateDirectoryOf = (uri: string): string => farStateDirectory(uri, access);
  const destination = await openDestination(place, access, retryPolicyOf(access), stateDirectoryOf);
  if (destination instanceof LocalDestination) {
    const kind = (await destination.stat(''))?.kind;
    if (kind !== undefined && kind !== 'directory') {
      const message = `"${place}" is no directory, and a copy goes to one. Choose another destination.`;
      throw new IactError('exists', message, { uri: place });
    }
    return { destination, stateDirectory: join(destination.uri, STATE_DIRECTORY) };
  }
  return { destination, stateDirectory: stateDirectoryOf(destination.uri) };
}

function farStateDirectory(uri: string, { env: { XDG_STATE_HOME, HOME } }: Access): string {
  const home = XDG_STATE_HOME || join(HOME || homedir(), '.local', 'state');
  return join(home, 'iactools', 'push', hash('sha256', uri).slice(0, 16));
}

/** Names where files come from, in the journal; never with a secret in it. */
export function sourceName(source: Source): string {
  return isLocalPlace(source.uri) ? resolve(source.uri || '.') : redactUrls(source.uri);
}

/**
 * @param source the URI of a source, or a place as people write it, as the destination.
 * @throws {IactError} `usage` if source and destination are one and the same.
 */
export async function refuseSamePlace(source: string, destination: string): Promise<void> {
  const [here, there] = await Promise.all([identitiesOf(source), identitiesOf(destination)]);
  if (!here.some((identity) => there.includes(identity))) return;
  const uri = redactUrls(destination);
  const message = `Source and destination are the same directory "${uri}". Choose another destination.`;
  throw new IactError('usage', message, { uri });
}

/** Texts of which two places share one if they are the same: a path without links, and what the file system knows it by. */
async function identitiesOf(place: string): Promise<string[]> {
  const path = localPathOf(place);
  if (path === undefined) return [place];
  const [real, info] = await Promise.all([
    realpath(path || '.').catch(() => resolve(path)),
    new LocalSource(path).stat(''),
  ]);
  return info?.identity === undefined ? [real] : [real, info.identity];
}
