export interface LimitOptions {
  readonly initial: number;
  readonly maximum: number;
  /** The limit stays as it is. */
  readonly fixed?: boolean;
  /** Milliseconds, for tests; `performance.now` if absent. */
  readonly now?: () => number;
}

/** Long enough to see what a change of the limit does over a round trip of some tenths of a second. */
const WINDOW_MS = 250;
/** A higher limit stays if it brought at least this much. */
const WORTHWHILE_GAIN = 1.08;
/** After a higher limit brought nothing, so many windows pass before the next attempt. */
const REST_WINDOWS = 16;

/** Bounds the reads under way. */
export type ReadSlots = Pick<AdaptiveLimit, 'acquire' | 'release' | 'arrived'>;

/**
 * How many reads are under way at once, found out while they are: more as long as that brings more bytes per second,
 * half as many after a failure that tells of too much load.
 */
export class AdaptiveLimit {
  private readonly options: LimitOptions;
  private readonly now: () => number;
  private readonly waiting: (() => void)[] = [];
  private limit: number;
  private active = 0;
  private bytes = 0;
  private windowBegan: number;
  private wasFull = false;
  private best = 0;
  private previous: number | undefined;
  private rest = 0;

  constructor(options: LimitOptions) {
    this.options = options;
    this.now = options.now ?? (() => performance.now());
    this.limit = Math.max(1, Math.min(options.initial, options.maximum));
    this.windowBegan = this.now();
  }

  get current(): number {
    return this.limit;
  }

  /** Resolves, in the order of the calls, when one more may begin; each is ended by `release`. */
  async acquire(): Promise<void> {
    if (this.active < this.limit && this.waiting.length === 0) {
      this.active += 1;
      return;
    }
    this.wasFull = true;
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  release(): void {
    this.active -= 1;
    this.admit();
  }

  /** Tells of bytes that have come. */
  arrived(bytes: number): void {
    this.bytes += bytes;
    const elapsed = this.now() - this.windowBegan;
    if (elapsed >= WINDOW_MS) this.endWindow(elapsed);
  }

  /** Tells of a failure that fewer reads at once may avoid: a cut connection, a server that asks for patience. */
  overloaded(): void {
    if (this.options.fixed) return;
    this.limit = Math.max(1, Math.floor(this.limit / 2));
    this.previous = undefined;
    this.best = 0;
    this.rest = REST_WINDOWS;
    this.beginWindow();
  }

  private endWindow(elapsedMs: number): void {
    const rate = this.bytes / elapsedMs;
    const isBusy = this.wasFull;
    this.beginWindow();
    // Only what was held back by the limit tells something about it.
    if (this.options.fixed || !isBusy) return;
    if (this.previous !== undefined && rate < this.best * WORTHWHILE_GAIN) {
      this.limit = this.previous;
      this.previous = undefined;
      this.rest = REST_WINDOWS;
    } else if (this.rest > 0) this.rest -= 1;
    else if (this.limit < this.options.maximum) {
      this.previous = this.limit;
      this.best = rate;
      this.limit = Math.min(this.options.maximum, Math.ceil(this.limit * 1.5));
      this.admit();
    }
  }

  private beginWindow(): void {
    this.bytes = 0;
    this.wasFull = this.waiting.length > 0;
    this.windowBegan = this.now();
  }

  private admit(): void {
    while (this.active < this.limit) {
      const next = this.waiting.shift();
      if (next === undefined) return;
      this.active += 1;
      next();
    }
  }
}
