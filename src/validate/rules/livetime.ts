import { headerNumber } from '../header-values.ts';
import { numbersOf } from '../row-batch.ts';
import { RowTally } from '../row-tally.ts';
import type { Rule } from '../rule.ts';

export const livetime: Rule = {
  code: 'livetime',
  severity: 'error',
  title: 'LIVETIME is not ONTIME times DEADC.',
  detail:
    'In event headers and in the observation index. A difference of more than 1 % is an error, one of more than 0.1 % a ' +
    'warning (below that it may be the rounding of 32-bit numbers).',
  clause: 'GADF v0.3 events, obs-index: LIVETIME, DEADC',
  checks: {
    hdu: ({ format, header, place }, report) => {
      if (format?.type !== 'events') return;
      const [ontime, live, deadc] = ['ONTIME', 'LIVETIME', 'DEADC'].map((name) => headerNumber(header, name));
      const off = offBy(ontime, live, deadc);
      if (off === undefined) return;
      const wanted = (ontime as number) * (deadc as number);
      const message = `LIVETIME is ${live} s, but ONTIME · DEADC is ${Number(wanted.toFixed(6))} s.`;
      report(place, { severity: off, card: 'LIVETIME', message, found: String(live), wanted: String(wanted) });
    },
    obsIndex: ({ place }, table, report) => {
      const [ontime, live, deadc] = ['ONTIME', 'LIVETIME', 'DEADC'].map((name) => numbersOf(table, name));
      const tallies = { error: new RowTally(), warning: new RowTally() };
      for (let row = 0; row < table.rowCount; row++) {
        const off = offBy(ontime?.[row], live?.[row], deadc?.[row]);
        if (off !== undefined) tallies[off].add(row, `${live?.[row]} (ONTIME ${ontime?.[row]}, DEADC ${deadc?.[row]})`);
      }
      for (const severity of ['error', 'warning'] as const) {
        const tally = tallies[severity];
        if (!tally.any) continue;
        const message = `LIVETIME is not ONTIME · DEADC in ${tally.of(table.rowCount)} of the observation index.`;
        report(place, { severity, column: 'LIVETIME', message, ...tally.detail() });
      }
    },
  },
};

function offBy(
  ontime: number | undefined,
  live: number | undefined,
  deadc: number | undefined,
): 'error' | 'warning' | undefined {
  if (ontime === undefined || live === undefined || deadc === undefined) return undefined;
  const off = Math.abs(live - ontime * deadc) / Math.max(Math.abs(ontime), 1e-9);
  return off > 0.01 ? 'error' : off > 0.001 ? 'warning' : undefined;
}
