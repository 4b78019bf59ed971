import { RowTally } from '../row-tally.ts';
import type { Rule } from '../rule.ts';

export const indexDuplicate: Rule = {
  code: 'index-duplicate',
  severity: 'warning',
  title: 'The HDU index has two rows of the same HDU_TYPE for an observation.',
  detail: 'Tools take one of them, and not all the same. A second row for the very same HDU is a note.',
  clause: 'GADF v0.3 hdu-index',
  checks: {
    dataset: ({ rows, hduIndex, observations }, report) => {
      if (hduIndex === undefined) return;
      const [other, same] = [new RowTally(), new RowTally()];
      for (const { hduRows } of observations.values()) {
        const first = new Map<string, number>();
        for (const row of hduRows) {
          const before = first.get(rows.type(row));
          if (before === undefined) first.set(rows.type(row), row);
          else {
            const isSame = rows.path(row) === rows.path(before) && rows.hduName(row) === rows.hduName(before);
            (isSame ? same : other).add(row, `OBS_ID ${rows.id(row)} ${rows.type(row)}`);
          }
        }
      }
      for (const [tally, severity, what] of [
        [other, 'warning', 'name another HDU of a type that the observation already has'],
        [same, 'note', 'name an HDU for the second time'],
      ] as const) {
        if (!tally.any) continue;
        const message = `${tally.of(rows.count)} of the HDU index ${what}: ${tally.examples.join(', ')}.`;
        report(hduIndex.place, { severity, column: 'HDU_TYPE', message, ...tally.detail() });
      }
    },
  },
};
