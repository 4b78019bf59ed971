import { printable, redactUrls } from '../../core/index.ts';
import { frame, headerBlock, timePrefix, trailer, valueLine } from './layout.ts';
import type { LogSink } from './sink.ts';

/** Whatever the chatter level. */
export const ALWAYS = 0;
export const TERSE = 1;
export const NORMAL = 2;
export const EXPLICIT = 3;
export const VERBOSE = 4;

/** The `chatter` from which on a message appears. */
export type Chatter = 0 | 1 | 2 | 3 | 4;

/** What a value line can show. A boolean reads `True` or `False`, null `None`. */
export type LogValue = string | number | boolean | null;

/** A parameter as the log shows it: its raw text, or that it was not asked for. */
export interface ShownParameter {
  name: string;
  shown: string;
}

export interface LogOptions {
  program: string;
  version: string;
  /** The user's `chatter`: messages of a higher level are dropped. */
  chatter: number;
  /** Whether the header block and the trailer are written. */
  framed: boolean;
  sinks: readonly LogSink[];
  /** The parameters in the order of the parameter file, as they are when the section is written. */
  parameters(): readonly ShownParameter[];
  now(): Date;
  cpuSeconds(): number;
}

/**
 * The log of a program: titles, value lines and plain lines, each behind its time in UTC and written at once.
 *
 * Every method takes the level from which on its text appears. None of them throws.
 */
export class Log {
  readonly #options: LogOptions;
  readonly #started: Date;

  /** Writes the header block. */
  constructor(options: LogOptions) {
    this.#options = options;
    this.#started = options.now();
    if (options.framed) this.#write(ALWAYS, headerBlock(options.program, options.version));
  }

  /** Whether a message of this level appears; spares the making of long lists. */
  shows(level: Chatter): boolean {
    return this.#options.chatter >= level;
  }

  /** A section: a blank line and a title between double rules. */
  header1(level: Chatter, title: string): void {
    this.#write(level, ['', ...frame(title, '=')]);
  }

  /** A title between single rules, without a blank line before it. */
  header2(level: Chatter, title: string): void {
    this.#write(level, frame(title, '-'));
  }

  /** `=== title ===` */
  header3(level: Chatter, title: string): void {
    this.#write(level, [`=== ${title} ===`]);
  }

  /** ` name ....: value unit` */
  value(level: Chatter, name: string, value: LogValue, unit?: string): void {
    this.#write(level, valueLine(name, shownValue(value), unit).split('\n'));
  }

  /** A plain text; each of its lines gets the time, an empty text makes a blank line. */
  line(level: Chatter, text: string): void {
    this.#write(level, text.split('\n'));
  }

  /** The section "Parameters", which has no blank line before it. */
  parameters(): void {
    if (!this.shows(TERSE)) return;
    this.#write(TERSE, frame('Parameters', '='));
    for (const { name, shown } of this.#options.parameters()) this.value(TERSE, name, shown);
  }

  /** Writes the trailer and closes the sinks. The log must not be used afterwards. */
  close(): void {
    const { program, framed, sinks, now, cpuSeconds } = this.#options;
    const wallSeconds = wholeSeconds(now()) - wholeSeconds(this.#started);
    if (framed) this.#write(ALWAYS, ['', trailer(program, wallSeconds, cpuSeconds())]);
    for (const sink of sinks) sink.close();
  }

  #write(level: Chatter, lines: readonly string[]): void {
    if (!this.shows(level)) return;
    const prefix = timePrefix(this.#options.now());
    for (const sink of this.#options.sinks) {
      for (const line of lines) sink.write(`${prefix}${plainLine(line)}\n`);
    }
  }
}

function shownValue(value: LogValue): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return String(value);
}

/**
 * A line as any terminal shows it, without the secrets of URLs: names in a log come from other people's files. Tabs stay,
 * as in the originals.
 */
function plainLine(line: string): string {
  const shown = line.includes('://') ? redactUrls(line) : line;
  return shown.split('\t').map(printable).join('\t');
}

function wholeSeconds(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}
