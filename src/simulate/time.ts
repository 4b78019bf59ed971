import { elapsedSeconds, formatUtc as formatMoment, SECONDS_PER_DAY, type UtcMoment, utcAfter } from '../gadf/index.ts';

/**
 * Mission elapsed time (MET): TT seconds since 2001-01-01T00:00:00 UTC, the reference of the H.E.S.S. data.
 *
 * @see GADF v0.3 time; FITS 4.0 §9.2.2
 */

/** MJDREFI and MJDREFF: the reference time in TT, 32 s + 32.184 s after its UTC reading. */
export const MJD_REFERENCE = { integer: 51910, fraction: 7.428703703703703e-4 } as const;

/** The reference time in UTC. */
const ZERO: UtcMoment = { mjdDay: MJD_REFERENCE.integer, secondOfDay: 0 };

/** The MET of a UTC day (MJD) and a second in it. */
export function metOfUtc(mjdDay: number, secondOfDay: number): number {
  return elapsedSeconds(ZERO, { mjdDay, secondOfDay });
}

/** UTC as one MJD number, for the rotation of the Earth. */
export function mjdUtcOfMet(met: number): number {
  const { mjdDay, secondOfDay } = utcAfter(ZERO, met);
  return mjdDay + secondOfDay / SECONDS_PER_DAY;
}

/** TT as one MJD number. */
export function mjdTtOfMet(met: number): number {
  return MJD_REFERENCE.integer + (MJD_REFERENCE.fraction + met / SECONDS_PER_DAY);
}

/** The UTC date and time of a MET as GADF writes them: `YYYY-MM-DD` and `HH:MM:SS`, fractions of a second cut off. */
export function formatUtc(met: number): { date: string; time: string } {
  return formatMoment(utcAfter(ZERO, met));
}
