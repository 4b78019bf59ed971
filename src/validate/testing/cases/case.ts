import type { Severity } from '../../finding.ts';
import type { StoreEdit } from '../edited-store.ts';

/** A store with one fault, and what must be found in it. */
export interface FaultCase {
  readonly code: string;
  /** What is wrong; together with the code the name of the test. */
  readonly fault: string;
  readonly edit: StoreEdit;
  readonly severity: Severity;
  /** The message must match. */
  readonly message: RegExp;
  /** Rules that the same fault concerns, too. */
  readonly also?: readonly string[];
}
