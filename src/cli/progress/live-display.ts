import type { CliStream } from '../io.ts';
import type { Colors } from '../settings.ts';
import type { Clock, ProgressEvent } from './event.ts';
import { renderProgress } from './render.ts';
import { ProgressState } from './state.ts';

/** Shows a work while it is under way, and lets other lines pass. */
export interface Display {
  event(event: ProgressEvent): void;
  /** Whole lines, each with its end, that shall stay. */
  print(text: string): void;
  /** Leaves nothing behind, and ends its timers. May be called again and again. */
  stop(): void;
}

export interface LiveOptions {
  readonly stream: CliStream;
  readonly clock: Clock;
  readonly colors: Colors;
  readonly unicode: boolean;
}

const DRAW_EVERY_MS = 100;
/** A window that is being dragged has many widths; we draw when it rests. */
const RESIZE_PAUSE_MS = 300;
const DEFAULT_COLUMNS = 80;
const DEFAULT_ROWS = 24;

// @see ECMA-48 §8.3: CUU, EL, ED
const up = (count: number): string => `\u001b[${count}A`;
const ERASE_TO_END_OF_LINE = '\u001b[K';
const ERASE_BELOW = '\u001b[J';

/**
 * Draws progress at the foot of a terminal, in place, at most ten times a second.
 *
 * The cursor always rests at the beginning of the line below: whatever ends the process, the terminal is in order, and
 * what others write begins a line of its own.
 */
export class LiveDisplay implements Display {
  private readonly options: LiveOptions;
  private readonly state: ProgressState;
  /** Lines that are on the screen. */
  private drawn = 0;
  private columns = 0;
  private resizedMs = Number.NEGATIVE_INFINITY;
  private lastDrawMs = Number.NEGATIVE_INFINITY;
  private stopTimer: (() => void) | undefined;
  private stopped = false;

  constructor(options: LiveOptions) {
    this.options = options;
    this.state = new ProgressState(options.clock.nowMs());
  }

  event(event: ProgressEvent): void {
    const { clock } = this.options;
    this.state.apply(event, clock.nowMs());
    if (this.stopped) return;
    // Besides the timer, which a work that blocks does not let run.
    this.stopTimer ??= clock.every(DRAW_EVERY_MS, () => this.draw());
    this.draw();
  }

  print(text: string): void {
    const { stream } = this.options;
    const shown = this.drawn > 0;
    stream.write(`${this.goToTop()}${shown ? ERASE_BELOW : ''}${text}`);
    this.drawn = 0;
    if (shown) this.drawNow();
  }

  stop(): void {
    this.stopped = true;
    this.stopTimer?.();
    if (this.drawn > 0) this.options.stream.write(`${this.goToTop()}${ERASE_BELOW}`);
    this.drawn = 0;
  }

  private draw(): void {
    const nowMs = this.options.clock.nowMs();
    const columns = this.options.stream.columns ?? DEFAULT_COLUMNS;
    if (columns !== this.columns && this.drawn > 0) this.resizedMs = nowMs;
    this.columns = columns;
    if (nowMs - this.lastDrawMs >= DRAW_EVERY_MS && nowMs - this.resizedMs >= RESIZE_PAUSE_MS) this.drawNow();
  }

  private drawNow(): void {
    const { stream, clock, colors, unicode } = this.options;
    this.lastDrawMs = clock.nowMs();
    const columns = stream.columns ?? DEFAULT_COLUMNS;
    const rows = Math.max(1, (stream.rows ?? DEFAULT_ROWS) - 2);
    const lines = renderProgress(this.state.at(this.lastDrawMs), { columns, rows, colors, unicode });
    const text = lines.map((line) => `${line}${ERASE_TO_END_OF_LINE}\n`).join('');
    stream.write(`${this.goToTop()}${text}${ERASE_BELOW}`);
    this.drawn = lines.length;
  }

  /**
   * A terminal that became narrower may have broken our lines, or not: terminals differ. We go up no farther than is
   * safe; a part of the old lines may stay, and what stands above them is never lost.
   */
  private goToTop(): string {
    return this.drawn > 0 ? `\r${up(this.drawn)}` : '';
  }
}
