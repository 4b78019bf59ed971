import type { IndexPair } from '../find-indexes.ts';

/** What indexing tells while it works. */
export type IndexEvent =
  /** More files that are to be looked at: for their headers, and where their MD5 is wanted, whole. */
  | { readonly type: 'plan'; readonly files: number }
  /** One of them was looked at; what could not be used is among the problems of the result. */
  | { readonly type: 'file'; readonly path: string; readonly bytes: number };

/** What became, or would become, of one dataset. */
export interface IndexedDataset extends IndexPair {
  readonly name: string;
  readonly observations: number;
  readonly ontimeSeconds: number | undefined;
  readonly events: number;
  readonly diskBytes: number;
  /** Number of HDUs by HDU_CLASS, in the order of the index. */
  readonly hduClasses: Readonly<Record<string, number>>;
  /** Whether the index files, or one of them, was there before. */
  readonly existed: boolean;
}

/** The result of indexing. */
export interface IndexResult {
  readonly master: string;
  readonly datasets: readonly IndexedDataset[];
  /** Files that were looked at, and of these, those whose headers were read this time. */
  readonly files: number;
  readonly filesRead: number;
  /** Changes since the last time, where that was asked for. */
  readonly changes: IndexChanges | undefined;
  /** The index that is there tells all of this already: there was nothing to write. */
  readonly isCurrent: boolean;
  /** Whether anything was written. */
  readonly written: boolean;
  /** What could not be listed, and why. */
  readonly problems: readonly string[];
  readonly notes: readonly string[];
}

/** Data files that differ from those that the last index was made of; paths in the store. */
export interface IndexChanges {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}
