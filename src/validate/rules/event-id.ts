import type { Rule } from '../rule.ts';

export const eventId: Rule = {
  code: 'event-id',
  severity: 'warning',
  title: 'Events of an observation share an EVENT_ID.',
  detail: 'Event lists of up to 64 MB; in larger ones only neighbouring rows are compared. Not with --fast.',
  clause: 'GADF v0.3 events, EVENT_ID',
  checks: {
    rows: ({ format, place }, _, report) => {
      if (format?.type !== 'events') return undefined;
      let twice = 0;
      let example = '';
      return {
        batch: ({ table }) => {
          const column = table.column('EVENT_ID');
          const data = column && table.read(column);
          if (data === undefined || (data.kind !== 'bigint' && data.kind !== 'number') || data.width !== 1) return;
          // The bytes are a copy; sorted, equal ones are neighbours.
          const sorted = data.values.slice().sort();
          for (let i = 1; i < sorted.length; i++) {
            if (sorted[i] !== sorted[i - 1]) continue;
            if (twice === 0) example = String(sorted[i]);
            twice += 1;
          }
        },
        end: () => {
          if (twice === 0) return;
          const message = `${twice} events have an EVENT_ID that another one has, for example ${example}.`;
          report(place, { column: 'EVENT_ID', message, count: twice, found: example, wanted: 'unique IDs' });
        },
      };
    },
  },
};
