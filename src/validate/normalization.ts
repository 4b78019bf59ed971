import type { Severity } from './finding.ts';

const MOST = 1.1;
const LEAST = 0.9;
/** A few bins are bad luck of a simulation; a tenth of them is a fault of the writer. */
const MANY = 0.1;

export interface NormalizationFault {
  readonly severity: Severity;
  readonly text: string;
  readonly found: string;
}

/**
 * Integrals of a density that should be one. Those that are zero, or no numbers, are left out.
 *
 * @param isGadf whether the HDU claims to be of GADF: other formats leave the norm to the reader, and get warnings only.
 */
export function normalizationFaults(sums: ArrayLike<number>, isGadf: boolean): NormalizationFault[] {
  const used = Array.from(sums).filter((sum) => Number.isFinite(sum) && sum !== 0);
  const above = used.filter((sum) => sum > MOST);
  const below = used.filter((sum) => sum < LEAST);
  const faults: NormalizationFault[] = [];
  const count = (part: readonly number[]): string => `${part.length} of ${used.length} integrals`;
  if (above.length > 0) {
    const most = above.reduce((left, right) => Math.max(left, right));
    const severity = isGadf && above.length >= MANY * used.length ? 'error' : 'warning';
    faults.push({ severity, text: `${count(above)} are above ${MOST}, up to ${digits(most)}`, found: digits(most) });
  }
  if (below.length > 0) {
    const least = below.reduce((left, right) => Math.min(left, right));
    const text = `${count(below)} are below ${LEAST}, down to ${digits(least)}`;
    faults.push({ severity: 'warning', text, found: digits(least) });
  }
  return faults;
}

function digits(value: number): string {
  return String(Number(value.toPrecision(4)));
}
