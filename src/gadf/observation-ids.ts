import { IactError } from '../core/index.ts';
import { type BinTable, type ColumnData, formatTForm } from '../fits/index.ts';

/**
 * What names an observation: a number where the `OBS_ID` column holds integers that a double holds exactly (as all
 * published stores do), else text. A null ID is the empty text.
 */
export type ObservationId = number | string;

/** The `OBS_ID` column of an index table, one ID a row. */
export interface ObservationIds {
  readonly length: number;
  at(row: number): ObservationId;
}

/**
 * Reads the `OBS_ID` column.
 *
 * @throws {IactError} `bad-data` if the column is absent, or of a type that holds no ID.
 */
export function readObservationIds(table: BinTable, uri: string): ObservationIds {
  const column = table.column('OBS_ID');
  if (column === undefined) {
    throw new IactError('bad-data', `Column "OBS_ID" not found in an index table of "${uri}".`, { uri });
  }
  // Not decoded before it is known to be small: a field of bits takes eight times its size.
  const isScalar = column.form.code === 'A' || column.form.repeat === 1;
  const ids = isScalar ? scalarIds(table.read(column)) : undefined;
  if (ids === undefined) {
    const found = `its TFORM is "${formatTForm(column.form)}"`;
    throw new IactError('bad-data', `Column "OBS_ID" of "${uri}" must hold one integer or text a row; ${found}.`, {
      uri,
    });
  }
  return { length: table.rowCount, at: ids };
}

function scalarIds(data: ColumnData): ((row: number) => ObservationId) | undefined {
  if (data.kind === 'array' || data.width !== 1) return undefined;
  if (data.kind === 'string') return (row) => data.get(row);
  if (data.kind === 'number') {
    const { values, nulls } = data;
    return (row) => (nulls?.[row] === 1 || Number.isNaN(values[row]) ? '' : (values[row] ?? ''));
  }
  if (data.kind !== 'bigint') return undefined;
  const { values, nulls } = data;
  return (row) => (nulls?.[row] === 1 ? '' : exact(values[row] ?? 0n));
}

function exact(value: bigint): ObservationId {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}
