import {
  type HorizonDirection,
  horizonDirection,
  separationDeg,
  type TimeReference,
  utcOfTime,
} from '../../gadf/index.ts';
import { headerNumber, headerText } from '../header-values.ts';
import { isDrift } from '../observation-mode.ts';
import type { Rule } from '../rule.ts';
import { referenceOf } from '../times.ts';

const LIMIT_DEG = 2;
const STEPS = 8;

export const horizon: Rule = {
  code: 'horizon',
  severity: 'warning',
  title: 'ALT_PNT and AZ_PNT are not where the pointing stood during the observation.',
  detail:
    'Computed from RA_PNT, DEC_PNT, TSTART to TSTOP, GEOLON and GEOLAT of an event header; within 2° of any moment of the ' +
    'observation is right. A wrong direction may mean that times, place, or the sense of azimuth (from north to east) ' +
    'are wrong. Placeholders (altitude 90, azimuth 0) of simulated data are a note.',
  clause: 'GADF v0.3 coordinates, Alt / Az',
  checks: {
    hdu: ({ format, header, place }, report) => {
      if (format?.type !== 'events' || isDrift(headerText(header, 'OBS_MODE'))) return;
      const names = ['RA_PNT', 'DEC_PNT', 'ALT_PNT', 'AZ_PNT', 'TSTART', 'TSTOP', 'GEOLON', 'GEOLAT'];
      const values = names.map((name) => headerNumber(header, name) ?? Number.NaN);
      const reference = referenceOf(header);
      if (reference === undefined || values.some((value) => !Number.isFinite(value))) return;
      const [raDeg, decDeg, alt, az, start, stop, lonDeg, latDeg] = values as Eight;
      // No telescope stands there: the place is not given.
      if ((lonDeg === 0 && latDeg === 0) || Math.abs(decDeg) > 90 || Math.abs(alt) > 90) return;
      const path = Array.from({ length: STEPS + 1 }, (_, step) => {
        const mjd = mjdOf(reference, start + ((stop - start) * step) / STEPS);
        return horizonDirection({ raDeg, decDeg }, mjd, { lonDeg, latDeg });
      });
      const off = Math.min(...path.map(({ altDeg, azDeg }) => separationDeg(az, alt, azDeg, altDeg)));
      if (off <= LIMIT_DEG) return;
      const isPlaceholder = alt === 90 && az === 0;
      report(place, {
        severity: isPlaceholder ? 'note' : 'warning',
        card: 'ALT_PNT',
        message: `ALT_PNT ${alt}, AZ_PNT ${az} is ${off.toFixed(1)}° from where the pointing stood: ${pathText(path)}.`,
        found: `${alt}, ${az}`,
        wanted: pathText(path),
      });
    },
  },
};

type Eight = [number, number, number, number, number, number, number, number];

function mjdOf(reference: TimeReference, time: number): number {
  const { mjdDay, secondOfDay } = utcOfTime(reference, time);
  return mjdDay + secondOfDay / 86400;
}

function pathText(path: readonly HorizonDirection[]): string {
  const ends = [path[0], path.at(-1)].map((each) => `${each?.altDeg.toFixed(1)}, ${each?.azDeg.toFixed(1)}`);
  return `altitude, azimuth ${ends.join(' to ')}`;
}
