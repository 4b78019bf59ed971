import { mjdOfDate } from '../gadf/index.ts';

/** A date of a header: a day (MJD), and the seconds in it if the text tells them. */
export interface DateText {
  readonly mjdDay: number;
  readonly second: number | undefined;
  /** The last digit of the seconds; a minute if there are none. */
  readonly resolution: number;
}

const DATE = /^(\d{4})-(\d\d)-(\d\d)(?:T(.*))?$/;
const TIME = /^(\d\d):(\d\d)(?::(\d\d)(\.\d*)?)?Z?$/;

/**
 * Reads a date in ISO 8601, with its time of day in the same text or in another one.
 *
 * @returns `undefined` for what is none. @see FITS 4.0 §4.4.2.1, §9.1.1
 */
export function parseDateText(date: string, time?: string): DateText | undefined {
  const day = DATE.exec(date.trim());
  const mjdDay = day === null ? undefined : mjdOfDate(Number(day[1]), Number(day[2]), Number(day[3]));
  if (day === null || mjdDay === undefined) return undefined;
  // Some writers put the whole date into TIME-OBS, too.
  const clock = (day[4] ?? time?.trim().replace(/^.*T/, '')) || undefined;
  if (clock === undefined) return { mjdDay, second: undefined, resolution: 86400 };
  const fields = TIME.exec(clock);
  if (fields === null) return undefined;
  const [hour, minute, second] = [Number(fields[1]), Number(fields[2]), Number(fields[3] ?? 0)];
  if (hour > 24 || minute > 59 || second > 60) return undefined;
  const resolution = fields[3] === undefined ? 60 : 10 ** -((fields[4]?.length ?? 1) - 1);
  return { mjdDay, second: hour * 3600 + minute * 60 + second + Number(`0${fields[4] ?? ''}`), resolution };
}
