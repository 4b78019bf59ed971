import { printable, printableLines } from './printable.ts';

/** What kind of error it is; {@link EXIT_STATUS} tells what each means. */
export type ErrorCode =
  | 'usage'
  | 'not-found'
  | 'unreadable'
  | 'changed'
  | 'unreachable'
  | 'bad-data'
  | 'unsafe-path'
  | 'exists'
  | 'locked'
  | 'unwritable'
  | 'incomplete'
  | 'cancelled';

/**
 * What an error means to a program: a literal code, and for each code the exit status of the `iact` command.
 *
 * The ctools commands end with 1 on every error, as the originals do.
 */
export const EXIT_STATUS: Readonly<Record<ErrorCode, number>> = {
  /** The request itself is wrong: an unknown option, a value out of range. */
  usage: 2,
  /** A file, directory, dataset, table, column or observation does not exist. */
  'not-found': 3,
  /** It exists, but the system would not let us read it. */
  unreadable: 3,
  /** It became another while it was being read, so that the parts do not fit together. */
  changed: 3,
  /** A server does not answer, cannot be found, is not who it should be, or refuses the login. */
  unreachable: 9,
  /** It was read, and is not what it should be: broken FITS, JSON, run list, parameter file. */
  'bad-data': 4,
  /** A path leaves the place it must stay in. */
  'unsafe-path': 5,
  /** Something is in the way that we will not overwrite. */
  exists: 6,
  /** Another process is working on the same destination. */
  locked: 7,
  /** The system would not let us write: read-only, full, not a directory. */
  unwritable: 8,
  /** The work was done in part; what is missing has been named. */
  incomplete: 1,
  /** The user or the system asked us to stop. */
  cancelled: 130,
};

export interface ErrorDetails {
  /** The error below, if any. */
  cause?: unknown;
  /** Whether the same call may succeed later without a change by the user. */
  retryable?: boolean;
  /** How long a server asks us to wait before the next attempt. */
  retryAfterMs?: number | undefined;
  /** The file or URL in question, free of secrets. */
  uri?: string;
  /** Whether the message has several lines on purpose; else line breaks are escaped, too. */
  lines?: boolean;
}

/**
 * The one error that iactools throws on purpose. Its message is complete for a user: what was tried, the value in
 * quotes, what was found, what was needed and, where there is one, the remedy. It is one line, unless `lines` was given,
 * and any terminal shows it as it is: control characters in the names of files, datasets or columns are escaped.
 */
export class IactError extends Error {
  override readonly name = 'IactError';
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly uri: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    const shown = details.lines === true ? printableLines(message) : printable(message);
    super(shown, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.retryable = details.retryable ?? false;
    this.retryAfterMs = details.retryAfterMs;
    this.uri = details.uri;
  }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
