import type { Severity } from '../finding.ts';
import { type ResponseAxis, readAxes } from '../response.ts';
import type { Rule } from '../rule.ts';

/** Edges are often stored with 32 bits. */
const SAME = 1e-4;

export const responseAxes: Rule = {
  code: 'response-axes',
  severity: 'error',
  title: 'The bins of a response are not in order, overlap, or have edges that are not possible.',
  detail:
    'Edges must be numbers, energies above 0, offsets and radii 0 or more; upper edges above lower ones; bins rising and ' +
    'not overlapping. Bins whose two edges are equal are nodes between which tools interpolate: a note. Gaps between ' +
    'bins, and an energy of 0 as the first edge, are a warning. Edges are compared to a part in 10 000. Not with --fast.',
  clause: 'GADF v0.3 IRF axes; OGIP CAL/GEN/92-003 §7',
  checks: {
    table: (hdu, table, report) => {
      for (const axis of readAxes(hdu, table)) {
        for (const { severity, text, bin } of faultsOf(axis)) {
          const edges = `${axis.low[bin]} to ${axis.high[bin]}`;
          const message = `The axis ${axis.name} ${text}: bin ${bin + 1} is ${edges}.`;
          report(hdu.place, { severity, column: axis.columns[0], message, found: edges });
        }
      }
    },
  },
};

interface AxisFault {
  readonly severity: Severity;
  readonly text: string;
  readonly bin: number;
}

/** The first fault of each kind. */
function faultsOf({ name, low, high, length }: ResponseAxis): AxisFault[] {
  const faults = new Map<string, AxisFault>();
  const add = (severity: Severity, text: string, bin: number): void => {
    if (!faults.has(text)) faults.set(text, { severity, text, bin });
  };
  for (let bin = 0; bin < length; bin++) {
    const [from, to] = [low[bin] as number, high[bin] as number];
    if (!Number.isFinite(from) || !Number.isFinite(to)) {
      add('error', 'has edges that are no numbers', bin);
      continue;
    }
    if (name === 'ENERG' && (from < 0 || to <= 0)) add('error', 'has energies that are not positive', bin);
    else if (name === 'ENERG' && from === 0) add('warning', 'begins at an energy of 0', bin);
    if (['THETA', 'RAD', 'MIGRA'].includes(name) && from < -SAME * Math.abs(to))
      add('error', 'has negative edges', bin);
    if (to < from) add('error', 'has an upper edge below the lower one', bin);
    else if (to === from) add('note', 'has nodes instead of bins', bin);
    if (bin === 0) continue;
    const [beforeFrom, beforeTo] = [low[bin - 1] as number, high[bin - 1] as number];
    const scale = SAME * Math.max(Math.abs(from), Math.abs(beforeTo), Math.abs(to - from));
    if (from <= beforeFrom) add('error', 'does not rise', bin);
    else if (from < beforeTo - scale) add('error', 'has bins that overlap', bin);
    else if (from > beforeTo + scale && beforeTo > beforeFrom) add('warning', 'has a gap before a bin', bin);
  }
  return [...faults.values()];
}
