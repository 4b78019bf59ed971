import type { BinTable, Header } from '../../fits/index.ts';
import { secondInScale, type TimeReference, timeScaleOf, timesysOf, utcOfTime } from '../../gadf/index.ts';
import { type DateText, parseDateText } from '../date-text.ts';
import type { Place, Report, Severity } from '../finding.ts';
import { headerNumber, headerText } from '../header-values.ts';
import { numbersOf, textOf } from '../row-batch.ts';
import { RowTally } from '../row-tally.ts';
import type { Rule } from '../rule.ts';
import { referenceOf, referenceOfColumn, roundingSeconds, secondsText } from '../times.ts';

export const dateObs: Rule = {
  code: 'date-obs',
  severity: 'warning',
  title: 'DATE-OBS or DATE-END is no date, or not the date of TSTART or TSTOP.',
  detail:
    'In event headers and in the observation index (there with TIME-OBS and TIME-END; names with "_" are read, too), to ' +
    'one second, or to the digits that are given. The FITS standard and GADF v0.3 want dates in the scale that TIMESYS ' +
    'names, GADF v0.2 called them UTC: a date that is right in UTC only is a note.',
  clause: 'GADF v0.3 time; FITS 4.0 §9.2.1, §9.5',
  checks: {
    hdu: ({ format, header, place }, report) => {
      if (format?.type !== 'events') return;
      for (const [end, time] of ENDS) {
        const mark = ['-', '_'].find((sign) => headerText(header, `DATE${sign}${end}`) !== undefined);
        const date = headerText(header, `DATE${mark}${end}`);
        if (mark === undefined || date === undefined) continue;
        const clock = headerText(header, `TIME${mark}${end}`);
        const fault = compare(header, referenceOf(header), date, clock, headerNumber(header, time), time);
        if (fault === undefined) continue;
        const card = `DATE${mark}${end}`;
        const found = clock === undefined ? date : `${date} ${clock}`;
        report(place, { severity: fault.severity, card, message: `${card} is "${found}": ${fault.text}.`, found });
      }
    },
    obsIndex: ({ place }, table, report) => {
      for (const [end, time] of ENDS) checkColumn(table, end, time, place, report);
    },
  },
};

const ENDS = [
  ['OBS', 'TSTART'],
  ['END', 'TSTOP'],
] as const;

function checkColumn(table: BinTable, end: string, time: string, place: Place, report: Report): void {
  const mark = ['-', '_'].find((sign) => table.column(`DATE${sign}${end}`) !== undefined);
  const times = numbersOf(table, time);
  if (mark === undefined || times === undefined) return;
  const reference = referenceOfColumn(table, time);
  const tallies = new Map<Severity, { tally: RowTally; text: string }>();
  for (let row = 0; row < table.rowCount; row++) {
    const date = textOf(table, `DATE${mark}${end}`, row) ?? '';
    if (date === '') continue;
    const clock = textOf(table, `TIME${mark}${end}`, row);
    const fault = compare(table.header, reference, date, clock, times[row], time);
    if (fault === undefined) continue;
    const entry = tallies.get(fault.severity) ?? { tally: new RowTally(), text: fault.text };
    tallies.set(fault.severity, entry);
    entry.tally.add(row, clock === undefined ? date : `${date} ${clock}`);
  }
  for (const [severity, { tally, text }] of tallies) {
    const column = `DATE${mark}${end}`;
    const message = `${column} in ${tally.of(table.rowCount)}: ${text}.`;
    report(place, { severity, column, message, ...tally.detail() });
  }
}

function compare(
  header: Header,
  reference: TimeReference | undefined,
  dateText: string,
  timeText: string | undefined,
  time: number | undefined,
  keyword: string,
): { severity: Severity; text: string } | undefined {
  const date = parseDateText(dateText, timeText);
  if (date === undefined) return { severity: 'warning', text: 'it is no date of ISO 8601' };
  if (reference === undefined || time === undefined || !Number.isFinite(time)) return undefined;
  const utc = utcOfTime(reference, time);
  const offByUtc = secondsOff(date, utc.mjdDay, utc.secondOfDay);
  const scale = timeScaleOf(timesysOf(header.get('TIMESYS')));
  if (scale === undefined || scale === 'utc') {
    return isRight(offByUtc, date, time)
      ? undefined
      : { severity: 'warning', text: `it is ${offText(offByUtc)} ${keyword}` };
  }
  const off = secondsOff(date, utc.mjdDay, secondInScale(scale, utc));
  if (isRight(off, date, time)) return undefined;
  if (isRight(offByUtc, date, time))
    return { severity: 'note', text: `it is ${keyword} in UTC, but TIMESYS is ${timesysOf(header.get('TIMESYS'))}` };
  return { severity: 'warning', text: `it is ${offText(off)} ${keyword} (${timesysOf(header.get('TIMESYS'))})` };
}

function secondsOff(date: DateText, mjdDay: number, second: number): number {
  const days = (date.mjdDay - mjdDay) * 86400;
  if (date.second !== undefined) return days + date.second - second;
  // A date without time is that whole day.
  const into = second - days;
  return into < 0 ? -into : into >= 86400 ? 86400 - into : 0;
}

function isRight(off: number, { resolution, second }: DateText, time: number): boolean {
  return Math.abs(off) <= (second === undefined ? 0 : Math.max(1, resolution, roundingSeconds(time)));
}

function offText(seconds: number): string {
  return `${secondsText(Math.abs(seconds))} ${seconds > 0 ? 'after' : 'before'}`;
}
