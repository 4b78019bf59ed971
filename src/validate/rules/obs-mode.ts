import { headerText } from '../header-values.ts';
import { textOf } from '../row-batch.ts';
import { RowTally } from '../row-tally.ts';
import type { Rule } from '../rule.ts';

/** The first four are those of OGIP/94-001. */
const MODES = ['POINTING', 'RASTER', 'SLEW', 'SCAN', 'DRIFT'];

export const obsMode: Rule = {
  code: 'obs-mode',
  severity: 'warning',
  title: 'OBS_MODE is none of the modes that the specification knows.',
  detail:
    'Since v0.3 it decides what a pointing means: POINTING, RASTER, SLEW, SCAN or DRIFT, also for wobble observations, ' +
    'which are POINTING. Earlier versions left it open and are not checked.',
  clause: 'GADF v0.3 events, obs-index: OBS_MODE',
  checks: {
    hdu: ({ format, version, header, place }, report) => {
      const found = headerText(header, 'OBS_MODE');
      if (format?.type !== 'events' || version !== '0.3' || found === undefined || MODES.includes(found.toUpperCase()))
        return;
      report(place, { card: 'OBS_MODE', message: `OBS_MODE is "${found}".`, found, wanted: MODES.join(', ') });
    },
    obsIndex: ({ version, place }, table, report) => {
      if (version !== '0.3' || table.column('OBS_MODE') === undefined) return;
      const tally = new RowTally();
      for (let row = 0; row < table.rowCount; row++) {
        const mode = textOf(table, 'OBS_MODE', row) ?? '';
        if (!MODES.includes(mode.toUpperCase())) tally.add(row, mode);
      }
      if (!tally.any) return;
      const message = `OBS_MODE in ${tally.of(table.rowCount)} of the observation index is "${tally.examples[0]}".`;
      report(place, { column: 'OBS_MODE', message, ...tally.detail(), wanted: MODES.join(', ') });
    },
  },
};
