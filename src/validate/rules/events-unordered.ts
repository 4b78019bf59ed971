import { RowTally } from '../row-tally.ts';
import type { Rule } from '../rule.ts';

export const eventsUnordered: Rule = {
  code: 'events-unordered',
  severity: 'note',
  title: 'Events are not in the order of time.',
  detail: 'The specification recommends it and does not ask for it. Not with --fast.',
  clause: 'GADF v0.3 events',
  checks: {
    rows: ({ format, place }, _, report) => {
      if (format?.type !== 'events') return undefined;
      const tally = new RowTally();
      let before = Number.NEGATIVE_INFINITY;
      let total = 0;
      return {
        batch: (batch) => {
          const times = batch.numbers('TIME');
          for (let i = 0; times !== undefined && i < batch.length; i++) {
            const time = times[i] as number;
            if (time < before) tally.add(batch.firstRow + i, time);
            before = time;
          }
          total += batch.length;
        },
        end: () => {
          if (!tally.any) return;
          const message = `${tally.of(total)}: the event is earlier than the one above it.`;
          report(place, { column: 'TIME', message, ...tally.detail() });
        },
      };
    },
  },
};
