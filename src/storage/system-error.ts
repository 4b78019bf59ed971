import { getSystemErrorMap } from 'node:util';
import { IactError } from '../core/index.ts';

const READ_REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a directory',
  EIO: 'the device reports an error',
  ELOOP: 'too many symbolic links',
  ENAMETOOLONG: 'the name is too long',
  ENOTCONN: 'the file system is no longer connected',
  ESTALE: 'the file system was unmounted or changed under us',
  ETIMEDOUT: 'the file system does not answer',
  EHOSTDOWN: 'the file system does not answer',
};

const WRITE_REASONS: Readonly<Record<string, string>> = {
  ...READ_REASONS,
  ENOENT: 'a directory of the path is missing, or a symbolic link leads nowhere',
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EEXIST: 'something else has that name',
  ENOTDIR: 'a part of the path is a file and no directory',
  ENOTEMPTY: 'a directory has that name',
  EFBIG: 'the file is too large for the file system',
};

// What may have passed when the same call is made again.
const PASSING = new Set([
  'EIO',
  'ENOTCONN',
  'ESTALE',
  'ETIMEDOUT',
  'EHOSTDOWN',
  'EAGAIN',
  'EBUSY',
  'EINTR',
  'EMFILE',
  'ENFILE',
]);

/** The system's code of a file-system error, for example `ENOENT`. */
export function systemCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** What the system says to those who may not change owner, permissions or time, and where a file system keeps none. */
const REFUSED: ReadonlySet<string> = new Set(['EPERM', 'EACCES', 'EINVAL', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP']);

/**
 * Whether owner, permissions or time of a file of ours cannot be set where it lies: on FAT only the user can that it was mounted
 * for, and on some network file systems nobody.
 */
export function isRefusal(error: unknown): boolean {
  return REFUSED.has(systemCode(error) ?? '');
}

/** Turns a system error of reading into ours. */
export function readError(error: unknown, uri: string): IactError {
  if (error instanceof IactError) return error;
  const code = systemCode(error) ?? '';
  const details = { cause: error, uri, retryable: PASSING.has(code) };
  if (code === 'ENOENT' || code === 'ENOTDIR') return new IactError('not-found', `"${uri}" does not exist.`, details);
  return new IactError('unreadable', `Cannot read "${uri}": ${reason(READ_REASONS, code, error)}.`, details);
}

/** Turns a system error of writing into ours. */
export function writeError(error: unknown, uri: string): IactError {
  if (error instanceof IactError) return error;
  const code = systemCode(error) ?? '';
  const details = { cause: error, uri, retryable: PASSING.has(code) };
  return new IactError('unwritable', `Cannot write "${uri}": ${reason(WRITE_REASONS, code, error)}.`, details);
}

function reason(reasons: Readonly<Record<string, string>>, code: string, error: unknown): string {
  return reasons[code] ?? systemText(error) ?? (code || String(error));
}

/** What the system says of an error: `too many open files (EMFILE)`. */
function systemText(error: unknown): string | undefined {
  const number = (error as { errno?: unknown } | null)?.errno;
  const [code, text] = (typeof number === 'number' ? getSystemErrorMap().get(number) : undefined) ?? [];
  return text && `${text} (${code})`;
}
