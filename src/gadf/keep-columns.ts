import { IactError } from '../core/index.ts';
import { type BinTable, type CardEntry, type Column, type ColumnData, type ColumnSpec, Header } from '../fits/index.ts';
import { isObservationColumn } from './build-index.ts';
import { readObservationIds } from './observation-ids.ts';
import { type CellFact, UNKNOWN_QUALITY } from './observation-row.ts';
import type { IndexedObservation, PlannedIndex } from './plan-index.ts';
import { DATE_COLUMNS, TIME_COLUMNS, TIME_KEYWORDS } from './time-columns.ts';
import { readTimeReference, scaleNameOf } from './time-reference.ts';

/** An observation index with what an older one tells beyond the headers. */
export interface KeptColumns {
  readonly observations: readonly IndexedObservation[];
  /** Columns that headers never fill, null where the older index has no such observation. */
  readonly more: readonly ColumnSpec[];
  /** Columns that could not be kept: arrays, complex numbers, bits. */
  readonly lost: readonly string[];
}

/**
 * Takes over what somebody has added to an observation index: columns that headers do not fill, and values where headers
 * tell none (a QUALITY that was judged later, for one). What headers do tell wins. Times that count from another moment
 * are not taken over.
 */
export function keepColumns(
  older: BinTable,
  uri: string,
  { observations, cards }: Pick<PlannedIndex, 'observations' | 'cards'>,
): KeptColumns {
  const ids = readObservationIds(older, uri);
  const rowOf = new Map<string, number>();
  for (let row = 0; row < ids.length; row++) rowOf.set(String(ids.at(row)), row);
  const rows = observations.map(({ obsId }) => rowOf.get(String(obsId)));
  const filled = observations.map(({ row }) => ({ ...row }) as Record<string, CellFact | undefined>);
  const isUsable = usableTimes(older, cards);
  const more: ColumnSpec[] = [];
  const lost: string[] = [];
  for (const column of older.columns) {
    if (!isUsable(column)) continue;
    const values = cellsOf(older.read(column), rows);
    const isKnown = isObservationColumn(column.name);
    if (values === undefined) {
      if (!isKnown) lost.push(column.name);
    } else if (!isKnown) more.push(specOf(column, values));
    else fill(filled, column.name, values);
  }
  return { observations: observations.map((each, i) => ({ ...each, row: filled[i] ?? each.row })), more, lost };
}

/** Tells of a column whether it is none of times and dates, or counts as the new index does. */
function usableTimes(older: BinTable, cards: readonly CardEntry[]): (column: Column) => boolean {
  const header = new Header();
  for (const [keyword, value] of cards) if (TIME_KEYWORDS.includes(keyword)) header.set(keyword, value);
  const hasScale = scaleNameOf(header.get('TIMESYS')) === scaleNameOf(older.header.get('TIMESYS'));
  return ({ name, unit }) => {
    const upper = name.toUpperCase();
    if (DATE_COLUMNS.flat().includes(upper)) return hasScale;
    if (!TIME_COLUMNS.includes(upper)) return true;
    // Columns that headers fill are in seconds.
    return referenceKey(older.header, unit) === referenceKey(header, isObservationColumn(upper) ? 's' : unit);
  };
}

/** Equal for references that are the same, however they are written. */
function referenceKey(header: Header, unit: string | undefined): string {
  try {
    return JSON.stringify(readTimeReference(header, '', unit) ?? null);
  } catch (error) {
    if (!(error instanceof IactError)) throw error;
    // One that cannot be read is the same only where it is written in the same way.
    return [...TIME_KEYWORDS.map((keyword) => header.get(keyword)), unit].map((value) => String(value ?? '')).join('|');
  }
}

type Cell = string | number | bigint | boolean | undefined;

/** Cells of rows, `undefined` for nulls and for rows that are absent; nothing for what is no scalar. */
function cellsOf(data: ColumnData, rows: readonly (number | undefined)[]): readonly Cell[] | undefined {
  if (data.kind === 'array' || data.width !== 1) return undefined;
  if (data.kind === 'string') return rows.map((row) => (row === undefined ? undefined : data.get(row) || undefined));
  if (data.kind === 'logical')
    return rows.map((row) => (row === undefined ? undefined : LOGICALS[data.values[row] ?? 255]));
  if (data.kind !== 'number' && data.kind !== 'bigint') return undefined;
  const { values, nulls } = data;
  return rows.map((row) => (row === undefined || nulls?.[row] === 1 ? undefined : values[row]));
}

const LOGICALS: Readonly<Record<number, boolean>> = { 0: false, 1: true };

function fill(filled: Record<string, CellFact | undefined>[], name: string, values: readonly Cell[]): void {
  for (const [position, row] of filled.entries()) {
    const value = values[position];
    const isUntold = row[name] === undefined || (name === 'QUALITY' && row[name] === UNKNOWN_QUALITY);
    const cell = typeof value === 'bigint' ? Number(value) : value;
    if (isUntold && (typeof cell === 'string' || (typeof cell === 'number' && Number.isFinite(cell)))) row[name] = cell;
  }
}

function specOf(column: Column, values: readonly Cell[]): ColumnSpec {
  const { name, unit, form } = column;
  const [sample] = values.filter((value) => value !== undefined);
  if (form.code === 'A') {
    const texts = values.map((value) => String(value ?? ''));
    return { name, unit, form: `${texts.reduce((most, text) => Math.max(most, text.length), 1)}A`, values: texts };
  }
  if (form.code === 'L') return { name, unit, form: '1L', values: values as (boolean | undefined)[] };
  const isWhole = values.every(
    (value) => value === undefined || typeof value === 'bigint' || Number.isSafeInteger(value),
  );
  if ('BIJK'.includes(form.code) && isWhole && sample !== undefined) {
    const longs = values.map((value) => (value === undefined ? undefined : BigInt(value as number | bigint)));
    return { name, unit, form: '1K', values: longs, ...(longs.includes(undefined) && { nullValue: -(2n ** 63n) }) };
  }
  return {
    name,
    unit,
    form: form.code === 'E' ? '1E' : '1D',
    values: values.map((value) => value as number | undefined),
  };
}
