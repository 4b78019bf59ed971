import { headerNumber } from '../header-values.ts';
import type { Rule } from '../rule.ts';

export const ontimeSum: Rule = {
  code: 'ontime-sum',
  severity: 'error',
  title: 'ONTIME is not the sum of the good time intervals.',
  detail: 'A difference of more than 1 % is an error, one of more than 0.01 s and 1e-5 a warning.',
  clause: 'GADF v0.3 events, ONTIME',
  checks: {
    observation: ({ events, goodTime }, report) => {
      const ontime = events && headerNumber(events.header, 'ONTIME');
      if (events === undefined || ontime === undefined || goodTime === undefined) return;
      const sum = goodTime.stops.reduce((total, stop, row) => total + stop - (goodTime.starts[row] as number), 0);
      const off = Math.abs(ontime - sum);
      if (!(off > Math.max(0.01, 1e-5 * Math.abs(sum)))) return;
      report(events.place, {
        severity: off > 0.01 * Math.abs(sum) ? 'error' : 'warning',
        card: 'ONTIME',
        message: `ONTIME is ${ontime} s, but the good time intervals add to ${Number(sum.toFixed(6))} s.`,
        found: String(ontime),
        wanted: String(Number(sum.toFixed(6))),
      });
    },
  },
};
