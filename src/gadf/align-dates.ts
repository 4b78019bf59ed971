import type { BinTable, ColumnSpec } from '../fits/index.ts';
import { textColumn } from './build-index.ts';
import { DATE_COLUMNS } from './time-columns.ts';
import { formatInScale, type TimeScale, timeScaleOf, utcOf } from './time-reference.ts';
import { mjdOfDate } from './utc.ts';

/** The dates of an observation index in the time scale of another one. What is no date with a time of day stays. */
export function alignDates(table: BinTable, main: BinTable): ColumnSpec[] {
  const [own, wanted] = [table, main].map(({ header }) => timeScaleOf(header.string('TIMESYS') ?? 'UTC'));
  if (own === undefined || wanted === undefined || own === wanted) return [];
  return DATE_COLUMNS.flatMap(([dateName, timeName]): ColumnSpec[] => {
    const [dates, times] = [textsOf(table, dateName), textsOf(table, timeName)];
    if (dates === undefined || times === undefined) return [];
    const converted = dates.map((date, row) => convert(date, times[row] ?? '', own, wanted));
    return [
      textColumn(
        dateName,
        converted.map(({ date }) => date),
      ),
      textColumn(
        timeName,
        converted.map(({ time }) => time),
      ),
    ];
  });
}

function textsOf(table: BinTable, name: string): string[] | undefined {
  const column = table.column(name);
  const data = column && table.read(column);
  if (data?.kind !== 'string' || data.width !== 1) return undefined;
  return Array.from({ length: table.rowCount }, (_, row) => data.get(row));
}

const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const TIME = /^(\d\d):(\d\d):(\d\d(?:\.\d*)?)$/;

function convert(date: string, time: string, own: TimeScale, wanted: TimeScale): { date: string; time: string } {
  const [, year, month, dayOfMonth] = DATE.exec(date) ?? [];
  const [, hours, minutes, seconds] = TIME.exec(time) ?? [];
  const day = mjdOfDate(Number(year), Number(month), Number(dayOfMonth));
  if (day === undefined || seconds === undefined) return { date, time };
  const moment = utcOf(own, day, Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds));
  return formatInScale(wanted, moment) ?? { date, time };
}
