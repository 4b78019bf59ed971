import type { ObservationId } from '../gadf/index.ts';

/**
 * How bad it is. `error`: an analysis fails, or gives a wrong result. `warning`: against the specification, but tools
 * cope, or likely but not certainly wrong. `note`: allowed, and worth knowing.
 */
export type Severity = 'error' | 'warning' | 'note';

/** From the worst to the least. */
export const SEVERITIES: readonly Severity[] = ['error', 'warning', 'note'];

/** Where something was found; as much of it as there is. */
export interface Place {
  /** The file as people see it. */
  readonly uri: string;
  /** Name of the dataset in the master index. */
  readonly dataset?: string | undefined;
  readonly obsId?: ObservationId | undefined;
  /** Position of the HDU in its file, from 0, and its EXTNAME. */
  readonly hdu?: { readonly index: number; readonly name: string } | undefined;
}

/** What a rule found. */
export interface Finding extends Place {
  /** The rule. */
  readonly code: string;
  readonly severity: Severity;
  /** One sentence for people. */
  readonly message: string;
  /** Name of the column, or keyword of the card. */
  readonly column?: string | undefined;
  readonly card?: string | undefined;
  /** First row with the fault, from 1. */
  readonly row?: number | undefined;
  /** The first few rows with the same fault, and how many there are in all; absent where there is one. */
  readonly rows?: readonly number[] | undefined;
  readonly count?: number | undefined;
  /** What stands there, and what the specification wants. */
  readonly found?: string | undefined;
  readonly wanted?: string | undefined;
  /** Where it says so. */
  readonly clause: string;
  /** How it could be put right without a new measurement; absent where it cannot. */
  readonly repair?: Repair | undefined;
}

/** A keyword and the value that it shall have; `found` is `null` where it is missing. */
export interface CardChange {
  readonly keyword: string;
  readonly found: string | number | boolean | null;
  readonly value: string | number | boolean;
}

/** A cell of a table, by its row from 1, and the value that it shall have. */
export interface CellChange {
  readonly row: number;
  readonly found: string | number;
  readonly value: string | number;
}

/**
 * A change of the data that puts a finding right, is certain, and touches nothing that was measured: neither events nor
 * responses, directions, times, or exposures. `at` tells where, if that is not the place of the finding.
 */
export type Repair = { readonly at?: Place } & (
  | { readonly kind: 'set-cards'; readonly cards: readonly CardChange[] }
  /** Cells of an index table. */
  | { readonly kind: 'set-cells'; readonly column: string; readonly cells: readonly CellChange[] }
  /** Where rows of an HDU index find their files: paths inside of the store. */
  | { readonly kind: 'set-paths'; readonly paths: readonly CellChange[] }
  /** Rows of good time intervals, by the values of a column. */
  | { readonly kind: 'sort-rows'; readonly column: string }
  /** A key of the entry of the master index that has this position, from 0. */
  | {
      readonly kind: 'set-master';
      readonly entry: number;
      readonly key: string;
      readonly found: string | number;
      readonly value: string | number;
    }
  | { readonly kind: 'update-checksum' }
);

/** What a rule tells of a finding: the rest is known from the rule and the place. */
export type Report = (
  place: Place,
  detail: Omit<Finding, keyof Place | 'code' | 'severity' | 'clause'> & {
    readonly severity?: Severity;
    readonly clause?: string;
  },
) => void;
