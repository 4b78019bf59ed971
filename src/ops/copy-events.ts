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
      /** How a path of the plan is shown. */
      readonly uriOf: (path: string) => string;
    }
  /** One file of the plan is done, in the order of the plan; `index` counts from 0. */
  | {
      readonly type: 'file';
      readonly index: number;
      readonly count: number;
      readonly source: string;
      readonly destination: string;
      readonly outcome: FileOutcome;
    }
  | { readonly type: 'files-done' }
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
  readonly bytesCopied: number;
  /** Files that did not arrive; the index of the destination does not list them. */
  readonly failed: readonly FailedFile[];
  readonly missingRuns: readonly string[];
  /** Names of the datasets in the master index of the destination. */
  readonly datasets: readonly string[];
}
