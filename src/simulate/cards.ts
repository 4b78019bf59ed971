import type { CardValue } from '../fits/index.ts';
import { SITE } from './horizon.ts';
import { MJD_REFERENCE } from './time.ts';

/** A header card: keyword, value and comment. */
export type CardSpec = readonly [string, CardValue, string?];

/** Which kind of HDU of GADF v0.3 this is. @see GADF v0.3 hduclass */
export function classCards(...classes: readonly string[]): CardSpec[] {
  return [
    ['HDUCLASS', 'GADF', 'format of this HDU'],
    ['HDUDOC', 'https://github.com/open-gamma-ray-astro/gamma-astro-data-formats'],
    ['HDUVERS', '0.3', 'version of the format'],
    ...classes.map((name, i): CardSpec => [`HDUCLAS${i + 1}`, name]),
  ];
}

/** Who made the file, and what it pretends to be from. */
export const ORIGIN_CARDS: readonly CardSpec[] = [
  ['CREATOR', 'iactools simulate', 'program that made this file'],
  ['ORIGIN', 'iactools', 'simulated, not measured'],
  ['TELESCOP', 'SIMULATED', 'imaginary telescopes'],
  ['INSTRUME', 'FOUR TELESCOPES'],
];

/** What GADF v0.3 calls an observation of a fixed direction, wobble or not. @see GADF v0.3 events, OBS_MODE */
export const OBS_MODE = 'POINTING';

/** How the times of this HDU are given. @see GADF v0.3 time */
export const TIME_CARDS: readonly CardSpec[] = [
  ['MJDREFI', MJD_REFERENCE.integer, '[d] reference time, integer part'],
  ['MJDREFF', MJD_REFERENCE.fraction, '[d] reference time, fraction'],
  ['TIMEUNIT', 's'],
  ['TIMESYS', 'TT'],
  ['TIMEREF', 'TOPOCENTER'],
];

/** Where the telescopes stand. @see GADF v0.3 coordinates, Earth location */
export const SITE_CARDS: readonly CardSpec[] = [
  ['GEOLON', SITE.lonDeg, '[deg] longitude of the site, east positive'],
  ['GEOLAT', SITE.latDeg, '[deg] latitude of the site'],
  ['ALTITUDE', SITE.altitudeM, '[m] altitude of the site'],
];
