import { printable } from '../../core/index.ts';
import type { CliStream } from '../io.ts';
import { formatRate, formatTimeLeft } from '../quantity.ts';
import { amountOf, shareOf } from './amount.ts';
import type { Clock, ProgressEvent } from './event.ts';
import type { Display } from './live-display.ts';
import { type Progress, ProgressState } from './state.ts';

/** Lines do not follow each other faster. */
const MIN_GAP_MS = 2000;
const STEPS = 10;
const FIRST_INTERVAL_MS = 30_000;
/** Each line that only time has brought lets the next one wait longer: a day takes less than thirty of them. */
const INTERVAL_GROWTH = 1.5;

/** Tells of progress in a few lines, for logs: at every tenth of the work, and after a while in between. */
export class PlainDisplay implements Display {
  private readonly stream: CliStream;
  private readonly clock: Clock;
  private readonly state: ProgressState;
  private lastLineMs: number;
  /** The tenth that was told last, of this phase. */
  private step = 0;
  private phase: string | undefined;
  private intervalMs = FIRST_INTERVAL_MS;
  private stopTimer: (() => void) | undefined;

  constructor({ stream, clock }: { readonly stream: CliStream; readonly clock: Clock }) {
    this.stream = stream;
    this.clock = clock;
    this.lastLineMs = clock.nowMs();
    this.state = new ProgressState(this.lastLineMs);
  }

  event(event: ProgressEvent): void {
    this.state.apply(event, this.clock.nowMs());
    this.stopTimer ??= this.clock.every(MIN_GAP_MS, () => this.tell());
    this.tell();
  }

  print(text: string): void {
    this.stream.write(text);
  }

  /** Nothing of it is in the way. */
  hide(): void {}

  pause(): void {
    this.stopTimer?.();
    this.stopTimer = undefined;
  }

  stop(): void {
    this.pause();
  }

  private tell(): void {
    const nowMs = this.clock.nowMs();
    const waitedMs = nowMs - this.lastLineMs;
    if (waitedMs < MIN_GAP_MS) return;
    const progress = this.state.at(nowMs);
    if (progress.phase !== this.phase) this.step = 0;
    this.phase = progress.phase;
    const step = Math.floor(progress.fraction * STEPS);
    // The end is told by the result.
    const isStep = step > this.step && progress.fraction < 1;
    if (!isStep && waitedMs < this.intervalMs) return;
    if (!isStep) this.intervalMs *= INTERVAL_GROWTH;
    this.step = Math.max(this.step, step);
    this.lastLineMs = nowMs;
    this.stream.write(`${progressLine(progress)}\n`);
  }
}

function progressLine(progress: Progress): string {
  const { phase, filesDone, filesTotal, totalBytes, bytesPerSecond, secondsLeft, failed } = progress;
  const name = printable(phase ?? 'Working');
  if (filesTotal === 0 && totalBytes === 0) return `${name} ...`;
  const parts = [
    `${name} ${shareOf(progress)}`,
    filesTotal > 0 ? `${filesDone}/${filesTotal} files` : '',
    amountOf(progress),
    bytesPerSecond === undefined ? '' : formatRate(bytesPerSecond),
    secondsLeft === undefined ? '' : `${formatTimeLeft(secondsLeft)} left`,
    failed > 0 ? `${failed} failed` : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}
