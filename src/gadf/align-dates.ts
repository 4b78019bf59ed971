import type { BinTable, ColumnSpec } from '../fits/index.ts';
import { textColumn } from './build-index.ts';
import { DATE_COLUMNS } from './time-columns.ts';
import { formatInScale, type TimeScale, timeScaleOf, timesysOf, utcOf } from './time-reference.ts';
import { mjdOfDate } from './utc.ts';

/**
 * The dates of an observation index in the time scale of another one, written as they were: with the time of day in a column
 * of its own, or in the same text. What is no date with a time of day stays.
 */
export function alignDates(table: BinTable, main: BinTable): ColumnSpec[] {
  const [own, wanted] = [table, main].map(({ header }) => timeScaleOf(timesysOf(header.get('TIMESYS'))));
  if (own === undefined || wanted === undefined || own === wanted) return [];
  const scales = { own, wanted };
  return DATE_COLUMNS.flatMap(([dateName, timeName]): ColumnSpec[] => {
    const [dates, times] = [textsOf(table, dateName), textsOf(table, timeName)];
    const rows = Array.from({ length: table.rowCount }, (_, row) =>
      convert(dates?.[row] ?? '', times?.[row] ?? '', scales),
    );
    return [
      ...(dates === undefined ? [] : [textColumn(dateName, rows.map(dateOf))]),
      ...(times === undefined ? [] : [textColumn(timeName, rows.map(timeOf))]),
    ];
  });
}

function textsOf(table: BinTable, name: string): string[] | undefined {
  const column = table.column(name);
  const data = column && table.read(column);
  if (data?.kind !== 'string' || data.width !== 1) return undefined;
  return Array.from({ length: table.rowCount }, (_, row) => data.get(row));
}

interface Scales {
  readonly own: TimeScale;
  readonly wanted: TimeScale;
}

interface DateAndTime {
  readonly date: string;
  readonly time: string;
}

const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const TIME = /^(\d\d):(\d\d):(\d\d(?:\.\d*)?)$/;

const dateOf = ({ date }: DateAndTime): string => date;
const timeOf = ({ time }: DateAndTime): string => time;

/** Some have date and time in one of the columns, or in both. */
function convert(date: string, time: string, scales: Scales): DateAndTime {
  const [inDate, inTime] = [splitText(date), splitText(time)];
  const pair = convertPair({ date: inDate?.date ?? date, time: inTime?.time ?? time }, scales);
  return {
    date: inDate ? convertWhole(inDate, scales) : (pair?.date ?? date),
    time: inTime ? convertWhole(inTime, scales) : (pair?.time ?? time),
  };
}

interface SplitText extends DateAndTime {
  /** What stands between them. */
  readonly mark: string;
}

function splitText(text: string): SplitText | undefined {
  const [, date = '', mark = '', time = ''] = /^([^T ]+)([T ])([^T ]+)$/.exec(text) ?? [];
  return mark === '' ? undefined : { date, mark, time };
}

function convertWhole(text: SplitText, scales: Scales): string {
  const { date, time } = convertPair(text, scales) ?? text;
  return `${date}${text.mark}${time}`;
}

function convertPair({ date, time }: DateAndTime, { own, wanted }: Scales): DateAndTime | undefined {
  const [, year, month, dayOfMonth] = DATE.exec(date) ?? [];
  const [, hours, minutes, seconds] = TIME.exec(time) ?? [];
  const day = mjdOfDate(Number(year), Number(month), Number(dayOfMonth));
  if (day === undefined || seconds === undefined) return undefined;
  return formatInScale(wanted, utcOf(own, day, Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)));
}
