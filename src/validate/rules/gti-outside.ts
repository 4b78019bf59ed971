import { headerNumber } from '../header-values.ts';
import { RowTally } from '../row-tally.ts';
import type { Rule } from '../rule.ts';
import { explainShift, referenceOf, roundingSeconds, shiftSeconds } from '../times.ts';

/** Writers round. */
const TOLERANCE_SECONDS = 1;

/** What went through 32 bits is told by time-32-bit. */
function tolerance(time: number): number {
  return Math.max(TOLERANCE_SECONDS, roundingSeconds(time));
}

export const gtiOutside: Rule = {
  code: 'gti-outside',
  severity: 'warning',
  title: 'Good time intervals lie outside of the observation.',
  detail:
    'Before TSTART or after TSTOP of the event header by more than a second, all as moments by their own time references. ' +
    'An interval that does not touch the observation at all is an error. A shift that is one of two time scales is told ' +
    'by time-offset instead, and TSTART and TSTOP that were rounded to 32 bits by time-32-bit.',
  clause: 'GADF v0.3 gti, events',
  checks: {
    observation: ({ events, goodTime }, report) => {
      if (events === undefined || goodTime === undefined) return;
      const [start, stop] = [headerNumber(events.header, 'TSTART'), headerNumber(events.header, 'TSTOP')];
      if (start === undefined || stop === undefined) return;
      const reference = referenceOf(events.header);
      const shift = shiftSeconds(referenceOf(goodTime.header), reference);
      const tallies = { part: new RowTally(), whole: new RowTally() };
      const { starts, stops } = goodTime;
      for (let row = 0; row < starts.length; row++) {
        const [from, to] = [(starts[row] as number) + shift, (stops[row] as number) + shift];
        const isOutside = from < start - tolerance(start) || to > stop + tolerance(stop);
        if (!isOutside) continue;
        const off = from - start;
        if (Math.abs(off - (to - stop)) < 0.05 && explainShift(off, reference, start) !== undefined) continue;
        (to < start || from > stop ? tallies.whole : tallies.part).add(row, `${starts[row]} to ${stops[row]}`);
      }
      const wanted = `${start - shift} to ${stop - shift}`;
      for (const [tally, severity] of [
        [tallies.whole, 'error'],
        [tallies.part, 'warning'],
      ] as const) {
        if (!tally.any) continue;
        const how = severity === 'error' ? 'outside' : 'in part outside';
        const message = `${tally.of(starts.length)}: the interval is ${how} of the observation, which is ${wanted}.`;
        report(goodTime.place, { severity, column: 'START', message, ...tally.detail(), wanted });
      }
    },
  },
};
