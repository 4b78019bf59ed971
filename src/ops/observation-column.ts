import { angularSeparation } from '../expr/index.ts';
import type { ColumnData } from '../fits/index.ts';
import { type Cone, isoOfTime, readTimeReference } from '../gadf/index.ts';
import { type CellValue, cellValue } from './cell-value.ts';
import { type ObservationIndex, unknownColumn } from './observation-index.ts';

/** A column of the observations that were found, one value for each of them, in their order. */
export interface ObservationColumn {
  readonly name: string;
  readonly unit: string | undefined;
  /** Whether the column holds numbers, which people like to see right-aligned. */
  readonly isNumeric: boolean;
  at(position: number): CellValue;
  /** What observations are ordered by; null sorts last. Arrays have no order, and are all null. */
  orderAt(position: number): number | bigint | string | null;
}

/** Rows of an index, and the cone that they were found in. */
export interface ColumnContext {
  readonly index: ObservationIndex;
  readonly cone: Cone | undefined;
  readonly rows: Uint32Array;
}

/** What is computed for each observation, where the index has no column of that name. */
const COMPUTED: Readonly<Record<string, (context: ColumnContext) => ObservationColumn | undefined>> = {
  SEPARATION: separationColumn,
  START_UTC: (context) => utcColumn(context, 'START_UTC', 'TSTART'),
  STOP_UTC: (context) => utcColumn(context, 'STOP_UTC', 'TSTOP'),
};

/**
 * A column of the index, found in any case, or a computed one: `SEPARATION` from the centre of the cone in degrees,
 * `START_UTC` and `STOP_UTC`.
 *
 * @throws {IactError} `usage` if there is none, naming those that may have been meant.
 */
export function readObservationColumn(context: ColumnContext, name: string): ObservationColumn {
  const { index, rows } = context;
  const column = index.table.column(name);
  if (column === undefined) {
    const computed = COMPUTED[name.toUpperCase()]?.(context);
    if (computed !== undefined) return computed;
    throw unknownColumn(index, name, observationColumnNames(context));
  }
  const data = index.table.read(column, rows);
  return {
    name: column.name,
    unit: column.unit,
    isNumeric: data.kind === 'number' || data.kind === 'bigint',
    at: (position) => cellValue(data, position),
    orderAt: orderOf(data),
  };
}

/** The names of the columns that can be read, those of the index first. */
export function observationColumnNames(context: ColumnContext): string[] {
  const names = context.index.table.columns.map(({ name }) => name).filter((name) => name !== '');
  const none = { ...context, rows: new Uint32Array(0) };
  const computed = Object.entries(COMPUTED).filter(([name, make]) => !has(names, name) && make(none) !== undefined);
  return [...names, ...computed.map(([name]) => name)];
}

function has(names: readonly string[], name: string): boolean {
  return names.some((each) => each.toUpperCase() === name);
}

function orderOf(data: ColumnData): ObservationColumn['orderAt'] {
  if (data.kind === 'array' || data.kind === 'complex' || data.width !== 1) return () => null;
  if (data.kind === 'bigint') {
    const { values, nulls } = data;
    return (position) => (nulls?.[position] === 1 ? null : (values[position] ?? null));
  }
  return (position) => {
    const value = cellValue(data, position);
    if (typeof value === 'boolean') return Number(value);
    return typeof value === 'object' ? null : value;
  };
}

function computedColumn(
  name: string,
  unit: string | undefined,
  valueAt: (position: number) => number | string | null,
): ObservationColumn {
  return { name, unit, isNumeric: unit !== undefined, at: valueAt, orderAt: valueAt };
}

function numbersOf({ index, rows }: ColumnContext, name: string): ArrayLike<number> | undefined {
  const column = index.table.column(name);
  const data = column && index.table.read(column, rows);
  return data?.kind === 'number' && data.width === 1 ? data.values : undefined;
}

function separationColumn(context: ColumnContext): ObservationColumn | undefined {
  const { cone } = context;
  const [ra, dec] = [numbersOf(context, 'RA_PNT'), numbersOf(context, 'DEC_PNT')];
  if (cone === undefined || ra === undefined || dec === undefined) return undefined;
  return computedColumn('SEPARATION', 'deg', (position) => {
    const [raDeg, decDeg] = [ra[position] ?? Number.NaN, dec[position] ?? Number.NaN];
    const separation = angularSeparation(cone.raDeg, cone.decDeg, raDeg, decDeg);
    return Number.isNaN(separation) ? null : separation;
  });
}

function utcColumn(context: ColumnContext, name: string, timeColumn: string): ObservationColumn | undefined {
  const { index } = context;
  const times = numbersOf(context, timeColumn);
  const reference = readTimeReference(index.table.header, index.uri, index.table.column(timeColumn)?.unit);
  if (times === undefined || reference === undefined) return undefined;
  return computedColumn(name, undefined, (position) => isoOfTime(reference, times[position] ?? Number.NaN) ?? null);
}
