import type { Repair } from '../finding.ts';
import { numbersOf } from '../row-batch.ts';
import { RowTally } from '../row-tally.ts';
import type { Rule } from '../rule.ts';

export const gtiIntervals: Rule = {
  code: 'gti-intervals',
  severity: 'error',
  title: 'A GTI table has no interval, or one that is none.',
  detail:
    'There must be at least one row; START and STOP are numbers, and STOP is not before START. An interval of length 0 ' +
    'is a warning, and so are intervals that are not in the order of time.',
  clause: 'GADF v0.3 gti',
  checks: {
    table: ({ format, place }, table, report) => {
      const [starts, stops] = [numbersOf(table, 'START'), numbersOf(table, 'STOP')];
      if (format?.type !== 'gti' || starts === undefined || stops === undefined) return;
      const total = table.rowCount;
      if (total === 0) report(place, { message: 'The GTI table has no rows.', found: '0 rows', wanted: 'at least 1' });
      const tallies = { bad: new RowTally(), empty: new RowTally(), order: new RowTally() };
      for (let row = 0; row < total; row++) {
        const [start, stop] = [starts[row] as number, stops[row] as number];
        if (!(stop >= start)) tallies.bad.add(row, `${start} to ${stop}`);
        else if (stop === start) tallies.empty.add(row, `${start} to ${stop}`);
        if (row > 0 && start < (starts[row - 1] as number)) tallies.order.add(row, start);
      }
      const sort: Repair | undefined = tallies.bad.any ? undefined : { kind: 'sort-rows', column: 'START' };
      for (const [tally, severity, what] of [
        [tallies.bad, 'error', 'end before they begin, or are no numbers'],
        [tallies.empty, 'warning', 'have no length'],
        [tallies.order, 'warning', 'begin before the interval in the row above'],
      ] as const) {
        if (!tally.any) continue;
        report(place, {
          severity,
          column: 'START',
          message: `${tally.of(total)}: the intervals ${what}.`,
          ...tally.detail(),
          ...(tally === tallies.order && sort !== undefined && { repair: sort }),
        });
      }
    },
  },
  repairs:
    'The rows are put into the order of START, if all of them are intervals. Intervals that overlap stay as they are.',
};
