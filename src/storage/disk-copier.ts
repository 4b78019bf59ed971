import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { type BatchResult, type CopyBatch, copyBatch } from './disk-copy-batch.ts';

/** It stands beside each bundle and beside the compiled modules; not beside the sources, which no thread could run. */
const WORKER = new URL('./disk-copy-worker.js', import.meta.url);

/** Disks and their file systems serve no more at once any better. */
const MOST_THREADS = 3;
/** With fewer files a thread has hardly begun when the work is done. */
const WORTH_A_THREAD_FILES = 64;
/** A thread is given some more batches, so that it need not wait while this one is busy with something else. */
const BATCHES_AHEAD = 6;

interface Job {
  readonly id: number;
  readonly requests: CopyBatch;
  readonly resolve: (result: BatchResult) => void;
  readonly reject: (error: unknown) => void;
}

interface Thread {
  readonly worker: Worker;
  /** Handed to it, and not yet answered. */
  readonly jobs: Map<number, Job>;
}

/** Copies files of disks in this thread, and in others where that is worth while. */
export class DiskCopier {
  private threads: Thread[] = [];
  private readonly queue: Job[] = [];
  private lastId = 0;
  private isBusy = false;

  /** Told how many files are going to come: threads need some time to begin. */
  expect(files: number): void {
    if (files < WORTH_A_THREAD_FILES || this.threads.length > 0 || !existsSync(fileURLToPath(WORKER))) return;
    const count = Math.min(MOST_THREADS, availableParallelism() - 1);
    this.threads = Array.from({ length: count }, () => this.start());
  }

  /** What becomes of each file, in the order of the requests. */
  copy(requests: CopyBatch): Promise<BatchResult> {
    return new Promise((resolve, reject) => {
      this.lastId += 1;
      this.queue.push({ id: this.lastId, requests, resolve, reject });
      this.distribute();
    });
  }

  async close(): Promise<void> {
    const { threads } = this;
    this.threads = [];
    await Promise.all(threads.map(({ worker }) => worker.terminate()));
  }

  private start(): Thread {
    // Loaded here: every program has this module, and few copy so much.
    const threads = process.getBuiltinModule('node:worker_threads');
    const worker: Worker = new threads.Worker(WORKER, { trackUnmanagedFds: false });
    const thread: Thread = { worker, jobs: new Map() };
    // A program that has nothing else to do may end.
    worker.unref();
    worker.on('message', ({ id, results }: { id: number; results: BatchResult }) => {
      thread.jobs.get(id)?.resolve(results);
      thread.jobs.delete(id);
      this.distribute();
    });
    // What it has not done is done here, where an error finds somebody who hears it.
    worker.on('error', () => this.lose(thread));
    worker.on('exit', () => this.lose(thread));
    return thread;
  }

  private lose(thread: Thread): void {
    this.threads = this.threads.filter((each) => each !== thread);
    this.queue.unshift(...thread.jobs.values());
    thread.jobs.clear();
    this.distribute();
  }

  private distribute(): void {
    for (const { worker, jobs } of this.threads) {
      while (jobs.size < BATCHES_AHEAD) {
        const job = this.queue.shift();
        if (job === undefined) return;
        jobs.set(job.id, job);
        worker.postMessage({ id: job.id, requests: job.requests });
      }
    }
    if (this.queue.length === 0 || this.isBusy) return;
    this.isBusy = true;
    // Calls that block let nothing else happen: before each batch, signals and the answers of the threads come in.
    setImmediate(() => this.copyHere());
  }

  private copyHere(): void {
    this.isBusy = false;
    const job = this.queue.shift();
    if (job === undefined) return;
    try {
      job.resolve(copyBatch(job.requests));
    } catch (error) {
      job.reject(error);
    }
    this.distribute();
  }
}
