import { IactError, messageOf, redactUrls } from '../core/index.ts';
import type { CliIo } from './io.ts';
import { jsonText } from './json-text.ts';
import type { Clock, ProgressEvent } from './progress/event.ts';
import { ProgressState } from './progress/state.ts';
import type { CommandResult, JsonEvent, Reporter } from './reporter.ts';
import type { Settings } from './settings.ts';
import { writeLines } from './write-lines.ts';

const PROGRESS_EVERY_MS = 1000;

export interface JsonReporterOptions {
  readonly io: CliIo;
  readonly settings: Pick<Settings, 'quiet'>;
  readonly clock: Clock;
  /** Prints errors for people as well. */
  readonly errors: Pick<Reporter, 'fail'>;
}

/**
 * For programs: one JSON object a line on standard output, events first, and at the end one result or error.
 *
 * @see docs/reference/json.md
 */
export class JsonReporter implements Reporter {
  private readonly options: JsonReporterOptions;
  private readonly state: ProgressState;
  private lastProgressMs: number;
  private finished = false;

  constructor(options: JsonReporterOptions) {
    this.options = options;
    this.lastProgressMs = options.clock.nowMs();
    this.state = new ProgressState(this.lastProgressMs);
  }

  progress(event: ProgressEvent): void {
    this.state.apply(event, this.options.clock.nowMs());
    const record = recordOf(event);
    if (record !== undefined) this.event(record);
    this.tellProgress();
  }

  note(message: string): void {
    this.event({ event: 'note', message: redactUrls(message) });
  }

  warning(message: string): void {
    this.write({ event: 'warning', message: redactUrls(message) });
  }

  record(event: JsonEvent): void {
    this.write(event);
  }

  show(): void {}

  remark(): void {}

  pause(): void {}

  finish({ command, events = [], data }: CommandResult): void {
    if (this.finished) return;
    const { io } = this.options;
    writeLines(io.stdout, jsonLines(events), true);
    this.write({ result: { command, ...data } });
    this.finished = true;
  }

  /** An error that comes after a result is told by the exit status; the result names the problems. */
  fail(error: unknown): void {
    this.options.errors.fail(error);
    if (this.finished) return;
    const { code, retryable, uri } =
      error instanceof IactError ? error : { code: 'internal', retryable: false, uri: undefined };
    const message = redactUrls(messageOf(error));
    this.write({ error: { code, message, uri: uri === undefined ? null : redactUrls(uri), retryable } });
    this.finished = true;
  }

  private event(record: JsonEvent): void {
    if (!this.options.settings.quiet) this.write(record);
  }

  /** What was under way when the command ended is told by nothing that comes later. */
  private write(record: object): void {
    if (!this.finished) this.options.io.stdout.write(`${jsonText(record)}\n`);
  }

  private tellProgress(): void {
    const nowMs = this.options.clock.nowMs();
    if (nowMs - this.lastProgressMs < PROGRESS_EVERY_MS) return;
    this.lastProgressMs = nowMs;
    const progress = this.state.at(nowMs);
    const { filesDone, filesTotal, doneBytes, sizedBytes, unsizedFiles, bytesPerSecond, secondsLeft } = progress;
    this.event({
      event: 'progress',
      filesDone,
      filesTotal,
      doneBytes,
      totalBytes: sizedBytes,
      unsizedFiles,
      bytesPerSecond: bytesPerSecond === undefined ? null : Math.round(bytesPerSecond),
      secondsLeft: secondsLeft === undefined ? null : Math.round(secondsLeft),
    });
  }
}

function recordOf(event: ProgressEvent): JsonEvent | undefined {
  switch (event.type) {
    case 'plan':
      return { event: 'plan', files: event.files, totalBytes: event.bytes, unsizedFiles: event.unsized ?? 0 };
    case 'phase':
      return { event: 'phase', name: event.name };
    case 'note':
      return { event: 'note', message: event.message };
    case 'file': {
      const { path, outcome, bytes, message = null } = event;
      return { event: 'file', path, outcome, sizeBytes: bytes, message };
    }
    case 'archive':
    case 'bytes':
    case 'sized':
      return undefined;
  }
}

function* jsonLines(records: Iterable<object>): Generator<string, void> {
  for (const record of records) yield jsonText(record);
}
