import type { Severity } from '../finding.ts';
import { headerNumber } from '../header-values.ts';
import { numbersOf, type RowBatch } from '../row-batch.ts';
import { RowTally } from '../row-tally.ts';
import type { Rule } from '../rule.ts';

const LATITUDES = ['DEC_PNT', 'DEC_OBJ', 'GLAT_PNT', 'ALT_PNT', 'DEC', 'GLAT', 'ALT', 'EVENT_DEC_MEDIAN'];
const LONGITUDES = ['RA_PNT', 'RA_OBJ', 'GLON_PNT', 'AZ_PNT', 'RA', 'GLON', 'AZ', 'EVENT_RA_MEDIAN'];

export const coordinateRange: Rule = {
  code: 'coordinate-range',
  severity: 'error',
  title: 'A coordinate is out of its range.',
  detail:
    'Declinations, latitudes and altitudes beyond ±90°, longitudes beyond ±360°, and zenith angles outside of 0° to 180° ' +
    'are errors: they may be radians or hours, or columns that were exchanged. Right ascensions and other longitudes ' +
    'that are negative, or 360° and more, are a note. In event headers, in the observation index, and in event lists ' +
    '(these not with --fast).',
  clause: 'GADF v0.3 coordinates',
  checks: {
    hdu: ({ format, header, place }, report) => {
      if (format?.type !== 'events') return;
      for (const card of [...LATITUDES, ...LONGITUDES].filter((name) => name.includes('_'))) {
        const value = headerNumber(header, card);
        const severity = value === undefined ? undefined : faultOf(card, value);
        if (severity === undefined) continue;
        report(place, {
          severity,
          card,
          message: `${card} is ${value}°.`,
          found: String(value),
          wanted: wantedOf(card),
        });
      }
    },
    obsIndex: ({ place }, table, report) => {
      const tallies: Tallies = new Map();
      for (const column of [...LATITUDES, ...LONGITUDES, 'ZEN_PNT'])
        count(column, numbersOf(table, column), 0, tallies);
      tell(tallies, table.rowCount, (column, detail) => report(place, { column, ...detail }));
    },
    rows: ({ format, place }, _, report) => {
      const names =
        format?.type === 'events'
          ? ['RA', 'DEC', 'GLON', 'GLAT', 'ALT', 'AZ']
          : ['RA_PNT', 'DEC_PNT', 'ALT_PNT', 'AZ_PNT'];
      const tallies: Tallies = new Map();
      let total = 0;
      return {
        batch: (batch: RowBatch) => {
          for (const name of names) count(name, batch.numbers(name), batch.firstRow, tallies);
          total += batch.length;
        },
        end: () => tell(tallies, total, (column, detail) => report(place, { column, ...detail })),
      };
    },
  },
};

type Tallies = Map<string, { column: string; severity: Severity; tally: RowTally }>;

function count(column: string, values: ArrayLike<number> | undefined, firstRow: number, tallies: Tallies): void {
  for (let i = 0; i < (values?.length ?? 0); i++) {
    const value = values?.[i] as number;
    const severity = faultOf(column, value);
    if (severity === undefined) continue;
    const key = `${column} ${severity}`;
    const entry = tallies.get(key) ?? { column, severity, tally: new RowTally() };
    tallies.set(key, entry);
    entry.tally.add(firstRow + i, value);
  }
}

function tell(
  tallies: Tallies,
  total: number,
  report: (column: string, detail: { severity: Severity; message: string; wanted: string }) => void,
): void {
  for (const { column, severity, tally } of tallies.values()) {
    const message = `${column} is not ${wantedOf(column)} in ${tally.of(total)}: ${tally.examples.join(', ')}.`;
    report(column, { severity, message, ...tally.detail(), wanted: wantedOf(column) });
  }
}

function faultOf(name: string, value: number): Severity | undefined {
  if (Number.isNaN(value)) return undefined;
  if (name === 'ZEN_PNT') return value >= 0 && value <= 180 ? undefined : 'error';
  if (LATITUDES.includes(name)) return Math.abs(value) <= 90 ? undefined : 'error';
  if (value >= 0 && value < 360) return undefined;
  return Math.abs(value) <= 360 ? 'note' : 'error';
}

function wantedOf(name: string): string {
  return name === 'ZEN_PNT' ? '0 to 180' : LATITUDES.includes(name) ? '-90 to 90' : '0 to 360';
}
