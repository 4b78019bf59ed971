import { RowTally } from '../row-tally.ts';
import type { Rule } from '../rule.ts';
import { eachTime } from '../time-order.ts';

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
      return eachTime(
        (time, before, row) => {
          if (time < before) tally.add(row, time);
        },
        (total) => {
          if (!tally.any) return;
          const message = `${tally.of(total)}: the event is earlier than the one above it.`;
          report(place, { column: 'TIME', message, ...tally.detail() });
        },
      );
    },
  },
};
