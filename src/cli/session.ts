import type { Command } from 'commander';
import type { CliIo } from './io.ts';
import { JsonReporter } from './json-reporter.ts';
import { type Clock, SYSTEM_CLOCK } from './progress/event.ts';
import { type Display, LiveDisplay } from './progress/live-display.ts';
import { PlainDisplay } from './progress/plain-display.ts';
import type { Reporter } from './reporter.ts';
import { type Colors, colorsOf, type Settings, settingsOf } from './settings.ts';
import { stopped } from './stopped.ts';
import { TextReporter } from './text-reporter.ts';
import { refuseEmptyArguments } from './usage-error.ts';

/** What a subcommand works with while it runs. */
export interface Session {
  readonly settings: Settings;
  readonly reporter: Reporter;
  /** Colours of standard output. */
  readonly colors: Colors;
  /** Width of the terminal that standard output is; `undefined` if it is none, or does not tell it. */
  readonly columns: number | undefined;
  /** The process environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether a person watches, who can be asked. */
  readonly isTerminal: boolean;
  /** Aborted when the user asks to stop. Whoever reads it must heed it: from then on nothing else ends the process. */
  readonly signal: AbortSignal;
  /** The exit status of a command that ended without an error, where that is not 0. */
  exitWith(status: number): void;
}

/** Makes sessions for the one subcommand that a process runs. */
export class SessionHost {
  readonly io: CliIo;
  /** Prints errors; before a command was found, for people. */
  reporter: Reporter;
  exitStatus = 0;
  private readonly clock: Clock;
  private signal: AbortSignal | undefined;
  private display: Display | undefined;

  constructor(io: CliIo, clock: Clock = SYSTEM_CLOCK) {
    this.io = io;
    this.clock = clock;
    this.reporter = this.makeReporter({ json: false, quiet: false, verbose: false, color: 'auto' });
  }

  /** Reads the settings of the subcommand that runs. @throws {IactError} `usage` for options that exclude each other, and for empty arguments. */
  open(command: Command): Session {
    const { io } = this;
    const host = this;
    const settings = settingsOf(command);
    this.reporter = this.makeReporter(settings);
    if (settings.json) io.beforeEnd?.(() => this.reporter.fail(stopped()));
    refuseEmptyArguments(command);
    return {
      settings,
      reporter: this.reporter,
      colors: colorsOf(io.stdout, io, settings.color),
      columns: io.stdout.columns || undefined,
      env: io.env ?? {},
      isTerminal: io.stderr.isTTY ?? false,
      get signal() {
        return host.interrupts();
      },
      exitWith: (status) => {
        this.exitStatus = status;
      },
    };
  }

  /** Errors shall come as JSON, too, whatever keeps the arguments from being parsed. */
  speakJson(): void {
    this.reporter = this.makeReporter({ json: true, quiet: false, verbose: false, color: 'auto' });
  }

  /** Whether a command that heeds it was asked to stop. */
  get wasInterrupted(): boolean {
    return this.signal?.aborted ?? false;
  }

  private interrupts(): AbortSignal {
    if (this.signal === undefined) {
      this.signal = this.io.interrupts?.() ?? new AbortController().signal;
      // A second request ends the process at once, wherever the cursor is.
      this.signal.addEventListener('abort', () => this.display?.stop(), { once: true });
    }
    return this.signal;
  }

  private makeReporter(settings: Settings): Reporter {
    const { io, clock } = this;
    const colors = colorsOf(io.stderr, io, settings.color);
    this.display = settings.json || settings.quiet ? undefined : this.makeDisplay(colors);
    const text = new TextReporter({ io, settings, colors, display: this.display });
    return settings.json ? new JsonReporter({ io, settings, clock, errors: text }) : text;
  }

  private makeDisplay(colors: Colors): Display {
    const { io, clock } = this;
    const { stderr: stream, env = {}, beforeSuspend } = io;
    if (!stream.isTTY || env['TERM'] === 'dumb') return new PlainDisplay({ stream, clock });
    return new LiveDisplay({ stream, clock, colors, unicode: isUtf8(env), beforeSuspend });
  }
}

/** @see POSIX.1-2017, Base Definitions, 8.2: the order in which these decide. */
function isUtf8(env: NonNullable<CliIo['env']>): boolean {
  return /utf-?8/i.test(env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '');
}
