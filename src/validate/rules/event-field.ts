import { separationDeg } from '../../gadf/index.ts';
import { headerNumber, headerText } from '../header-values.ts';
import { RowTally } from '../row-tally.ts';
import type { Rule } from '../rule.ts';

const LIMIT_DEG = 15;

export const eventField: Rule = {
  code: 'event-field',
  severity: 'warning',
  title: 'Events are far outside of any field of view.',
  detail:
    'More than 15° from RA_PNT, DEC_PNT: no Cherenkov telescope sees that far. An error if it is half of the events or ' +
    'more: then pointing or coordinates are wrong. Not for OBS_MODE DRIFT, SLEW and RASTER, and not with --fast.',
  clause: 'GADF v0.3 events, RA_PNT, DEC_PNT',
  checks: {
    rows: ({ format, header, place }, _, report) => {
      const mode = headerText(header, 'OBS_MODE')?.toUpperCase() ?? '';
      const [ra, dec] = [headerNumber(header, 'RA_PNT'), headerNumber(header, 'DEC_PNT')];
      const moves = ['DRIFT', 'SLEW', 'RASTER'].includes(mode);
      if (format?.type !== 'events' || moves || ra === undefined || dec === undefined) return undefined;
      const tally = new RowTally();
      let total = 0;
      return {
        batch: (batch) => {
          const [ras, decs] = [batch.numbers('RA'), batch.numbers('DEC')];
          for (let i = 0; ras !== undefined && decs !== undefined && i < batch.length; i++) {
            const off = separationDeg(ra, dec, ras[i] as number, decs[i] as number);
            if (off > LIMIT_DEG) tally.add(batch.firstRow + i, `${off.toFixed(1)}°`);
          }
          total += batch.length;
        },
        end: () => {
          if (!tally.any) return;
          const severity = tally.count * 2 >= total ? 'error' : 'warning';
          const message = `${tally.of(total)}: the event is more than ${LIMIT_DEG}° from the pointing (${tally.examples.join(', ')}).`;
          report(place, { severity, column: 'RA', message, ...tally.detail(), wanted: `up to ${LIMIT_DEG}°` });
        },
      };
    },
  },
};
