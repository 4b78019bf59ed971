import { headerNumber } from '../header-values.ts';
import { numbersOf } from '../row-batch.ts';
import { RowTally } from '../row-tally.ts';
import type { Rule } from '../rule.ts';

export const deadTime: Rule = {
  code: 'dead-time',
  severity: 'error',
  title: 'DEADC is not between 0 and 1, or a time of observation is negative.',
  detail:
    'DEADC, ONTIME and LIVETIME of event headers and of the observation index. DEADC is the part of the time that ' +
    'counts: 1 means no dead time. DEADC of 0 beside an ONTIME that is not 0 is a warning: nothing could be measured.',
  clause: 'GADF v0.3 events, obs-index: DEADC',
  checks: {
    hdu: ({ format, header, place }, report) => {
      if (format?.type !== 'events') return;
      for (const card of ['DEADC', 'ONTIME', 'LIVETIME']) {
        const value = headerNumber(header, card);
        if (value === undefined || isGood(card, value)) continue;
        const wanted = card === 'DEADC' ? '0 to 1' : '0 or more';
        report(place, { card, message: `${card} is ${value}, needed ${wanted}.`, found: String(value), wanted });
      }
      if (headerNumber(header, 'DEADC') !== 0 || !headerNumber(header, 'ONTIME')) return;
      report(place, { severity: 'warning', card: 'DEADC', message: 'DEADC is 0: no time counts.', found: '0' });
    },
    obsIndex: ({ place }, table, report) => {
      for (const column of ['DEADC', 'ONTIME', 'LIVETIME']) {
        const values = numbersOf(table, column);
        const tally = new RowTally();
        for (let row = 0; values !== undefined && row < table.rowCount; row++) {
          const value = values[row] as number;
          if (!Number.isNaN(value) && !isGood(column, value)) tally.add(row, value);
        }
        if (!tally.any) continue;
        const wanted = column === 'DEADC' ? '0 to 1' : '0 or more';
        const message = `${column} is not ${wanted} in ${tally.of(table.rowCount)} of the observation index.`;
        report(place, { column, message, ...tally.detail(), wanted });
      }
    },
  },
};

function isGood(name: string, value: number): boolean {
  return name === 'DEADC' ? value >= 0 && value <= 1 + 1e-6 : value >= 0;
}
