import type { BinTable } from '../fits/index.ts';
import { isoOfTime, readTimeReference } from '../gadf/index.ts';

/**
 * Sum of the observation times in seconds, dead time included; `undefined` if the index has no times.
 *
 * @see GADF v0.3 obs-index: ONTIME equals TSTOP - TSTART
 */
export function ontimeOf(table: BinTable): number | undefined {
  const ontime = sumOfColumn(table, 'ONTIME');
  if (ontime !== undefined) return ontime;
  const start = sumOfColumn(table, 'TSTART');
  const stop = sumOfColumn(table, 'TSTOP');
  return start === undefined || stop === undefined ? undefined : stop - start;
}

/** Sum over a column of numbers, nulls left out; `undefined` if there is none. */
export function sumOfColumn(table: BinTable, name: string): number | undefined {
  const numbers = numbersOf(table, name);
  return numbers?.reduce((total, value) => total + value, 0);
}

/** Beginning of the first and end of the last observation in UTC; `null` where the index does not tell. */
export function timeSpanOf(table: BinTable, uri: string): { firstUtc: string | null; lastUtc: string | null } {
  const at = (name: string, choose: (one: number, other: number) => number): string | null => {
    const reference = readTimeReference(table.header, uri, table.column(name)?.unit);
    const times = numbersOf(table, name) ?? [];
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

/** The finite values of a column of one number a row. */
function numbersOf(table: BinTable, name: string): number[] | undefined {
  const column = table.column(name);
  const data = column && table.read(column);
  if (data === undefined || data.kind === 'array' || data.width !== 1) return undefined;
  if (data.kind !== 'number' && data.kind !== 'bigint') return undefined;
  const { values, nulls } = data;
  const numbers: number[] = [];
  for (let row = 0; row < values.length; row++) {
    const value = Number(values[row]);
    if (nulls?.[row] !== 1 && Number.isFinite(value)) numbers.push(value);
  }
  return numbers;
}
