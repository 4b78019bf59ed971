import { numbersOf } from '../row-batch.ts';
import type { Rule } from '../rule.ts';

export const eventCount: Rule = {
  code: 'event-count',
  severity: 'error',
  title: 'EVENT_COUNT of the observation index is not the number of events.',
  detail:
    'Against NAXIS2 of the event list. Left out where a file holds several HDU indexes, one for each event type: nobody ' +
    'knows which events were counted.',
  clause: 'GADF v0.3 obs-index, EVENT_COUNT',
  checks: {
    observation: ({ dataset, obsRow, hduRows, events, id }, report) => {
      const { obsIndex, isPart } = dataset;
      // Of several event types nobody knows which were counted.
      if (isPart) return;
      const counts = obsIndex && numbersOf(obsIndex.table, 'EVENT_COUNT');
      const count = obsRow === undefined ? undefined : counts?.[obsRow];
      if (obsIndex === undefined || obsRow === undefined || count === undefined || Number.isNaN(count)) return;
      if (events === undefined || count === events.rowCount) return;
      report(
        { ...obsIndex.place, obsId: id },
        {
          column: 'EVENT_COUNT',
          row: obsRow + 1,
          message: `EVENT_COUNT is ${count}, but the event list has ${events.rowCount} rows.`,
          found: String(count),
          wanted: String(events.rowCount),
          // Of several event lists nobody knows which were counted.
          ...(hduRows.filter((row) => dataset.rows.type(row).toLowerCase() === 'events').length === 1 && {
            repair: {
              kind: 'set-cells',
              column: 'EVENT_COUNT',
              cells: [{ row: obsRow + 1, found: count, value: events.rowCount }],
            },
          }),
        },
      );
    },
  },
  repairs: 'EVENT_COUNT becomes NAXIS2 of the event list, if the HDU index lists one event list for the observation.',
};
