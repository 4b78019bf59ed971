import type { BinTable } from '../fits/index.ts';
import { isoOfTime, readTimeReference } from '../gadf/index.ts';

/**
 * Sum of the observation times in seconds, dead time included: of each row `ONTIME`, or `TSTOP` - `TSTART` where that is
 * null. `undefined` if the index has no times.
 *
 * @see GADF v0.3 obs-index: ONTIME equals TSTOP - TSTART
 */
export function ontimeOf(table: BinTable): number | undefined {
  const [ontimes, starts, stops] = ['ONTIME', 'TSTART', 'TSTOP'].map((name) => valuesOf(table, name));
  if (ontimes === undefined && (starts === undefined || stops === undefined)) return undefined;
  return sumOf(
    Array.from({ length: table.rowCount }, (_, row) => {
      const [start, stop] = [starts?.[row], stops?.[row]];
      return ontimes?.[row] ?? (start === undefined || stop === undefined ? undefined : stop - start);
    }),
  );
}

/** Sum over a column of numbers, nulls left out; `undefined` if there is none, or nothing but nulls. */
export function sumOfColumn(table: BinTable, name: string): number | undefined {
  const values = valuesOf(table, name);
  return values && sumOf(values);
}

/** Beginning of the first and end of the last observation in UTC; `null` where the index does not tell. */
export function timeSpanOf(table: BinTable, uri: string): { firstUtc: string | null; lastUtc: string | null } {
  const at = (name: string, choose: (one: number, other: number) => number): string | null => {
    const reference = readTimeReference(table.header, uri, table.column(name)?.unit);
    const times = (valuesOf(table, name) ?? []).filter((time) => time !== undefined);
    const [first] = times;
    if (reference === undefined || first === undefined) return null;
    return (
      isoOfTime(
        reference,
        times.reduce((one, other) => choose(one, other), first),
      ) ?? null
    );
  };
  return { firstUtc: at('TSTART', Math.min), lastUtc: at('TSTOP', Math.max) };
}

/** @returns `undefined` if all are, unless there is none at all. */
function sumOf(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 && values.length > 0 ? undefined : known.reduce((total, value) => total + value, 0);
}

/** A column of one number a row; `undefined` for what is null or not finite. */
function valuesOf(table: BinTable, name: string): (number | undefined)[] | undefined {
  const column = table.column(name);
  const data = column && table.read(column);
  if (data === undefined || data.kind === 'array' || data.width !== 1) return undefined;
  if (data.kind !== 'number' && data.kind !== 'bigint') return undefined;
  const { values, nulls } = data;
  return Array.from({ length: values.length }, (_, row) => {
    const value = Number(values[row]);
    return nulls?.[row] !== 1 && Number.isFinite(value) ? value : undefined;
  });
}
