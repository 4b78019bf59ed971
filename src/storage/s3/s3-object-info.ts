import { IactError } from '../../core/index.ts';
import type { FileInfo } from '../contract.ts';
import type { S3Answer } from './s3-sender.ts';

/**
 * What the headers of an answer tell of its object.
 *
 * @throws {IactError} `unreadable` if its size is not told.
 */
export function objectInfo({ headers }: S3Answer, uri: string): FileInfo {
  const sizeBytes = totalSize(headers);
  if (sizeBytes === undefined) {
    throw new IactError('unreadable', `Cannot read "${uri}": S3 does not tell its size.`, { uri });
  }
  return {
    kind: 'file',
    sizeBytes,
    mtimeMs: parseMtime(headers['x-amz-meta-mtime']) ?? parseDate(headers['last-modified']),
    mode: undefined,
    identity: undefined,
    ...(headers['etag'] === undefined ? {} : { version: headers['etag'] }),
  };
}

/** Size of the whole object, also in the answer to a range. */
function totalSize(headers: S3Answer['headers']): number | undefined {
  const total = /\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1] ?? headers['content-length'];
  return total === undefined ? undefined : Number(total);
}

/**
 * Seconds since 1970 with a fraction, as rclone keeps the time of change in `x-amz-meta-mtime`; `undefined` for other
 * texts.
 */
export function parseMtime(text: string | undefined): number | undefined {
  const [, seconds, fraction = ''] = /^(\d+)(\.\d+)?$/.exec(text ?? '') ?? [];
  // Apart, because the whole has more digits than a number keeps.
  return seconds === undefined ? undefined : Number(seconds) * 1000 + Number(`0${fraction}`) * 1000;
}

/** The other way round, to the microsecond. */
export function formatMtime(mtimeMs: number): string {
  const micros = Math.max(0, Math.round(mtimeMs * 1000));
  return `${Math.floor(micros / 1e6)}.${String(micros % 1e6).padStart(6, '0')}`;
}

function parseDate(text: string | undefined): number | undefined {
  const timeMs = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}
