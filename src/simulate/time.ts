import { elapsedSeconds, formatUtc, SECONDS_PER_DAY, type UtcMoment, utcAfter } from '../gadf/index.ts';

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

/** What TT is ahead of UTC at the reference time, in milliseconds. */
const ZERO_TT_MS = 64_184;

/**
 * The TT date and time of a MET, as DATE-OBS has it where TIMESYS is TT: `YYYY-MM-DD` and `HH:MM:SS.sss`.
 *
 * @see FITS 4.0 §9.2.1; GADF v0.3 time: "The time system used should be the one given by TIMESYS"
 */
export function formatTt(met: number): { date: string; time: string } {
  const ms = Math.round(met * 1000) + ZERO_TT_MS;
  const day = Math.floor(ms / DAY_MS);
  // TT knows no leap seconds, and what the day is called is the same in every scale.
  const { date } = formatUtc({ mjdDay: MJD_REFERENCE.integer + day, secondOfDay: 0 });
  const into = ms - day * DAY_MS;
  const { time } = formatUtc({ mjdDay: 0, secondOfDay: Math.floor(into / 1000) });
  return { date, time: `${time}.${String(into % 1000).padStart(3, '0')}` };
}

const DAY_MS = SECONDS_PER_DAY * 1000;
