import type { HeaderFacts, ObservationFacts } from '../facts.ts';
import type { Report } from '../finding.ts';
import { headerNumber } from '../header-values.ts';
import { numbersOf } from '../row-batch.ts';
import type { Rule } from '../rule.ts';
import {
  explainShift,
  isRounded,
  referenceOf,
  referenceOfColumn,
  roundingOfColumn,
  secondsText,
  shiftSeconds,
} from '../times.ts';

/** Times that agree to this are the same. */
const SAME_SECONDS = 0.5;

export const timeOffset: Rule = {
  code: 'time-offset',
  severity: 'error',
  title: 'Times of one observation differ by the difference of two time scales, or by leap seconds.',
  detail:
    'TSTART and TSTOP of the observation index, and the first START and last STOP of the good times, against TSTART and ' +
    'TSTOP of the event header, all as moments by their own time references. A shift is told if both ends have the same ' +
    'one and it is, to 0.05 s, one of TT - UTC (64.184 s and more), TT - TAI, TAI - UTC, GPS - UTC, or of their leap ' +
    'seconds. What a column of 32 bits rounds may be as much, and is told by time-32-bit. Other differences are told by ' +
    'index-values and gti-outside.',
  clause: 'GADF v0.3 time; FITS 4.0 §9.2',
  checks: {
    observation: (facts, report) => {
      const { events } = facts;
      const start = events && headerNumber(events.header, 'TSTART');
      const stop = events && headerNumber(events.header, 'TSTOP');
      if (events === undefined || start === undefined || stop === undefined) return;
      checkIndex(facts, events, [start, stop], report);
      checkGoodTime(facts, events, [start, stop], report);
    },
  },
};

function checkIndex(
  { dataset: { obsIndex }, obsRow, id }: ObservationFacts,
  events: HeaderFacts,
  [start, stop]: readonly [number, number],
  report: Report,
): void {
  if (obsIndex === undefined || obsRow === undefined) return;
  const reference = referenceOf(events.header);
  const shift = shiftSeconds(referenceOfColumn(obsIndex.table, 'TSTART'), reference);
  const ends = [
    ['TSTART', start],
    ['TSTOP', stop],
  ] as const;
  const offsets = ends.map(([name, wanted]) => {
    const time = numbersOf(obsIndex.table, name)?.[obsRow] ?? Number.NaN;
    const offset = time + shift - wanted;
    // What 32 bits take away may be as much as leap seconds.
    const isOfRounding = Math.abs(offset) <= roundingOfColumn(obsIndex.table, name, time) || isRounded(time, wanted);
    return isOfRounding ? 0 : offset;
  });
  const found = commonShift(offsets, (seconds) => explainShift(seconds, reference, start));
  if (found === undefined) return;
  const place = { ...obsIndex.place, obsId: id };
  const message = `TSTART and TSTOP of the observation index are ${shiftText(found)} those of the event header.`;
  report(place, { column: 'TSTART', row: obsRow + 1, message, found: secondsText(found.seconds), wanted: '0 s' });
}

function checkGoodTime(
  { goodTime }: ObservationFacts,
  events: HeaderFacts,
  [start, stop]: readonly [number, number],
  report: Report,
): void {
  if (goodTime === undefined || goodTime.starts.length === 0) return;
  const reference = referenceOf(events.header);
  const shift = shiftSeconds(referenceOf(goodTime.header), reference);
  const first = goodTime.starts.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const last = goodTime.stops.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const offsets = [first + shift - start, last + shift - stop];
  const found = commonShift(offsets, (seconds) => explainShift(seconds, reference, start));
  if (found === undefined) return;
  const message = `The good time intervals are ${shiftText(found)} TSTART and TSTOP of the event header.`;
  report(goodTime.place, { column: 'START', message, found: secondsText(found.seconds), wanted: '0 s' });
}

interface Shift {
  readonly seconds: number;
  readonly reason: string;
}

function commonShift(offsets: readonly number[], explain: (seconds: number) => string | undefined): Shift | undefined {
  const [first = Number.NaN, second = Number.NaN] = offsets;
  if (!(Math.abs(first) > SAME_SECONDS && Math.abs(first - second) < 0.05)) return undefined;
  const reason = explain(first);
  return reason === undefined ? undefined : { seconds: first, reason };
}

function shiftText({ seconds, reason }: Shift): string {
  return `${secondsText(Math.abs(seconds))} (${reason}) ${seconds > 0 ? 'after' : 'before'}`;
}
