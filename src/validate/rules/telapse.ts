import { headerNumber } from '../header-values.ts';
import type { Rule } from '../rule.ts';
import { roundingSeconds } from '../times.ts';

export const telapse: Rule = {
  code: 'telapse',
  severity: 'warning',
  title: 'TELAPSE is not TSTOP - TSTART.',
  detail:
    'To one second, or to what TSTART and TSTOP lost by 32 bits. The keyword is optional, and no tool is known to depend on it.',
  clause: 'GADF v0.3 events, TELAPSE',
  checks: {
    hdu: ({ format, header, place }, report) => {
      const found = headerNumber(header, 'TELAPSE');
      const [start, stop] = [headerNumber(header, 'TSTART'), headerNumber(header, 'TSTOP')];
      if (format?.type !== 'events' || found === undefined || start === undefined || stop === undefined) return;
      if (Math.abs(found - (stop - start)) <= Math.max(1, roundingSeconds(start), roundingSeconds(stop))) return;
      const message = `TELAPSE is ${found}, but TSTOP - TSTART is ${stop - start}.`;
      report(place, {
        card: 'TELAPSE',
        message,
        found: String(found),
        wanted: String(stop - start),
        ...(stop > start && {
          repair: { kind: 'set-cards', cards: [{ keyword: 'TELAPSE', found, value: stop - start }] },
        }),
      });
    },
  },
  repairs: 'TELAPSE becomes TSTOP - TSTART, if that is above 0.',
};
