import { numbersOf } from '../row-batch.ts';
import { RowTally } from '../row-tally.ts';
import type { Rule } from '../rule.ts';

export const zenith: Rule = {
  code: 'zenith',
  severity: 'warning',
  title: 'ZEN_PNT and ALT_PNT do not add to 90°.',
  detail: 'In the observation index, to 0.1°.',
  clause: 'GADF v0.3 coordinates, Alt / Az',
  checks: {
    obsIndex: ({ place }, table, report) => {
      const [zen, alt] = [numbersOf(table, 'ZEN_PNT'), numbersOf(table, 'ALT_PNT')];
      if (zen === undefined || alt === undefined) return;
      const tally = new RowTally();
      for (let row = 0; row < table.rowCount; row++) {
        if (Math.abs((zen[row] as number) + (alt[row] as number) - 90) > 0.1)
          tally.add(row, `${zen[row]} and ${alt[row]}`);
      }
      if (!tally.any) return;
      const message = `ZEN_PNT + ALT_PNT is not 90 in ${tally.of(table.rowCount)} of the observation index: ${tally.examples.join('; ')}.`;
      report(place, { column: 'ZEN_PNT', message, ...tally.detail() });
    },
  },
};
