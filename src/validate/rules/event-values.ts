import { RowTally } from '../row-tally.ts';
import type { Rule } from '../rule.ts';

export const eventValues: Rule = {
  code: 'event-values',
  severity: 'error',
  title: 'Events have energies that are not positive, or values that are no numbers.',
  detail: 'TIME, RA, DEC and ENERGY must be finite numbers, ENERGY above 0. Not with --fast.',
  clause: 'GADF v0.3 events, mandatory columns',
  checks: {
    rows: ({ format, place }, _, report) => {
      if (format?.type !== 'events') return undefined;
      const tallies = new Map(['TIME', 'RA', 'DEC', 'ENERGY'].map((name) => [name, new RowTally()]));
      let total = 0;
      return {
        batch: (batch) => {
          for (const [name, tally] of tallies) {
            const values = batch.numbers(name);
            for (let i = 0; values !== undefined && i < batch.length; i++) {
              const value = values[i] as number;
              if (!Number.isFinite(value) || (name === 'ENERGY' && value <= 0)) tally.add(batch.firstRow + i, value);
            }
          }
          total += batch.length;
        },
        end: () => {
          for (const [column, tally] of tallies) {
            if (!tally.any) continue;
            const wanted = column === 'ENERGY' ? 'a number above 0' : 'a number';
            const message = `${column} is not ${wanted} in ${tally.of(total)}: ${tally.examples.join(', ')}.`;
            report(place, { column, message, ...tally.detail(), wanted });
          }
        },
      };
    },
  },
};
