import { idsOf } from '../index-rows.ts';
import { RowTally } from '../row-tally.ts';
import type { Rule } from '../rule.ts';

export const obsIdUnique: Rule = {
  code: 'obs-id-unique',
  severity: 'error',
  title: 'The observation index has an OBS_ID twice, or a row without one.',
  detail: 'One row per observation. The second and later rows of an OBS_ID are told; null IDs in either index, too.',
  clause: 'GADF v0.3 obs-index, OBS_ID',
  checks: {
    dataset: ({ hduIndex, obsIndex, observations, rows }, report) => {
      const tell = (index: typeof obsIndex, tally: RowTally, what: string, total: number): void => {
        if (index === undefined || !tally.any) return;
        report(index.place, { column: 'OBS_ID', message: `${tally.of(total)} ${what}.`, ...tally.detail() });
      };
      const twice = new RowTally();
      for (const [id, { obsRows }] of observations) for (const row of obsRows.slice(1)) twice.add(row, id);
      const total = obsIndex?.table.rowCount ?? 0;
      tell(obsIndex, twice, 'of the observation index have an OBS_ID that stands there before', total);
      const obsIds = obsIndex?.table.column('OBS_ID') && idsOf(obsIndex.table, obsIndex.place.uri);
      const without = new RowTally();
      for (let row = 0; obsIds !== undefined && row < total; row++) if (obsIds(row) === '') without.add(row, 'none');
      tell(obsIndex, without, 'of the observation index have no OBS_ID', total);
      const nulls = new RowTally();
      for (let row = 0; row < rows.count; row++) if (rows.id(row) === '') nulls.add(row, 'none');
      if (hduIndex?.table.column('OBS_ID')) tell(hduIndex, nulls, 'of the HDU index have no OBS_ID', rows.count);
    },
  },
};
