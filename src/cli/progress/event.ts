/** What a work under way tells, in any order after its plan, but for archives. */
export type ProgressEvent =
  /** More work: files that a `file` event will come for, and their bytes; 0 bytes where sizes are not known. */
  | {
      readonly type: 'plan';
      readonly files: number;
      readonly bytes: number;
      /** Files whose bytes are not among these: for each a `sized` event comes when its size is known. */
      readonly unsized?: number;
    }
  | { readonly type: 'sized'; readonly bytes: number }
  /** How far one file is. Fewer bytes than before where it had to begin again. */
  | {
      readonly type: 'bytes';
      readonly path: string;
      readonly done: number;
      readonly total: number;
      /** What is new was there before: it did not come now. */
      readonly resumed?: boolean;
    }
  /** How far an archive is unpacked, before which there is no plan. */
  | { readonly type: 'archive'; readonly path: string; readonly done: number; readonly total: number }
  /** One file is done. `bytes` is its size, whatever became of it; `message` says why it failed. */
  | {
      readonly type: 'file';
      readonly path: string;
      readonly outcome: 'copied' | 'written' | 'compared' | 'checked' | 'kept' | 'failed';
      readonly bytes: number;
      readonly message?: string;
    }
  /** What is done from now on: `Copying`. */
  | { readonly type: 'phase'; readonly name: string }
  | { readonly type: 'note'; readonly message: string };

/** Time as a display needs it, so that a test can pass it. */
export interface Clock {
  nowMs(): number;
  /** Calls again and again, without keeping the process alive. @returns what ends it. */
  every(intervalMs: number, call: () => void): () => void;
}

export const SYSTEM_CLOCK: Clock = {
  nowMs: () => performance.now(),
  every(intervalMs, call) {
    const timer = setInterval(call, intervalMs).unref();
    return () => clearInterval(timer);
  },
};
