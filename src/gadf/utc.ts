/** UTC with its leap seconds. Days are MJD, lengths are SI seconds. */

export const SECONDS_PER_DAY = 86400;

/** A moment of UTC as it is written: a day and the seconds in it, which reach 86400.99… in a leap second. */
export interface UtcMoment {
  readonly mjdDay: number;
  readonly secondOfDay: number;
}

/**
 * TAI − UTC in seconds from the beginning of a day (MJD) on: every leap second since UTC has whole seconds (IERS
 * Bulletin C, up to the one before 2017-01-01; there has been none since).
 */
const TAI_MINUS_UTC: readonly (readonly [mjdDay: number, seconds: number])[] = [
  [41317, 10],
  [41499, 11],
  [41683, 12],
  [42048, 13],
  [42413, 14],
  [42778, 15],
  [43144, 16],
  [43509, 17],
  [43874, 18],
  [44239, 19],
  [44786, 20],
  [45151, 21],
  [45516, 22],
  [46247, 23],
  [47161, 24],
  [47892, 25],
  [48257, 26],
  [48804, 27],
  [49169, 28],
  [49534, 29],
  [50083, 30],
  [50630, 31],
  [51179, 32],
  [53736, 33],
  [54832, 34],
  [56109, 35],
  [57204, 36],
  [57754, 37],
];

/** The row of the table that holds on a day; days before 1972 count as the first. */
function rowOfDay(mjdDay: number): number {
  let row = TAI_MINUS_UTC.length - 1;
  while (row > 0 && startOf(row) > mjdDay) row--;
  return row;
}

function startOf(row: number): number {
  return TAI_MINUS_UTC[row]?.[0] ?? Number.POSITIVE_INFINITY;
}

function offsetOf(row: number): number {
  return TAI_MINUS_UTC[row]?.[1] ?? Number.NaN;
}

/** TAI − UTC at the beginning of a day of UTC, in seconds; before 1972 the 10 s of its first day. */
export function taiMinusUtc(mjdDay: number): number {
  return offsetOf(rowOfDay(mjdDay));
}

/** The length of a day of UTC: 86401 where a leap second ends it. */
export function secondsInDay(mjdDay: number): number {
  return SECONDS_PER_DAY + taiMinusUtc(mjdDay + 1) - taiMinusUtc(mjdDay);
}

/** The seconds that pass between two moments, leap seconds counted. */
export function elapsedSeconds(from: UtcMoment, to: UtcMoment): number {
  const days = to.mjdDay - from.mjdDay;
  const leaps = taiMinusUtc(to.mjdDay) - taiMinusUtc(from.mjdDay);
  return days * SECONDS_PER_DAY + (to.secondOfDay - from.secondOfDay) + leaps;
}

/** The moment a number of seconds after (or before) another one; inside a leap second the day is not yet over. */
export function utcAfter(from: UtcMoment, seconds: number): UtcMoment {
  const since = from.secondOfDay + seconds;
  const leapsBefore = taiMinusUtc(from.mjdDay);
  const leapsOf = (row: number): number => offsetOf(row) - leapsBefore;
  let row = TAI_MINUS_UTC.length - 1;
  while (row > 0 && (startOf(row) - from.mjdDay) * SECONDS_PER_DAY + leapsOf(row) > since) row--;
  const elapsed = since - leapsOf(row);
  const day = Math.min(Math.floor(elapsed / SECONDS_PER_DAY), startOf(row + 1) - 1 - from.mjdDay);
  return { mjdDay: from.mjdDay + day, secondOfDay: elapsed - day * SECONDS_PER_DAY };
}

/** The date and time of a moment: `YYYY-MM-DD` and `HH:MM:SS`; fractions of a second are cut off. */
export function formatUtc({ mjdDay, secondOfDay }: UtcMoment): { date: string; time: string } {
  const second = Math.floor(secondOfDay);
  // In a leap second the minute is the last one of the day, and its seconds run to 60.
  const minuteOfDay = Math.min(Math.floor(second / 60), 1439);
  const fields = [Math.floor(minuteOfDay / 60), minuteOfDay % 60, second - minuteOfDay * 60];
  return { date: isoDate(mjdDay), time: fields.map((field) => String(field).padStart(2, '0')).join(':') };
}

/** 0001-01-01 and 9999-12-31: what ISO 8601 writes with four digits. */
const FIRST_DAY = -678575;
const LAST_DAY = 2973483;

/**
 * A moment as ISO 8601 text, rounded to milliseconds, without them where they are zero: `2004-12-04T22:08:14.5Z`.
 *
 * @returns `undefined` for what is no number, or not in the years 1 to 9999.
 */
export function formatIsoUtc(moment: UtcMoment): string | undefined {
  const text = formatCut(utcAfter(moment, HALF_MILLISECOND));
  return text && `${text.date}T${text.time}Z`;
}

/** Added before a moment is cut off after its milliseconds, this rounds it. */
export const HALF_MILLISECOND = 0.0005;

/** Date and time of a moment, cut off after the milliseconds, which are not written where they are zero. */
export function formatCut(moment: UtcMoment): { date: string; time: string } | undefined {
  if (!(moment.mjdDay >= FIRST_DAY && moment.mjdDay <= LAST_DAY)) return undefined;
  const { date, time } = formatUtc(moment);
  const milliseconds = Math.floor((moment.secondOfDay % 1) * 1000);
  const fraction = milliseconds === 0 ? '' : `.${String(milliseconds).padStart(3, '0').replace(/0+$/, '')}`;
  return { date, time: `${time}${fraction}` };
}

/** MJD of 1970-01-01. */
const MJD_1970 = 40587;

/** The day (MJD) of a date of the Gregorian calendar; `undefined` if there is no such date. */
export function mjdOfDate(year: number, month: number, day: number): number | undefined {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const isDate = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isDate ? date.getTime() / (SECONDS_PER_DAY * 1000) + MJD_1970 : undefined;
}

/** Dates by day: a store of 100 000 observations has few days, and making a date takes longer than finding it. */
const ISO_DATES = new Map<number, string>();
const MAX_DATES = 10_000;

function isoDate(mjdDay: number): string {
  const known = ISO_DATES.get(mjdDay);
  if (known !== undefined) return known;
  const date = new Date((mjdDay - MJD_1970) * SECONDS_PER_DAY * 1000).toISOString().slice(0, 10);
  if (ISO_DATES.size >= MAX_DATES) ISO_DATES.clear();
  ISO_DATES.set(mjdDay, date);
  return date;
}
