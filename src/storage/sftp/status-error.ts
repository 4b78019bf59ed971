import { IactError } from '../../core/index.ts';
import { STATUS } from './protocol.ts';
import { statusOf } from './sftp-calls.ts';

const REASONS: Readonly<Record<number, string>> = {
  [STATUS.permissionDenied]: 'permission denied',
  [STATUS.failure]: 'the server gives no reason',
  [STATUS.badMessage]: 'the server does not take such a name',
  [STATUS.unsupported]: 'the server cannot do that',
};

/** Turns what a server answered to a request of reading into an error of ours. */
export function readStatusError(error: unknown, uri: string): unknown {
  const status = statusOf(error);
  if (status === undefined) return error;
  if (status === STATUS.noSuchFile)
    return new IactError('not-found', `"${uri}" does not exist.`, { cause: error, uri });
  // A failure without a reason may be one of the disk or of a network file system behind the server.
  const details = { cause: error, uri, retryable: status === STATUS.failure };
  return new IactError('unreadable', `Cannot read "${uri}": ${reasonOf(status, error)}.`, details);
}

/** Turns what a server answered to a request of writing into an error of ours. */
export function writeStatusError(error: unknown, uri: string, reason?: string): unknown {
  const status = statusOf(error);
  if (status === undefined) return error;
  const missing =
    status === STATUS.noSuchFile ? 'a part of the path is a file and no directory, or is gone' : undefined;
  const told = reason ?? missing ?? reasonOf(status, error);
  return new IactError('unwritable', `Cannot write "${uri}": ${told}.`, { cause: error, uri });
}

function reasonOf(status: number, error: unknown): string {
  return REASONS[status] ?? `the server says "${(error as Error).message}"`;
}
