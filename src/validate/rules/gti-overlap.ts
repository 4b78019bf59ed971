import { numbersOf } from '../row-batch.ts';
import { RowTally } from '../row-tally.ts';
import type { Rule } from '../rule.ts';

/** Days that were counted by a double are exact to a microsecond; headers and writers may round further. */
const TOLERANCE_SECONDS = 1e-3;

export const gtiOverlap: Rule = {
  code: 'gti-overlap',
  severity: 'error',
  title: 'Good time intervals overlap, so that time is counted twice.',
  detail: 'By more than a millisecond, which the rounding of times may make, in the order of START.',
  clause: 'GADF v0.3 gti; OGIP/93-003 (GTI)',
  checks: {
    table: ({ format, place }, table, report) => {
      const [starts, stops] = [numbersOf(table, 'START'), numbersOf(table, 'STOP')];
      if (format?.type !== 'gti' || starts === undefined || stops === undefined) return;
      const order = Array.from({ length: table.rowCount }, (_, row) => row);
      order.sort((left, right) => (starts[left] as number) - (starts[right] as number));
      const tally = new RowTally();
      let end = Number.NEGATIVE_INFINITY;
      for (const row of order) {
        if ((starts[row] as number) < end - TOLERANCE_SECONDS)
          tally.add(row, `begins ${starts[row]}, the one before ends ${end}`);
        end = Math.max(end, stops[row] as number);
      }
      if (!tally.any) return;
      const message = `${tally.of(table.rowCount)}: the interval begins before an earlier one has ended.`;
      report(place, { column: 'START', message, ...tally.detail() });
    },
  },
};
