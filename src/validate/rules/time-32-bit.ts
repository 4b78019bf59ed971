import { parseTForm } from '../../fits/index.ts';
import type { HeaderFacts, ObservationFacts } from '../facts.ts';
import type { Report } from '../finding.ts';
import { headerNumber, headerText } from '../header-values.ts';
import { numbersOf } from '../row-batch.ts';
import type { Rule } from '../rule.ts';
import { isRounded, referenceOf, shiftSeconds } from '../times.ts';

export const time32Bit: Rule = {
  code: 'time-32-bit',
  severity: 'error',
  title: 'Times were stored as 32-bit numbers, which makes them wrong by up to a minute.',
  detail:
    'Columns: TIME of events and pointings, START and STOP of good times, TSTART, TSTOP and other times of the ' +
    'observation index. Numbers that have 64 bits by now, but were rounded before: TSTART or TSTOP of an event header ' +
    'that is just what 32 bits leave of the first START or last STOP of the good times, which lies outside of the ' +
    'observation for that reason; and of the observation index that is what they leave of the event header. Rows of a ' +
    'column that has 32 bits are not told one by one.',
  clause: 'GADF v0.3 time, precision',
  checks: {
    hdu: ({ format, header, place, scan }, report) => {
      if (format === undefined || scan.kind !== 'bintable') return;
      const count = header.get('TFIELDS');
      for (let n = 1; n <= (typeof count === 'number' ? Math.min(count, 999) : 0); n += 1) {
        const name = headerText(header, `TTYPE${n}`)?.toUpperCase();
        const spec = format.columns.find((each) => each.name === name);
        const form = parseTForm(headerText(header, `TFORM${n}`) ?? '');
        if (spec?.kind !== 'double' || form?.code !== 'E') continue;
        const message = `The times in column ${spec.name} have 32 bits: a year after the reference they are exact to 2 s, after ten to 32 s.`;
        report(place, { column: spec.name, message, found: '32 bits', wanted: '64 bits (TFORM D)' });
      }
    },
    observation: (facts, report) => {
      const { events } = facts;
      if (events === undefined) return;
      checkHeader(facts, events, report);
      checkIndex(facts, events, report);
    },
  },
};

function checkHeader({ goodTime }: ObservationFacts, events: HeaderFacts, report: Report): void {
  if (goodTime === undefined || goodTime.starts.length === 0) return;
  const shift = shiftSeconds(referenceOf(goodTime.header), referenceOf(events.header));
  const first = goodTime.starts.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY) + shift;
  const last = goodTime.stops.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY) + shift;
  for (const [card, exact, sign] of [
    ['TSTART', first, -1],
    ['TSTOP', last, 1],
  ] as const) {
    const time = headerNumber(events.header, card);
    // Good time that is inside of the observation may end there by chance.
    if (time === undefined || !isRounded(time, exact) || (exact - time) * sign <= 1) continue;
    const message = `${card} is ${time}: what 32 bits leave of ${exact}, the edge of the good time.`;
    report(events.place, { card, message, found: String(time), wanted: String(exact) });
  }
}

function checkIndex(
  { dataset: { obsIndex }, obsRow, id }: ObservationFacts,
  events: HeaderFacts,
  report: Report,
): void {
  if (obsIndex === undefined || obsRow === undefined) return;
  for (const column of ['TSTART', 'TSTOP']) {
    // The column itself was told.
    if (obsIndex.table.column(column)?.form.code === 'E') continue;
    const [here, there] = [numbersOf(obsIndex.table, column)?.[obsRow], headerNumber(events.header, column)];
    if (here === undefined || there === undefined || !isRounded(here, there)) continue;
    const message = `${column} of the observation index is ${here}: what 32 bits leave of ${there} in the event header.`;
    const place = { ...obsIndex.place, obsId: id };
    report(place, { column, row: obsRow + 1, message, found: String(here), wanted: String(there) });
  }
}
