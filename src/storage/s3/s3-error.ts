import { type ErrorCode, IactError, redactUrls } from '../../core/index.ts';
import { parseRetryAfter } from '../http/http-error.ts';

/** What was asked, for messages. */
export interface S3Task {
  /** As shown to people. */
  readonly uri: string;
  /** As in `Cannot read "…"`. */
  readonly verb: 'read' | 'list' | 'write' | 'remove';
  readonly bucket: string;
  /** Host that was asked. */
  readonly host: string;
  /** Where the credentials are from; `undefined` for requests without. */
  readonly identity: string | undefined;
}

/** An answer of S3 that is an error. */
export interface S3Refusal {
  readonly status: number;
  /** Code of S3, or `''` if it gave none. */
  readonly code: string;
  readonly message: string;
  readonly retryAfter: string | undefined;
}

type Reason = (task: S3Task, refusal: S3Refusal) => string;

const HOW_TO_LOG_IN =
  'give credentials in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile of ~/.aws in AWS_PROFILE';

/** The login itself is refused: what else is asked will be, too. */
const LOGIN: Readonly<Record<string, Reason>> = {
  InvalidAccessKeyId: (task) => `S3 does not know the access key of ${task.identity}; is it for ${task.host}?`,
  SignatureDoesNotMatch: (task) => `the secret key of ${task.identity} does not fit its access key`,
  ExpiredToken: (task) => `the session of ${task.identity} has expired; log in anew`,
  TokenRefreshRequired: (task) => `the session of ${task.identity} has expired; log in anew`,
  InvalidToken: (task) => `the session token of ${task.identity} is not valid`,
  InvalidClientTokenId: (task) => `S3 does not know the session of ${task.identity}`,
  RequestTimeTooSkewed: () => 'the clock of this machine is wrong by more than 15 minutes; set it right',
  RequestExpired: () => 'the clock of this machine is wrong; set it right',
};

/** What passes. */
const BUSY: Readonly<Record<string, string>> = {
  SlowDown: 'S3 asks for fewer requests',
  ServiceUnavailable: 'S3 is busy',
  InternalError: 'S3 reports an error of its own',
  RequestTimeout: 'S3 did not wait for us',
  TooManyRequests: 'S3 asks for fewer requests',
  OperationAborted: 'another request on the same object is under way',
  BadDigest: 'the content was damaged on its way',
  XAmzContentSHA256Mismatch: 'the content was damaged on its way',
  IncompleteBody: 'the content did not arrive whole',
};

const PLAIN: Readonly<Record<string, string>> = {
  EntityTooLarge: 'the file is larger than S3 takes',
  InvalidObjectState: 'it is in an archive; restore it there first',
  KeyTooLongError: 'its key is longer than 1024 bytes',
  QuotaExceeded: 'the quota is used up',
  XMinioStorageFull: 'no space is left at the service',
  InvalidBucketName: 'the bucket cannot have that name',
  MethodNotAllowed: 'the server does not take such requests; is it an S3 service?',
};

const SLOW_DOWN_MS = 1000;

/** Turns an answer that is no success into an error of ours; 412 and 416 are the caller's business. */
export function s3Error(refusal: S3Refusal, task: S3Task): IactError {
  const { uri, verb } = task;
  const { status, code } = refusal;
  const retryAfterMs = parseRetryAfter(refusal.retryAfter, Date.now());
  const make = (kind: ErrorCode, reason: string, retryable = false, waitMs?: number): IactError =>
    new IactError(kind, `Cannot ${verb} "${uri}": ${reason}.`, { uri, retryable, retryAfterMs: waitMs });
  if (code === 'NoSuchBucket' || (status === 404 && code === '' && verb === 'list')) {
    return make('not-found', `there is no bucket "${task.bucket}" at ${task.host}`);
  }
  if (code === 'NoSuchKey' || (status === 404 && verb === 'read')) {
    return new IactError('not-found', `"${uri}" does not exist.`, { uri });
  }
  if (code === 'NoSuchUpload' || code === 'InvalidPart') {
    return make('not-found', 'S3 has lost its upload, or a part of it; the same command begins it anew');
  }
  const login = LOGIN[code];
  if (login !== undefined) return make('unreachable', login(task, refusal));
  const refused: ErrorCode = verb === 'read' || verb === 'list' ? 'unreadable' : 'unwritable';
  if (code in PLAIN || status === 507) return make(refused, PLAIN[code] ?? 'no space is left at the service');
  const isBusy = code in BUSY || (status >= 500 && status !== 501) || status === 429 || status === 408;
  if (isBusy) {
    const said = BUSY[code] ?? saidBy(refusal);
    return make('unreachable', said, true, retryAfterMs ?? (code === 'SlowDown' ? SLOW_DOWN_MS : undefined));
  }
  if (status === 401 || status === 403) return make(refused, deniedReason(task, refusal));
  return make(refused, saidBy(refusal));
}

function deniedReason(task: S3Task, refusal: S3Refusal): string {
  const { identity, verb } = task;
  if (identity === undefined) return `S3 refuses it to those without a login; ${HOW_TO_LOG_IN}`;
  const also = verb === 'read' ? ', which S3 also says of what does not exist if it may not be listed' : '';
  const code = refusal.code === '' || refusal.code === 'AccessDenied' ? '' : ` (${refusal.code})`;
  return `S3 denies access to ${identity}${code}${also}`;
}

function saidBy({ status, code, message }: S3Refusal): string {
  const said = redactUrls(message).trim().replace(/\.$/, '').slice(0, 300);
  return `S3 answers ${[status, code].filter(Boolean).join(' ')}${said === '' ? '' : `, "${said}"`}`;
}
