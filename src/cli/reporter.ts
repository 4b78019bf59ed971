import type { ProgressEvent } from './progress/event.ts';

/** A record of an event as `--json` prints it; `event` is its type. */
export type JsonEvent = Readonly<Record<string, unknown>> & { readonly event: string };

/** What a command found or did. */
export interface CommandResult {
  readonly command: string;
  /** Records that come before the result: lists that may be long. */
  readonly events?: Iterable<JsonEvent>;
  /** The result as `--json` prints it. */
  readonly data: Readonly<Record<string, unknown>>;
  /** The result for people. */
  readonly lines: Iterable<string>;
  /** These lines are data for a program, such as CSV, and stay as they are. */
  readonly exact?: boolean;
}

/**
 * Where a command tells what it does and found; `--json`, `--quiet`, `--verbose` and the kind of the terminal decide what
 * becomes of it.
 */
export interface Reporter {
  progress(event: ProgressEvent): void;
  /** What a person should know, and a program may. */
  note(message: string): void;
  /** What went wrong without stopping the work. */
  warning(message: string): void;
  /** A part of the result that is told as soon as it is known, for programs only. */
  record(event: JsonEvent): void;
  /** Lines of the result that are told as soon as they are known, for people only. */
  show(lines: Iterable<string>): void;
  /** A line beside a result, for people only. */
  remark(line: string): void;
  /** Takes the display of progress away until there is more to tell: a person is asked, or a stage has ended. */
  pause(): void;
  /** Ends the display of progress, and prints the result. */
  finish(result: CommandResult): void;
  /** Ends the display of progress, and prints an error. */
  fail(error: unknown): void;
}
