import { altitudeDeg, type Site as Place } from '../gadf/index.ts';

const DEG = Math.PI / 180;

/** MJD of J2000.0 (the difference between TT and UTC does not matter here). */
const MJD_J2000 = 51544.5;

/** Where the telescopes stand. @see GADF v0.3 coordinates, Earth location */
export interface Site extends Place {
  readonly name: string;
  readonly altitudeM: number;
}

/** The H.E.S.S. site in Namibia. */
export const SITE: Site = { name: 'Namibia', lonDeg: 16.5002222222222, latDeg: -23.2717777777778, altitudeM: 1835 };

/** The altitude of the Sun to 0.02° (the low-precision formula of the Astronomical Almanac). */
export function sunAltitudeDeg(mjdUtc: number, site: Site): number {
  const days = mjdUtc - MJD_J2000;
  const anomaly = (357.528 + 0.9856003 * days) * DEG;
  const longitude = (280.46 + 0.9856474 * days + 1.915 * Math.sin(anomaly) + 0.02 * Math.sin(2 * anomaly)) * DEG;
  const obliquity = (23.439 - 4e-7 * days) * DEG;
  const raDeg = Math.atan2(Math.cos(obliquity) * Math.sin(longitude), Math.cos(longitude)) / DEG;
  const decDeg = Math.asin(Math.sin(obliquity) * Math.sin(longitude)) / DEG;
  return altitudeDeg({ raDeg, decDeg }, mjdUtc, site);
}
