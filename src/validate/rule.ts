import type { BinTable } from '../fits/index.ts';
import type { DatasetFacts, FileFacts, HduFacts, ObservationFacts, StoreFacts } from './facts.ts';
import type { Report, Severity } from './finding.ts';
import type { RowBatch } from './row-batch.ts';

/** What a rule looks at. Every hook may be called many times; those that need data are not called with `--fast`. */
export interface RuleChecks {
  readonly store?: (store: StoreFacts, report: Report) => void;
  /** When both indexes were read. */
  readonly dataset?: (dataset: DatasetFacts, report: Report) => void;
  /** A file with its headers, index files included. */
  readonly file?: (file: FileFacts, report: Report) => void;
  /** The header of an HDU, index tables included. */
  readonly hdu?: (hdu: HduFacts, report: Report) => void;
  /** The observation index. */
  readonly obsIndex?: (hdu: HduFacts, table: BinTable, report: Report) => void;
  /** A table whose rows are few or long enough to be held at once: index tables, good times, responses. */
  readonly table?: (hdu: HduFacts, table: BinTable, report: Report) => void;
  /** An event list or pointing table, in batches of rows. */
  readonly rows?: (hdu: HduFacts, observation: ObservationFacts | undefined, report: Report) => RowVisitor | undefined;
  /** An observation, when all its files were read. */
  readonly observation?: (observation: ObservationFacts, report: Report) => void;
  /** A dataset, when all its files were read. */
  readonly totals?: (dataset: DatasetFacts, totals: DatasetTotals, report: Report) => void;
}

export interface RowVisitor {
  readonly batch: (rows: RowBatch) => void;
  readonly end?: () => void;
}

/** Sums over the observations of a dataset. */
export interface DatasetTotals {
  /** `undefined` if there is no observation index. */
  readonly observations: number | undefined;
  /** `undefined` if an event list is missing. */
  readonly events: number | undefined;
  /** Sum of ONTIME of the event lists; `undefined` if one lacks it. */
  readonly ontimeSeconds: number | undefined;
}

/** A rule of the catalogue. */
export interface Rule {
  /** Short and stable: people write it into `--ignore`. */
  readonly code: string;
  /** The most severe that it finds. */
  readonly severity: Severity;
  /** What is wrong where it strikes, as one sentence. */
  readonly title: string;
  /** What it compares, with its tolerances, and when it is only a warning. */
  readonly detail: string;
  /** What asks for it. */
  readonly clause: string;
  readonly checks: RuleChecks;
  /** What a repair changes, and when there is one; absent where nothing is certain enough. */
  readonly repairs?: string;
}

/** Whether a rule has something to do when only indexes and headers are read. */
export function isFast({ checks }: Rule): boolean {
  return Object.keys(checks).some((hook) => hook !== 'table' && hook !== 'rows');
}
