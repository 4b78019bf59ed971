import type { ObservationId } from '../../gadf/index.ts';
import type { Rule } from '../rule.ts';

export const obsIdBoth: Rule = {
  code: 'obs-id-both',
  severity: 'error',
  title: 'An observation stands in one of the two indexes only.',
  detail: 'One that only the HDU index has is a warning: it can be used, but not be found.',
  clause: 'GADF v0.3 hdu-index, obs-index',
  checks: {
    dataset: ({ hduIndex, obsIndex, observations }, report) => {
      if (hduIndex === undefined || obsIndex === undefined) return;
      const onlyObs: ObservationId[] = [];
      const onlyHdu: ObservationId[] = [];
      for (const [id, { hduRows, obsRows }] of observations) {
        if (hduRows.length === 0) onlyObs.push(id);
        else if (obsRows.length === 0) onlyHdu.push(id);
      }
      for (const [ids, place, severity, message] of [
        [onlyObs, obsIndex.place, 'error', 'in the observation index, and not in the HDU index'],
        [onlyHdu, hduIndex.place, 'warning', 'in the HDU index, and not in the observation index'],
      ] as const) {
        const [obsId] = ids;
        if (obsId === undefined) continue;
        const listed = ids.slice(0, 5).join(', ') + (ids.length > 5 ? ', …' : '');
        const what = ids.length === 1 ? 'An observation is' : `${ids.length} observations are`;
        const count = ids.length > 1 ? { count: ids.length } : {};
        report(
          { ...place, obsId },
          { severity, column: 'OBS_ID', message: `${what} ${message}: ${listed}.`, ...count },
        );
      }
    },
  },
};
