import { galacticOfIcrs, separationDeg } from '../../gadf/index.ts';
import { headerNumber } from '../header-values.ts';
import { numbersOf, type RowBatch } from '../row-batch.ts';
import { RowTally } from '../row-tally.ts';
import type { Rule } from '../rule.ts';

const LIMIT_DEG = 0.02;

export const galactic: Rule = {
  code: 'galactic',
  severity: 'warning',
  title: 'Galactic coordinates are not those of the right ascension and declination beside them.',
  detail:
    'GLON_PNT and GLAT_PNT of event headers and of the observation index, GLON and GLAT of events, to 0.02°. The latter ' +
    'not with --fast.',
  clause: 'GADF v0.3 coordinates, Galactic',
  checks: {
    hdu: ({ format, header, place }, report) => {
      if (format?.type !== 'events') return;
      const values = ['RA_PNT', 'DEC_PNT', 'GLON_PNT', 'GLAT_PNT'].map((name) => headerNumber(header, name));
      const off = offDeg(values[0], values[1], values[2], values[3]);
      if (off === undefined) return;
      const found = `${values[2]}, ${values[3]}`;
      const message = `GLON_PNT and GLAT_PNT (${found}) are ${off.toFixed(3)}° off RA_PNT and DEC_PNT.`;
      report(place, { card: 'GLON_PNT', message, found, wanted: wantedOf(values[0], values[1]) });
    },
    obsIndex: ({ place }, table, report) => {
      const columns = ['RA_PNT', 'DEC_PNT', 'GLON_PNT', 'GLAT_PNT'].map((name) => numbersOf(table, name));
      const tally = new RowTally();
      count(columns, table.rowCount, 0, tally);
      if (!tally.any) return;
      const message = `GLON_PNT and GLAT_PNT do not fit RA_PNT and DEC_PNT in ${tally.of(table.rowCount)} of the observation index.`;
      report(place, { column: 'GLON_PNT', message, ...tally.detail() });
    },
    rows: ({ format, place }, _, report) => {
      if (format?.type !== 'events') return undefined;
      const tally = new RowTally();
      let total = 0;
      return {
        batch: (batch: RowBatch) => {
          count(
            ['RA', 'DEC', 'GLON', 'GLAT'].map((name) => batch.numbers(name)),
            batch.length,
            batch.firstRow,
            tally,
          );
          total += batch.length;
        },
        end: () => {
          if (!tally.any) return;
          const message = `GLON and GLAT do not fit RA and DEC in ${tally.of(total)}.`;
          report(place, { column: 'GLON', message, ...tally.detail() });
        },
      };
    },
  },
};

function count(
  columns: readonly (ArrayLike<number> | undefined)[],
  rows: number,
  firstRow: number,
  tally: RowTally,
): void {
  const [ra, dec, lon, lat] = columns;
  if (ra === undefined || dec === undefined || lon === undefined || lat === undefined) return;
  for (let i = 0; i < rows; i++) {
    if (offDeg(ra[i], dec[i], lon[i], lat[i]) !== undefined) tally.add(firstRow + i, `${lon[i]} ${lat[i]}`);
  }
}

function offDeg(
  raDeg: number | undefined,
  decDeg: number | undefined,
  lon: number | undefined,
  lat: number | undefined,
): number | undefined {
  if (raDeg === undefined || decDeg === undefined || lon === undefined || lat === undefined) return undefined;
  const { lonDeg, latDeg } = galacticOfIcrs({ raDeg, decDeg });
  const off = separationDeg(lon, lat, lonDeg, latDeg);
  return off > LIMIT_DEG ? off : undefined;
}

function wantedOf(raDeg = Number.NaN, decDeg = Number.NaN): string {
  const { lonDeg, latDeg } = galacticOfIcrs({ raDeg, decDeg });
  return `${lonDeg.toFixed(4)}, ${latDeg.toFixed(4)}`;
}
