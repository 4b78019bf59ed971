import type { IactError } from '../core/index.ts';
import type { IndexKind, Preference } from '../gadf/index.ts';
import type { CopyPlan, FileOutcome } from '../transfer/index.ts';

/** What a copy tells while it works, in this order; paths are as people shall see them. */
export type CopyEvent =
  /** Entries of the run list that the dataset has not. */
  | { readonly type: 'run-missing'; readonly run: string; readonly line: number }
  | { readonly type: 'dataset'; readonly name: string; readonly selected: false }
  | {
      readonly type: 'dataset';
      readonly name: string;
      readonly selected: true;
      readonly hduIndex: string;
      readonly obsIndex: string;
    }
  /** The files to come. `unreadable` are those that the source does not let us have. */
  | {
      readonly type: 'plan';
      readonly plan: CopyPlan;
      readonly unreadable: readonly FailedFile[];
      /** Files of the destination that will go, as the index there names them. */
      readonly removals: readonly string[];
      /** How a path of the plan is shown. */
      readonly uriOf: (path: string) => string;
    }
  /** The size of a file of the plan has come to be known; of those whose size the plan has, nothing is told. */
  | { readonly type: 'sized'; readonly path: string; readonly sizeBytes: number }
  /** One file of the plan is done, in the order of the plan; `index` counts from 0. */
  | {
      readonly type: 'file';
      readonly index: number;
      readonly count: number;
      readonly source: string;
      readonly destination: string;
      readonly outcome: FileOutcome;
    }
  /** One file of the plan is done, as soon as it is, in any order. */
  | { readonly type: 'file-settled'; readonly outcome: FileOutcome }
  /** How far a file is; less than before where it has to come again. */
  | {
      readonly type: 'bytes';
      readonly path: string;
      readonly doneBytes: number;
      readonly sizeBytes: number;
      /** Whether the last of them came now; false for what an interrupted copy has left. */
      readonly isNew: boolean;
    }
  | { readonly type: 'files-done' }
  /** A README, a licence or their like has been copied. */
  | { readonly type: 'document'; readonly source: string; readonly destination: string }
  | { readonly type: 'removed'; readonly path: string }
  | ({ readonly type: 'index' } & IndexUpdate)
  | { readonly type: 'master'; readonly copiedFrom: string | undefined; readonly path: string }
  | { readonly type: 'master-entry'; readonly name: string; readonly change: 'kept' | 'removed' | 'added' };

/** A file that did not arrive. */
export interface FailedFile {
  readonly path: string;
  readonly error: IactError;
}

/** What was done to an index file of the destination. */
export interface IndexUpdate {
  readonly kind: IndexKind;
  readonly local: string;
  readonly remote: string;
  /** `copied`: the file of the source as it is; `merged`: joined by observation; `unchanged`: nothing new. */
  readonly change: 'copied' | 'merged' | 'unchanged';
  /** The destination had such an index before. */
  readonly existed: boolean;
  readonly prefer: Preference;
  readonly remoteRows: number;
  readonly localRows: number;
  readonly removedLocalRows: number;
  readonly skippedRemoteRows: number;
}

/** The result of a copy. */
export interface CopyResult {
  /** Data files that the selection names. */
  readonly filesFound: number;
  readonly filesCopied: number;
  /** Files that were there before and stay. */
  readonly filesKept: number;
  readonly bytesCopied: number;
  /** Those of them that an interrupted copy had brought. */
  readonly bytesResumed: number;
  /** Files that did not arrive; the index of the destination does not list them. */
  readonly failed: readonly FailedFile[];
  /** What is not as the source says, though it is what the source holds. */
  readonly warnings: readonly string[];
  /** Files whose own checksums are wrong, in words; only where that was asked for. */
  readonly damaged: readonly string[];
  readonly missingRuns: readonly string[];
  /** Files that were removed because the source no longer has them. */
  readonly removed: readonly string[];
  /** Names of the datasets in the master index of the destination. */
  readonly datasets: readonly string[];
}
