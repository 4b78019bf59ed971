import type { CliIo, CliStream } from '../io.ts';
import type { Colors } from '../settings.ts';
import type { Clock, ProgressEvent } from './event.ts';
import { renderProgress } from './render.ts';
import { ProgressState } from './state.ts';

/** Shows a work while it is under way, and lets other lines pass. */
export interface Display {
  event(event: ProgressEvent): void;
  /** Whole lines, each with its end, that shall stay. */
  print(text: string): void;
  /** Makes room for what is written past it; what it shows comes back by itself. */
  hide(): void;
  /** Shows nothing, and ends its timers, until the next event. */
  pause(): void;
  /** Leaves nothing behind, and ends its timers. May be called again and again. */
  stop(): void;
}

export interface LiveOptions {
  readonly stream: CliStream;
  readonly clock: Clock;
  readonly colors: Colors;
  readonly unicode: boolean;
  readonly beforeSuspend?: CliIo['beforeSuspend'];
}

const DRAW_EVERY_MS = 100;
const DEFAULT_COLUMNS = 80;
const DEFAULT_ROWS = 24;

// @see ECMA-48 §8.3: CUU, EL, ED; DECAWM of the VT100
const up = (count: number): string => (count > 0 ? `\u001b[${count}A` : '');
const ERASE_TO_END_OF_LINE = '\u001b[K';
const ERASE_BELOW = '\u001b[J';
const WRAP_OFF = '\u001b[?7l';
const WRAP_ON = '\u001b[?7h';

/**
 * Draws progress at the foot of a terminal, in place, at most ten times a second.
 *
 * The cursor always rests at the beginning of the first line that was drawn. A window that becomes narrower breaks lines
 * in some terminals and cuts them in others, and the cursor stays at its character in all of them: all from there on is
 * ours, and nothing above is.
 */
export class LiveDisplay implements Display {
  private readonly options: LiveOptions;
  private readonly state: ProgressState;
  private shown = false;
  private columns = 0;
  private lastDrawMs = Number.NEGATIVE_INFINITY;
  private release: (() => void) | undefined;
  private stopped = false;

  constructor(options: LiveOptions) {
    this.options = options;
    this.state = new ProgressState(options.clock.nowMs());
  }

  event(event: ProgressEvent): void {
    this.state.apply(event, this.options.clock.nowMs());
    if (this.stopped) return;
    this.release ??= this.begin();
    // Besides the timer, which a work that blocks does not let run.
    this.draw();
  }

  print(text: string): void {
    const { shown } = this;
    this.options.stream.write(`${this.erasure()}${text}`);
    if (shown) this.drawNow();
  }

  hide(): void {
    if (this.shown) this.options.stream.write(this.erasure());
  }

  pause(): void {
    this.release?.();
    this.release = undefined;
    this.hide();
  }

  stop(): void {
    this.stopped = true;
    this.pause();
  }

  /** @returns what ends it. */
  private begin(): () => void {
    const { clock, beforeSuspend } = this.options;
    const stopTimer = clock.every(DRAW_EVERY_MS, () => this.draw());
    const stopListening = beforeSuspend?.(() => this.hide());
    return () => {
      stopTimer();
      stopListening?.();
    };
  }

  private draw(): void {
    if (this.options.clock.nowMs() - this.lastDrawMs >= DRAW_EVERY_MS) this.drawNow();
  }

  private drawNow(): void {
    const { stream, clock, colors, unicode } = this.options;
    this.lastDrawMs = clock.nowMs();
    const columns = stream.columns || DEFAULT_COLUMNS;
    const rows = Math.max(1, (stream.rows || DEFAULT_ROWS) - 2);
    const lines = renderProgress(this.state.at(this.lastDrawMs), { columns, rows, colors, unicode });
    // Where lines were broken, their pieces would be joined again later, unless they are erased whole.
    const start = columns === this.columns ? '\r' : this.erasure();
    const text = lines.join(`${ERASE_TO_END_OF_LINE}\n`);
    this.columns = columns;
    this.shown = true;
    // The width may be that of a moment ago: no line is broken while we draw.
    stream.write(`${start}${WRAP_OFF}${text}${ERASE_BELOW}${WRAP_ON}\r${up(lines.length - 1)}`);
  }

  /** What removes that which is shown. The blank: tmux keeps in its history what is erased from the top left corner on. */
  private erasure(): string {
    const { shown } = this;
    this.shown = false;
    return shown ? `\r ${ERASE_BELOW}\r${ERASE_TO_END_OF_LINE}` : '';
  }
}
