import { asSentence, IactError, messageOf, printable, printableLines, redactUrls } from '../core/index.ts';
import type { CliIo } from './io.ts';
import type { ProgressEvent } from './progress/event.ts';
import type { Display } from './progress/live-display.ts';
import { formatBytes } from './quantity.ts';
import type { CommandResult, Reporter } from './reporter.ts';
import type { Colors, Settings } from './settings.ts';
import { writeLines } from './write-lines.ts';

export interface TextReporterOptions {
  readonly io: CliIo;
  readonly settings: Settings;
  /** Colours of standard error. */
  readonly colors: Colors;
  /** Shows progress on standard error; absent where nobody wants to see it. */
  readonly display: Display | undefined;
}

/** For people: results on standard output, all else on standard error. */
export class TextReporter implements Reporter {
  private readonly options: TextReporterOptions;

  constructor(options: TextReporterOptions) {
    this.options = options;
  }

  progress(event: ProgressEvent): void {
    if (event.type === 'note') this.note(event.message);
    if (event.type === 'file') this.file(event);
    this.options.display?.event(event);
  }

  note(message: string): void {
    const { settings, colors } = this.options;
    if (!settings.quiet) this.print(`iact: ${colors.cyan('note:')} ${printableLines(redactUrls(asSentence(message)))}`);
  }

  warning(message: string): void {
    this.print(`iact: ${this.options.colors.yellow('warning:')} ${printableLines(redactUrls(asSentence(message)))}`);
  }

  record(): void {}

  show(lines: Iterable<string>): void {
    const { display, io } = this.options;
    display?.hide();
    writeLines(io.stdout, lines);
  }

  remark(line: string): void {
    if (!this.options.settings.quiet) this.print(printableLines(line));
  }

  pause(): void {
    this.options.display?.pause();
  }

  finish({ lines, exact }: CommandResult): void {
    const { display, io } = this.options;
    display?.stop();
    writeLines(io.stdout, lines, exact);
  }

  fail(error: unknown): void {
    const { display, colors, settings } = this.options;
    display?.stop();
    this.print(`iact: ${colors.red('error:')} ${printableLines(redactUrls(asSentence(messageOf(error))))}`);
    if (!(error instanceof IactError)) this.fault(error);
    else if (settings.verbose) for (const cause of causesOf(error)) this.print(`  caused by: ${cause}`);
  }

  private file({ path, outcome, bytes, message }: ProgressEvent & { type: 'file' }): void {
    if (outcome === 'failed') this.warning(message ?? `"${path}" failed.`);
    else if (this.options.settings.verbose)
      this.print(`${outcome} ${printable(path)}${bytes > 0 ? ` (${formatBytes(bytes)})` : ''}`);
  }

  private fault(error: unknown): void {
    this.print(error instanceof Error ? printableLines(error.stack ?? '') : '');
    this.print('This is a fault of iactools itself; please report it.');
  }

  private print(line: string): void {
    const { display, io } = this.options;
    if (display === undefined) io.stderr.write(`${line}\n`);
    else display.print(`${line}\n`);
  }
}

function causesOf(error: Error): string[] {
  const causes: string[] = [];
  for (let cause = error.cause; cause instanceof Error && causes.length < 10; cause = cause.cause) {
    causes.push(printable(redactUrls(cause.message)));
  }
  return causes;
}
