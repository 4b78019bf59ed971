import type { ProgressEvent } from './event.ts';

/** A file that bytes arrive of. */
export interface CurrentFile {
  readonly path: string;
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** How far a work is, at one moment. */
export interface Progress {
  readonly phase: string | undefined;
  readonly filesDone: number;
  readonly filesTotal: number;
  readonly doneBytes: number;
  /**
   * 0 where sizes are not known: then files are what counts. While some are not known yet, these are taken to be as large
   * as the others on average.
   */
  readonly totalBytes: number;
  /** Bytes of the files whose size is known. */
  readonly sizedBytes: number;
  /** Files whose size is not known yet: as long as there are any, the total is an estimate. */
  readonly unsizedFiles: number;
  /** Files that were worked on and did not fail. */
  readonly handled: number;
  readonly handledBytes: number;
  /** Files that needed no work. */
  readonly kept: number;
  readonly failed: number;
  /** From 0 to 1, and 1 only when all is done. */
  readonly fraction: number;
  /** Over the last seconds of this phase; `undefined` before there is anything to tell. */
  readonly bytesPerSecond: number | undefined;
  readonly secondsLeft: number | undefined;
  readonly elapsedSeconds: number;
  /** In the order in which they began. */
  readonly current: readonly CurrentFile[];
}

/** The rate is that of this stretch of time, or of the phase where that is younger. */
const WINDOW_MS = 10_000;
const SAMPLE_EVERY_MS = 200;
/** A rate of less time than this says nothing. */
const MIN_RATE_MS = 1000;

interface Sample {
  readonly timeMs: number;
  /** Bytes that went over the line, also those that did not stay. */
  readonly movedBytes: number;
  readonly files: number;
}

/** Adds up the events of a work. Time comes with each call. */
export class ProgressState {
  private readonly startMs: number;
  private readonly current = new Map<string, CurrentFile>();
  private samples: Sample[];
  private readonly count = { handled: 0, kept: 0, failed: 0 };
  private phase: string | undefined;
  private filesTotal = 0;
  private sizedBytes = 0;
  private unsizedFiles = 0;
  private finishedBytes = 0;
  private handledBytes = 0;
  private movedBytes = 0;
  /** Archives that are unpacked in this phase. */
  private readonly archives = new Map<string, CurrentFile>();

  constructor(nowMs: number) {
    this.startMs = nowMs;
    this.samples = [this.sampleAt(nowMs)];
  }

  apply(event: ProgressEvent, nowMs: number): void {
    if (event.type === 'plan') {
      this.filesTotal += event.files;
      this.sizedBytes += event.bytes;
      this.unsizedFiles += event.unsized ?? 0;
    } else if (event.type === 'sized') {
      this.sizedBytes += event.bytes;
      this.unsizedFiles -= 1;
    } else if (event.type === 'phase') {
      this.enter(event.name, nowMs);
    } else if (event.type === 'archive') {
      const { path, done, total } = event;
      this.movedBytes += Math.max(0, done - (this.archives.get(path)?.doneBytes ?? 0));
      this.archives.set(path, { path, doneBytes: done, totalBytes: total });
    } else if (event.type === 'bytes') {
      const { path, done, total, resumed = false } = event;
      if (!resumed) this.movedBytes += Math.max(0, done - (this.current.get(path)?.doneBytes ?? 0));
      this.current.set(path, { path, doneBytes: done, totalBytes: total });
    } else if (event.type === 'file') {
      this.finish(event);
    }
    this.sample(nowMs);
  }

  at(nowMs: number): Progress {
    const { phase, filesTotal, unsizedFiles, count, handledBytes } = this;
    const filesDone = this.filesDone();
    const current = [...this.current.values()];
    const { doneBytes, totalBytes, sizedBytes } = this.amount(current);
    const { bytesPerSecond, filesPerSecond } = this.rates(nowMs);
    const left = totalBytes > 0 ? (totalBytes - doneBytes) / (bytesPerSecond ?? 0) : Number.NaN;
    const secondsLeft = totalBytes > 0 ? left : (filesTotal - filesDone) / (filesPerSecond ?? 0);
    const fraction = totalBytes > 0 ? doneBytes / totalBytes : filesDone / filesTotal;
    return {
      phase,
      filesDone,
      filesTotal,
      doneBytes,
      totalBytes,
      sizedBytes,
      unsizedFiles,
      ...count,
      handledBytes,
      fraction: filesDone >= filesTotal && filesTotal > 0 ? 1 : Math.min(fraction || 0, 0.999),
      bytesPerSecond: totalBytes > 0 ? bytesPerSecond : undefined,
      secondsLeft: Number.isFinite(secondsLeft) ? Math.max(0, secondsLeft) : undefined,
      elapsedSeconds: (nowMs - this.startMs) / 1000,
      current,
    };
  }

  private enter(phase: string, nowMs: number): void {
    if (phase === this.phase) return;
    this.phase = phase;
    this.archives.clear();
    this.samples = [this.sampleAt(nowMs)];
  }

  /** Of the archives until there is a plan, and of the plan from then on. */
  private amount(current: readonly CurrentFile[]): Pick<Progress, 'doneBytes' | 'totalBytes' | 'sizedBytes'> {
    const isPlanned = this.filesTotal > 0;
    const counted = isPlanned ? current : [...this.archives.values()];
    const doneBytes = counted.reduce((sum, file) => sum + file.doneBytes, this.finishedBytes);
    const sizedBytes = isPlanned ? this.sizedBytes : counted.reduce((sum, file) => sum + file.totalBytes, 0);
    return { doneBytes, totalBytes: isPlanned ? this.plannedBytes() : sizedBytes, sizedBytes };
  }

  private plannedBytes(): number {
    const sizedFiles = this.filesTotal - this.unsizedFiles;
    const average = sizedFiles > 0 ? this.sizedBytes / sizedFiles : 0;
    return this.sizedBytes + Math.round(average * this.unsizedFiles);
  }

  private finish(event: ProgressEvent & { type: 'file' }): void {
    const { path, outcome, bytes } = event;
    const kind = outcome === 'kept' || outcome === 'failed' ? outcome : 'handled';
    this.count[kind]++;
    this.finishedBytes += bytes;
    if (kind === 'handled') {
      this.handledBytes += bytes;
      this.movedBytes += Math.max(0, bytes - (this.current.get(path)?.doneBytes ?? 0));
    }
    this.current.delete(path);
  }

  private filesDone(): number {
    return this.count.handled + this.count.kept + this.count.failed;
  }

  private sample(nowMs: number): void {
    const last = this.samples.at(-1);
    if (last !== undefined && nowMs - last.timeMs < SAMPLE_EVERY_MS) return;
    this.samples.push(this.sampleAt(nowMs));
    this.forget(nowMs);
  }

  private sampleAt(timeMs: number): Sample {
    return { timeMs, movedBytes: this.movedBytes, files: this.filesDone() };
  }

  /** Leaves one sample that is older than the window, which is where the window begins. */
  private forget(nowMs: number): void {
    while ((this.samples[1]?.timeMs ?? nowMs) < nowMs - WINDOW_MS) this.samples.shift();
  }

  private rates(nowMs: number): { bytesPerSecond?: number; filesPerSecond?: number } {
    this.forget(nowMs);
    const [first] = this.samples;
    const spanMs = nowMs - (first?.timeMs ?? nowMs);
    if (first === undefined || spanMs < MIN_RATE_MS) return {};
    return {
      bytesPerSecond: ((this.movedBytes - first.movedBytes) / spanMs) * 1000,
      filesPerSecond: ((this.filesDone() - first.files) / spanMs) * 1000,
    };
  }
}
