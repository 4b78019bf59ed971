import { IactError } from '../core/index.ts';
import type { CardValue, Header } from '../fits/index.ts';
import {
  elapsedSeconds,
  formatCut,
  formatIsoUtc,
  HALF_MILLISECOND,
  SECONDS_PER_DAY,
  taiMinusUtc,
  type UtcMoment,
  utcAfter,
} from './utc.ts';

/** A scale that days and seconds are counted in. */
export type TimeScale = 'utc' | 'tai' | 'tt' | 'gps';

/** How far the scales that run with TAI are ahead of it, in seconds. @see FITS 4.0 table 30 */
const AHEAD_OF_TAI = { tai: 0, tt: 32.184, gps: -19 } as const;

/** The names of scales. @see FITS 4.0 table 30 (TDT and ET are older names of TT, IAT is TAI) */
const SCALES: Readonly<Record<string, TimeScale>> = {
  UTC: 'utc',
  TAI: 'tai',
  IAT: 'tai',
  TT: 'tt',
  TDT: 'tt',
  ET: 'tt',
  GPS: 'gps',
};

/** The scale of this name, in any case; `undefined` for one that is not known, or that does not run with TAI. */
export function timeScaleOf(name: string): TimeScale | undefined {
  return SCALES[name.trim().toUpperCase()];
}

/** What TIMESYS says, in capitals; UTC where it is absent or empty. @see FITS 4.0 §9.2.1 */
export function timesysOf(value: CardValue): string {
  return (value === undefined ? '' : String(value)).trim().toUpperCase() || 'UTC';
}

/** What TIMESYS says, equal for all names of one scale; scales that are not known differ by their names. */
export function scaleNameOf(value: CardValue): string {
  const name = timesysOf(value);
  return timeScaleOf(name) ?? name;
}

/** The moment at a day (MJD) and second of any scale. */
export function utcOf(scale: TimeScale, mjdDay: number, second: number): UtcMoment {
  if (scale === 'utc') return utcAfter({ mjdDay, secondOfDay: 0 }, second);
  return utcAfter({ mjdDay, secondOfDay: 0 }, second - AHEAD_OF_TAI[scale] - taiMinusUtc(mjdDay));
}

/**
 * Date and time of a moment as a clock of a scale shows them, rounded to milliseconds: `YYYY-MM-DD` and `HH:MM:SS.sss`.
 *
 * @returns `undefined` for what is no number, or not in the years 1 to 9999.
 * @see FITS 4.0 §9.1.1, §9.2.1: dates are in the scale of TIMESYS
 */
export function formatInScale(scale: TimeScale, moment: UtcMoment): { date: string; time: string } | undefined {
  if (scale === 'utc') return formatCut(utcAfter(moment, HALF_MILLISECOND));
  const second = secondInScale(scale, moment) + HALF_MILLISECOND;
  const days = Math.floor(second / SECONDS_PER_DAY);
  return formatCut({ mjdDay: moment.mjdDay + days, secondOfDay: second - days * SECONDS_PER_DAY });
}

/** The second of a moment in its day of UTC, as a clock shows it that runs with TAI; it may lie in the next day. */
export function secondInScale(scale: Exclude<TimeScale, 'utc'>, { mjdDay, secondOfDay }: UtcMoment): number {
  return secondOfDay + taiMinusUtc(mjdDay) + AHEAD_OF_TAI[scale];
}

/** What the times of a table count from. Times run evenly, leap seconds counted, whatever the scale. */
export interface TimeReference {
  /** The moment of time 0. */
  readonly zero: UtcMoment;
  /** Seconds in a unit of time. */
  readonly unitSeconds: number;
}

/** The words are what people write in place of them. @see FITS 4.0 §4.3, table 5 */
const UNIT_SECONDS: Readonly<Record<string, number>> = {
  s: 1,
  sec: 1,
  second: 1,
  seconds: 1,
  min: 60,
  h: 3600,
  d: SECONDS_PER_DAY,
  a: 365.25 * SECONDS_PER_DAY,
  yr: 365.25 * SECONDS_PER_DAY,
};

/** Headers give MJDREFF with 15 digits or so: what is below a microsecond is their rounding. */
const REFERENCE_DIGITS = 1e6;

/**
 * Reads what the times of a table count from: MJDREFI + MJDREFF, or MJDREF, in the scale TIMESYS (UTC if absent).
 *
 * @param unit of the column (TUNIT), which goes before TIMEUNIT; seconds if there is neither.
 * @returns `undefined` if the header has no reference.
 * @throws {IactError} `bad-data` for a keyword of the wrong type, or a scale or unit that is not known.
 * @see FITS 4.0 §9.2.1 (TIMESYS), §9.2.2 (MJDREF), §9.3 (TIMEUNIT); GADF v0.3 time
 */
export function readTimeReference(header: Header, uri: string, unit?: string): TimeReference | undefined {
  const days = header.integer('MJDREFI') ?? header.number('MJDREF');
  if (days === undefined) return undefined;
  const fraction = header.has('MJDREFI') ? (header.number('MJDREFF') ?? 0) : 0;
  const day = Math.floor(days);
  const second = (days - day + fraction) * SECONDS_PER_DAY;
  const named = header.string('TIMESYS') ?? 'UTC';
  const scale = timeScaleOf(named);
  if (scale === undefined) throw unknown('TIMESYS', named, 'UTC, TAI, TT or GPS', uri);
  const zero = utcOf(scale, day, Math.round(second * REFERENCE_DIGITS) / REFERENCE_DIGITS);
  const rounded = Math.round(zero.secondOfDay * REFERENCE_DIGITS) / REFERENCE_DIGITS;
  const unitName = unit?.trim() || header.string('TIMEUNIT')?.trim() || 's';
  const unitSeconds = UNIT_SECONDS[unitName];
  if (unitSeconds === undefined) throw unknown('TIMEUNIT or TUNIT', unitName, 's, min, h, d or a', uri);
  return { zero: { mjdDay: zero.mjdDay, secondOfDay: rounded }, unitSeconds };
}

function unknown(keyword: string, found: string, needed: string, uri: string): IactError {
  return new IactError('bad-data', `Cannot read times of "${uri}": ${keyword} is "${found}", needed ${needed}.`, {
    uri,
  });
}

/** The moment of a time of a table. */
export function utcOfTime({ zero, unitSeconds }: TimeReference, time: number): UtcMoment {
  return utcAfter(zero, time * unitSeconds);
}

/** The time of a table at a moment. */
export function timeOfUtc({ zero, unitSeconds }: TimeReference, moment: UtcMoment): number {
  return elapsedSeconds(zero, moment) / unitSeconds;
}

/** A time of a table as {@link formatIsoUtc} writes it. */
export function isoOfTime(reference: TimeReference, time: number): string | undefined {
  return formatIsoUtc(utcOfTime(reference, time));
}
