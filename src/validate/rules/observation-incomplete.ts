import type { Rule } from '../rule.ts';

export const observationIncomplete: Rule = {
  code: 'observation-incomplete',
  severity: 'warning',
  title: 'An observation lacks events, or responses that an analysis needs.',
  detail:
    'By the HDU index: events are a warning, good time intervals, effective area, energy dispersion and point spread ' +
    'function a note (tools can do without, or data are kept elsewhere); a point-like response (RAD_MAX is listed, or ' +
    'HDUCLAS3 of the effective area says so) needs no point spread function. A background model is optional. Files that are missing are told by file-missing.',
  clause: 'GADF v0.3 hdu-index',
  checks: {
    observation: ({ dataset, id, hduRows, pointLike }, report) => {
      if (hduRows.length === 0 || dataset.hduIndex?.table.column('HDU_TYPE') === undefined) return;
      const types = new Set(hduRows.map((row) => dataset.rows.type(row).toLowerCase()));
      const place = { ...dataset.hduIndex.place, obsId: id };
      if (!types.has('events')) {
        report(place, {
          column: 'HDU_TYPE',
          message: `The HDU index lists no events for observation ${id}.`,
          wanted: 'events',
        });
      }
      const isPointLike = types.has('rad_max') || (types.has('aeff') && pointLike !== false);
      const needed = ['gti', 'aeff', 'edisp', ...(isPointLike ? [] : ['psf'])];
      const missing = needed.filter((type) => !types.has(type));
      if (missing.length === 0) return;
      const message = `The HDU index lists no ${missing.join(', ')} for observation ${id}.`;
      report(place, { severity: 'note', column: 'HDU_TYPE', message, wanted: missing.join(', ') });
    },
  },
};
