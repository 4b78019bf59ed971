import { asClause, IactError } from '../core/index.ts';
import { type TimeReference, type TimeScale, timeOfUtc, timeScaleOf, utcOf } from './time-reference.ts';
import { elapsedSeconds, mjdOfDate, SECONDS_PER_DAY, secondsInDay, type UtcMoment } from './utc.ts';

/** A point in time as a user gave it: a moment, or a mission elapsed time, which a table's reference gives a moment. */
export type TimePoint =
  | { readonly kind: 'moment'; readonly utc: UtcMoment }
  | { readonly kind: 'met'; readonly time: number };

/** A stretch of time; an absent end is open. */
export interface TimeRange {
  readonly text: string;
  readonly from: TimePoint | undefined;
  readonly to: TimePoint | undefined;
}

/**
 * Reads `FROM..TO`, where either may be absent. A point is one of
 *
 * - a date and time, `2004-12-04T22:08:14.5` (a blank for the `T` and a `Z` at the end will do, seconds and minutes may be
 *   absent), or a date alone, which as FROM means its beginning and as TO its end; a date without `..` is that day;
 * - `MJD 53343.9`, days;
 * - `MET 123890826`, the unit and reference of the table.
 *
 * Dates and MJD are UTC, unless the name of another scale follows: `2004-12-04T22:09:18.5 TT`.
 *
 * @throws {IactError} `usage` telling what is wrong, also if the end is before the beginning.
 */
export function parseTimeRange(text: string): TimeRange {
  const dots = text.indexOf('..');
  const [first, last] = dots < 0 ? [text, text] : [text.slice(0, dots), text.slice(dots + 2)];
  if (dots < 0 && !/^\s*\d{4}-\d\d-\d\d\s*$/.test(text)) {
    throw badTime(text, 'A range is two points with ".." between them, of which one may be absent');
  }
  const from = first.trim() === '' ? undefined : parsePoint(first, 'from');
  const to = last.trim() === '' ? undefined : parsePoint(last, 'to');
  if (from === undefined && to === undefined) throw badTime(text, 'At least one end is needed');
  if (isBefore(to, from)) throw badTime(text, 'It ends before it begins');
  return { text, from, to };
}

/**
 * A range in the times of a table.
 *
 * @param reference `undefined` if the table has none: then only a mission elapsed time can be used.
 * @throws {IactError} `bad-data` if a reference is needed and there is none.
 */
export function rangeInTable(
  { text, from, to }: TimeRange,
  reference: TimeReference | undefined,
  uri: string,
): { from: number; to: number } {
  const timeOf = (point: TimePoint | undefined, open: number): number => {
    if (point === undefined) return open;
    if (point.kind === 'met') return point.time;
    if (reference !== undefined) return timeOfUtc(reference, point.utc);
    const message = `Cannot use the time "${text}": "${uri}" does not tell what its times count from (MJDREFI).`;
    throw new IactError('bad-data', `${message} Give the times as they stand there: "MET 123890826..".`, { uri });
  };
  return { from: timeOf(from, Number.NEGATIVE_INFINITY), to: timeOf(to, Number.POSITIVE_INFINITY) };
}

const DATE = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d)(?::(\d\d)(?::(\d\d(?:\.\d*)?))?)?)?(Z?)$/i;
const MJD = /^MJD[ :=]?\s*(\d+)(\.\d*)?$/i;
const MET = /^MET[ :=]?\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)$/i;
const SCALE_NAME = /\s([A-Z]+)$/i;

function parsePoint(whole: string, end: 'from' | 'to'): TimePoint {
  const text = whole.trim();
  const met = MET.exec(text)?.[1];
  if (met !== undefined) return { kind: 'met', time: Number(met) };
  const named = SCALE_NAME.exec(text);
  const point = text.slice(0, named?.index ?? text.length).trim();
  const [mjd, date] = [MJD.exec(point), DATE.exec(point)];
  if (mjd === null && date === null) {
    throw badTime(text, 'Needed a date (2004-12-04 or 2004-12-04T22:08:14), "MJD 53343.9" or "MET 123890826"');
  }
  const scale = timeScaleOf(named?.[1] ?? 'UTC');
  if (scale === undefined) throw badTime(text, `"${named?.[1] ?? ''}" is none of the scales UTC, TAI, TT and GPS`);
  if (date === null) return { kind: 'moment', utc: momentOfMjd(scale, Number(mjd?.[1]), Number(`0${mjd?.[2] ?? ''}`)) };
  if (date[7] !== '' && scale !== 'utc') throw badTime(text, 'The Z at its end means UTC');
  return { kind: 'moment', utc: momentOfDate(text, scale, date, end) };
}

/** Days of UTC are as long as they are; in a day with a leap second, half of it is 43200.5 s. */
function momentOfMjd(scale: TimeScale, day: number, fraction: number): UtcMoment {
  return utcOf(scale, day, fraction * (scale === 'utc' ? secondsInDay(day) : SECONDS_PER_DAY));
}

function momentOfDate(text: string, scale: TimeScale, fields: RegExpExecArray, end: 'from' | 'to'): UtcMoment {
  const [year, month, dayOfMonth, hour, minute, second] = fields.slice(1, 7).map((field) => Number(field ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const day = mjdOfDate(year, month, dayOfMonth);
  if (day === undefined) throw badTime(text, 'There is no such date');
  if (fields[4] === undefined) return utcOf(scale, end === 'to' ? day + 1 : day, 0);
  const secondOfDay = hour * 3600 + minute * 60 + second;
  const isLast = hour === 23 && minute === 59;
  const longest = isLast && scale === 'utc' ? secondsInDay(day) - SECONDS_PER_DAY + 60 : 60;
  const isMidnight = hour === 24 && minute === 0 && second === 0;
  if (!isMidnight && (hour > 23 || minute > 59 || second >= longest))
    throw badTime(text, 'There is no such time of day');
  return isMidnight ? utcOf(scale, day + 1, 0) : utcOf(scale, day, secondOfDay);
}

function isBefore(point: TimePoint | undefined, other: TimePoint | undefined): boolean {
  if (point?.kind === 'met' && other?.kind === 'met') return point.time < other.time;
  return point?.kind === 'moment' && other?.kind === 'moment' && elapsedSeconds(other.utc, point.utc) < 0;
}

function badTime(text: string, reason: string): IactError {
  return new IactError('usage', `Cannot read the time "${text.trim()}": ${asClause(reason)}.`);
}
