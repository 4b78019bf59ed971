import { type SkyDirection, wrapDegrees } from './sky.ts';

const DEG = Math.PI / 180;
const ARCSEC = DEG / 3600;

/** MJD of J2000.0 (the difference between TT and UTC does not matter here). */
const MJD_J2000 = 51544.5;

/** A place on Earth. @see GADF v0.3 coordinates, Earth location */
export interface Site {
  /** Geodetic longitude, east positive. */
  readonly lonDeg: number;
  readonly latDeg: number;
}

/** A direction in the horizon system, azimuth from north to east, without refraction. */
export interface HorizonDirection {
  altDeg: number;
  azDeg: number;
}

/**
 * The horizon direction of an ICRS direction: precession (IAU 1976) and Greenwich mean sidereal time (IAU 1982), with
 * UTC for UT1. Nutation, aberration and UT1 − UTC are left out: together about 0.005°.
 */
export function horizonDirection(direction: SkyDirection, mjdUtc: number, site: Site): HorizonDirection {
  return toHorizon(meanOfDate(direction, mjdUtc), mjdUtc, site);
}

/** Greenwich mean sidereal time in degrees, in [0, 360). */
export function siderealTimeDeg(mjdUtc: number): number {
  const days = mjdUtc - MJD_J2000;
  const centuries = days / 36525;
  return wrapDegrees(280.46061837 + 360.98564736629 * days + 0.000387933 * centuries * centuries);
}

/** An ICRS direction in the mean equator and equinox of the date; it changes by 0.1″ a day at most. */
export function meanOfDate(direction: SkyDirection, mjdUtc: number): SkyDirection {
  const t = (mjdUtc - MJD_J2000) / 36525;
  const zeta = (2306.2181 + (0.30188 + 0.017998 * t) * t) * t * ARCSEC;
  const z = (2306.2181 + (1.09468 + 0.018203 * t) * t) * t * ARCSEC;
  const theta = (2004.3109 - (0.42665 + 0.041833 * t) * t) * t * ARCSEC;
  const ra = direction.raDeg * DEG + zeta;
  const dec = direction.decDeg * DEG;
  const a = Math.cos(dec) * Math.sin(ra);
  const b = Math.cos(theta) * Math.cos(dec) * Math.cos(ra) - Math.sin(theta) * Math.sin(dec);
  const c = Math.sin(theta) * Math.cos(dec) * Math.cos(ra) + Math.cos(theta) * Math.sin(dec);
  return { raDeg: (Math.atan2(a, b) + z) / DEG, decDeg: Math.atan2(c, Math.hypot(a, b)) / DEG };
}

/** The altitude of a direction that is given in the equator of the date. */
export function altitudeDeg(ofDate: SkyDirection, mjdUtc: number, site: Site): number {
  const hourAngle = (siderealTimeDeg(mjdUtc) + site.lonDeg - ofDate.raDeg) * DEG;
  const dec = ofDate.decDeg * DEG;
  const lat = site.latDeg * DEG;
  return Math.asin(Math.sin(dec) * Math.sin(lat) + Math.cos(dec) * Math.cos(hourAngle) * Math.cos(lat)) / DEG;
}

/** From the equator of the date to the horizon. */
function toHorizon(direction: SkyDirection, mjdUtc: number, site: Site): HorizonDirection {
  const hourAngle = (siderealTimeDeg(mjdUtc) + site.lonDeg - direction.raDeg) * DEG;
  const dec = direction.decDeg * DEG;
  const lat = site.latDeg * DEG;
  const east = -Math.cos(dec) * Math.sin(hourAngle);
  const north = Math.sin(dec) * Math.cos(lat) - Math.cos(dec) * Math.cos(hourAngle) * Math.sin(lat);
  const up = Math.sin(dec) * Math.sin(lat) + Math.cos(dec) * Math.cos(hourAngle) * Math.cos(lat);
  return { altDeg: Math.atan2(up, Math.hypot(east, north)) / DEG, azDeg: wrapDegrees(Math.atan2(east, north) / DEG) };
}
