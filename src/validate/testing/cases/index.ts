import type { FaultCase } from './case.ts';
import { DIRECTION_CASES } from './direction-cases.ts';
import { FITS_CASES } from './fits-cases.ts';
import { FORMAT_CASES } from './format-cases.ts';
import { INDEX_CASES } from './index-cases.ts';
import { RESPONSE_CASES } from './response-cases.ts';
import { STORE_CASES } from './store-cases.ts';
import { TIME_CASES } from './time-cases.ts';

export type { FaultCase } from './case.ts';
export { GOOD_RESPONSES } from './response-cases.ts';

/** Stores with one fault each. */
export const CASES: readonly FaultCase[] = [
  ...STORE_CASES,
  ...INDEX_CASES,
  ...FITS_CASES,
  ...FORMAT_CASES,
  ...TIME_CASES,
  ...DIRECTION_CASES,
  ...RESPONSE_CASES,
];
