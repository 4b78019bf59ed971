import { RowTally } from '../row-tally.ts';
import type { Rule } from '../rule.ts';
import { eachTime } from '../time-order.ts';

export const pointingTable: Rule = {
  code: 'pointing-table',
  severity: 'error',
  title: 'A pointing table has no rows, or rows that are not in the order of time.',
  detail: 'Pointings between two rows are interpolated. Equal times are a warning. Not with --fast.',
  clause: 'GADF v0.3 pointing',
  checks: {
    rows: ({ format, place }, _, report) => {
      if (format?.type !== 'pointing') return undefined;
      const tallies = { back: new RowTally(), same: new RowTally(), none: new RowTally() };
      return eachTime(
        (time, before, row) => {
          if (!Number.isFinite(time)) tallies.none.add(row, time);
          else if (time < before) tallies.back.add(row, time);
          else if (time === before) tallies.same.add(row, time);
        },
        (total) => {
          if (total === 0) report(place, { message: 'The pointing table has no rows.', found: '0 rows' });
          for (const [tally, severity, what] of [
            [tallies.none, 'error', 'TIME is no number'],
            [tallies.back, 'error', 'TIME is before that of the row above'],
            [tallies.same, 'warning', 'TIME is that of the row above'],
          ] as const) {
            if (tally.any)
              report(place, { severity, column: 'TIME', message: `${tally.of(total)}: ${what}.`, ...tally.detail() });
          }
        },
      );
    },
  },
};
