/**
 * Mission elapsed time (MET): TT seconds since 2001-01-01T00:00:00 UTC, the reference of the H.E.S.S. data.
 *
 * @see GADF v0.3 time; FITS 4.0 §9.2.2
 */

/** MJDREFI and MJDREFF: the reference time in TT, 32 s + 32.184 s after its UTC reading. */
export const MJD_REFERENCE = { integer: 51910, fraction: 7.428703703703703e-4 } as const;

export const SECONDS_PER_DAY = 86400;

/** UTC days (MJD) that begin just after a leap second, since the reference time (IERS Bulletin C 16 … 52). */
const LEAP_SECOND_DAYS: readonly number[] = [53736, 54832, 56109, 57204, 57754];

/** The METs at which those days begin. */
const LEAP_SECOND_ENDS: readonly number[] = LEAP_SECOND_DAYS.map((day) => metOfUtc(day, 0));

/** A moment of UTC as it is written: a day and the seconds in it, which reach 86400.99… in a leap second. */
export interface UtcMoment {
  mjdDay: number;
  secondOfDay: number;
}

/** The MET of a UTC day (MJD) and a second in it. */
export function metOfUtc(mjdDay: number, secondOfDay: number): number {
  const leaps = countUpTo(LEAP_SECOND_DAYS, mjdDay);
  return (mjdDay - MJD_REFERENCE.integer) * SECONDS_PER_DAY + secondOfDay + leaps;
}

/** The UTC moment of a MET that is not before the reference time; inside a leap second the day is not yet over. */
export function utcOfMet(met: number): UtcMoment {
  const leaps = countUpTo(LEAP_SECOND_ENDS, met);
  const elapsed = met - leaps;
  let day = Math.floor(elapsed / SECONDS_PER_DAY);
  const next = LEAP_SECOND_DAYS[leaps];
  if (next !== undefined) day = Math.min(day, next - 1 - MJD_REFERENCE.integer);
  return { mjdDay: MJD_REFERENCE.integer + day, secondOfDay: elapsed - day * SECONDS_PER_DAY };
}

/** UTC as one MJD number, for the rotation of the Earth. */
export function mjdUtcOfMet(met: number): number {
  const { mjdDay, secondOfDay } = utcOfMet(met);
  return mjdDay + secondOfDay / SECONDS_PER_DAY;
}

/** TT as one MJD number. */
export function mjdTtOfMet(met: number): number {
  return MJD_REFERENCE.integer + (MJD_REFERENCE.fraction + met / SECONDS_PER_DAY);
}

/** The UTC date and time of a MET as GADF writes them: `YYYY-MM-DD` and `HH:MM:SS`, fractions of a second cut off. */
export function formatUtc(met: number): { date: string; time: string } {
  const { mjdDay, secondOfDay } = utcOfMet(met);
  const second = Math.floor(secondOfDay);
  // In a leap second the minute is the last one of the day, and its seconds run to 60.
  const minuteOfDay = Math.min(Math.floor(second / 60), 1439);
  const fields = [Math.floor(minuteOfDay / 60), minuteOfDay % 60, second - minuteOfDay * 60];
  return { date: isoDate(mjdDay), time: fields.map((field) => String(field).padStart(2, '0')).join(':') };
}

/** How many of some growing numbers are not above a limit. */
function countUpTo(numbers: readonly number[], limit: number): number {
  let count = 0;
  while (count < numbers.length && (numbers[count] as number) <= limit) count++;
  return count;
}

/** Dates by day: a store of 100 000 observations has few days, and making a date takes longer than finding it. */
const ISO_DATES = new Map<number, string>();

/** MJD 40587 is 1970-01-01. */
function isoDate(mjdDay: number): string {
  const known = ISO_DATES.get(mjdDay);
  if (known !== undefined) return known;
  const date = new Date((mjdDay - 40587) * SECONDS_PER_DAY * 1000).toISOString().slice(0, 10);
  ISO_DATES.set(mjdDay, date);
  return date;
}
