import { headerNumber, headerText } from '../header-values.ts';
import { isDrift } from '../observation-mode.ts';
import { numbersOf } from '../row-batch.ts';
import { RowTally } from '../row-tally.ts';
import type { Rule } from '../rule.ts';

const DAY_SECONDS = 86400;

export const timeSpan: Rule = {
  code: 'time-span',
  severity: 'error',
  title: 'An observation ends before it begins, or lasts longer than a day.',
  detail:
    'TSTART and TSTOP of event headers, and of the observation index. More than a day is a warning, but for OBS_MODE ' +
    'DRIFT: instruments that do not move may observe for years.',
  clause: 'GADF v0.3 events, obs-index: TSTART and TSTOP',
  checks: {
    hdu: ({ format, header, place }, report) => {
      if (format?.type !== 'events') return;
      const [start, stop] = [headerNumber(header, 'TSTART'), headerNumber(header, 'TSTOP')];
      if (start === undefined || stop === undefined || (stop > start && stop - start <= DAY_SECONDS)) return;
      const severity = stop > start ? 'warning' : 'error';
      if (severity === 'warning' && isDrift(headerText(header, 'OBS_MODE'))) return;
      const message =
        stop > start
          ? `The observation lasts ${stop - start} s, more than a day.`
          : `TSTOP is ${stop}, TSTART is ${start}.`;
      report(place, { severity, card: 'TSTOP', message, found: `${start} to ${stop}`, wanted: 'TSTART < TSTOP' });
    },
    obsIndex: ({ place }, table, report) => {
      const [starts, stops] = [numbersOf(table, 'TSTART'), numbersOf(table, 'TSTOP')];
      if (starts === undefined || stops === undefined) return;
      const tally = new RowTally();
      for (let row = 0; row < table.rowCount; row++) {
        if (!((stops[row] as number) > (starts[row] as number))) tally.add(row, `${starts[row]} to ${stops[row]}`);
      }
      if (!tally.any) return;
      const message = `${tally.of(table.rowCount)} of the observation index have a TSTOP that is not after TSTART.`;
      report(place, { column: 'TSTOP', message, ...tally.detail(), wanted: 'TSTART < TSTOP' });
    },
  },
};
