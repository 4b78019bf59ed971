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

/** A change of the data that puts a finding right. */
export type Repair =
  | {
      readonly kind: 'set-card';
      readonly keyword: string;
      readonly value: string | number | boolean;
    }
  | { readonly kind: 'set-cell'; readonly column: string; readonly row: number; readonly value: string | number }
  | { readonly kind: 'set-master'; readonly key: string; readonly value: string | number }
  | { readonly kind: 'update-checksum' };

/** What a rule tells of a finding: the rest is known from the rule and the place. */
export type Report = (
  place: Place,
  detail: Omit<Finding, keyof Place | 'code' | 'severity' | 'clause'> & {
    readonly severity?: Severity;
    readonly clause?: string;
  },
) => void;
