import { headerNumber } from '../header-values.ts';
import { RowTally } from '../row-tally.ts';
import type { Rule } from '../rule.ts';
import { referenceOf, roundingSeconds, shiftSeconds } from '../times.ts';

/** Times of events may be rounded otherwise than those of the intervals. */
const TOLERANCE_SECONDS = 1e-3;

export const eventsOutsideGti: Rule = {
  code: 'events-outside-gti',
  severity: 'error',
  title: 'Events lie outside of the good time, or of the observation.',
  detail:
    'TIME against the intervals of the GTI table to a millisecond, as moments by their own time references: a warning, as ' +
    'tools leave such events out. Events that are outside of TSTART to TSTOP by more than a second are an error. ' +
    'Not with --fast.',
  clause: 'GADF v0.3 events, gti',
  checks: {
    rows: (hdu, observation, report) => {
      if (hdu.format?.type !== 'events') return undefined;
      const [start, stop] = [headerNumber(hdu.header, 'TSTART'), headerNumber(hdu.header, 'TSTOP')];
      const [earliest, latest] = [withSlack(start, -1), withSlack(stop, 1)];
      const intervals = sortedIntervals(observation?.goodTime, hdu.header);
      const tallies = { observation: new RowTally(), goodTime: new RowTally() };
      let total = 0;
      return {
        batch: (batch) => {
          const times = batch.numbers('TIME');
          for (let i = 0; times !== undefined && i < batch.length; i++) {
            const time = times[i] as number;
            if (time < earliest || time > latest) {
              tallies.observation.add(batch.firstRow + i, time);
            } else if (intervals !== undefined && !isInside(time, intervals))
              tallies.goodTime.add(batch.firstRow + i, time);
          }
          total += batch.length;
        },
        end: () => {
          for (const [tally, severity, what] of [
            [tallies.observation, 'error', `the observation, TSTART ${start} to TSTOP ${stop}`],
            [tallies.goodTime, 'warning', 'all good time intervals'],
          ] as const) {
            if (!tally.any) continue;
            const message = `${tally.of(total)}: the event is outside of ${what}.`;
            report(hdu.place, { severity, column: 'TIME', message, ...tally.detail() });
          }
        },
      };
    },
  },
};

/** A second, or what 32 bits may have cost (which time-32-bit tells). */
function withSlack(time: number | undefined, sign: 1 | -1): number {
  return time === undefined ? Number.NaN : time + sign * Math.max(1, roundingSeconds(time));
}

interface Intervals {
  readonly starts: Float64Array;
  /** The latest end of all intervals that begin up to this one. */
  readonly ends: Float64Array;
}

function sortedIntervals(
  goodTime: { starts: Float64Array; stops: Float64Array; header: Parameters<typeof referenceOf>[0] } | undefined,
  header: Parameters<typeof referenceOf>[0],
): Intervals | undefined {
  if (goodTime === undefined) return undefined;
  const shift = shiftSeconds(referenceOf(goodTime.header), referenceOf(header));
  const order = Array.from(goodTime.starts.keys()).sort(
    (left, right) => (goodTime.starts[left] as number) - (goodTime.starts[right] as number),
  );
  const starts = Float64Array.from(order, (row) => (goodTime.starts[row] as number) + shift - TOLERANCE_SECONDS);
  const ends = Float64Array.from(order, (row) => (goodTime.stops[row] as number) + shift + TOLERANCE_SECONDS);
  for (let i = 1; i < ends.length; i++) ends[i] = Math.max(ends[i] as number, ends[i - 1] as number);
  return { starts, ends };
}

function isInside(time: number, { starts, ends }: Intervals): boolean {
  // A time that is no number is told by event-values.
  if (Number.isNaN(time)) return true;
  let [low, high] = [0, starts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] as number) <= time) low = middle + 1;
    else high = middle;
  }
  return low > 0 && time <= (ends[low - 1] as number);
}
