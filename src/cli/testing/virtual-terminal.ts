import { Screen } from '../../../test/support/screen.ts';
import type { CliStream } from '../io.ts';
import type { Clock } from '../progress/event.ts';

/** Time that passes when a test says so. */
export class VirtualClock implements Clock {
  private time = 0;
  private readonly timers = new Set<{ readonly intervalMs: number; nextMs: number; readonly call: () => void }>();

  /** Timers that are running. */
  get running(): number {
    return this.timers.size;
  }

  nowMs(): number {
    return this.time;
  }

  every(intervalMs: number, call: () => void): () => void {
    const timer = { intervalMs, nextMs: this.time + intervalMs, call };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }

  /** Lets time pass, and calls what is due in it. */
  pass(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const [next] = [...this.timers].filter(({ nextMs }) => nextMs <= end).sort((a, b) => a.nextMs - b.nextMs);
      if (next === undefined) break;
      this.time = next.nextMs;
      next.nextMs += next.intervalMs;
      next.call();
    }
    this.time = end;
  }
}

/** A terminal that remembers what was written on it. */
export class VirtualTerminal implements CliStream {
  readonly isTTY = true;
  columns: number;
  rows = 24;
  raw = '';
  writes = 0;

  private readonly shown: Screen;

  constructor(columns: number) {
    this.columns = columns;
    this.shown = new Screen(columns);
  }

  write(text: string): void {
    this.writes++;
    // As the line discipline of a terminal does: ONLCR.
    const sent = text.replaceAll('\n', '\r\n');
    this.raw += sent;
    this.shown.write(sent);
  }

  /** @param seen whether the program has learnt of it; a work that blocks hears of it later. */
  resize(columns: number, how: 'rewrap' | 'cut', seen = true): void {
    this.shown.resize(columns, how);
    if (seen) this.columns = columns;
  }

  /** Its lines as a person sees them. */
  screen(): string {
    return this.shown.text();
  }
}
