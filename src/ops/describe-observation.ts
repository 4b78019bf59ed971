import { IactError, nearestNames } from '../core/index.ts';
import type { BinTable, Header } from '../fits/index.ts';
import { isoOfTime, type ObservationIds, readTimeReference } from '../gadf/index.ts';
import type { CellValue } from './cell-value.ts';
import { observationColumnNames, readObservationColumn } from './observation-column.ts';
import { type ObservationHdu, readObservationHdus } from './observation-hdus.ts';
import { type ObservationIndex, readObservationIndex } from './observation-index.ts';
import { findDataset, hduIndexOf, indexPath, readIndexFile, type Store } from './open-store.ts';

/** A time of a table, and the moment that it means where the table tells. */
export interface TimeOfTable {
  readonly time: number;
  readonly utc: string | undefined;
}

export interface GoodTime {
  readonly intervals: readonly { readonly start: TimeOfTable; readonly stop: TimeOfTable }[];
  /** In the unit of the table. */
  readonly total: number;
  readonly unit: string;
}

export interface EventSummary {
  readonly count: number;
  /** `undefined` if there is no event with an energy. */
  readonly energy: { readonly min: number; readonly max: number; readonly unit: string | undefined } | undefined;
  readonly time: { readonly first: TimeOfTable; readonly last: TimeOfTable } | undefined;
}

/** All that a store tells of one observation. */
export interface ObservationDescription {
  readonly id: number | string;
  readonly dataset: string;
  /** The columns of the observation index; empty if it does not list the observation. */
  readonly metadata: readonly { readonly name: string; readonly unit: string | undefined; readonly value: CellValue }[];
  readonly hdus: readonly ObservationHdu[];
  readonly goodTime: GoodTime | undefined;
  readonly events: EventSummary | undefined;
  /** What is missing or broken. */
  readonly problems: readonly string[];
}

/**
 * Describes an observation from the two indexes and its files. What is missing is named, and the rest is told.
 *
 * @param wanted its ID; for numbers leading zeros do not matter.
 * @throws {IactError} `not-found` if neither index lists it; as `readObservationIndex` for a broken index.
 */
export async function describeObservation(
  store: Store,
  dataset: string,
  wanted: string,
): Promise<ObservationDescription> {
  const index = await readObservationIndex(store, dataset);
  const hduFile = await readIndexFile(
    store.source,
    indexPath(store, findDataset(store, dataset), 'hdu'),
    'HDU index file',
  );
  const hduIndex = hduIndexOf(hduFile);
  const [rows, hduRows] = [rowsOfId(index.ids, wanted), rowsOfId(hduIndex.ids, wanted)];
  const row = rows[0];
  const id = row === undefined ? hduIndex.ids.at(hduRows[0] ?? 0) : index.ids.at(row);
  if (row === undefined && hduRows.length === 0) throw unknownObservation(index, wanted);
  const hdus = await readObservationHdus(store.source, hduIndex, hduRows);
  const problems: string[] = [];
  if (row === undefined) problems.push(`Observation index "${index.uri}" does not list it.`);
  if (rows.length > 1) problems.push(`Observation index "${index.uri}" lists it ${rows.length} times.`);
  if (hduRows.length === 0) problems.push(`HDU index "${hduFile.uri}" does not list it.`);
  for (const problem of new Set(hdus.flatMap(({ problem }) => problem ?? []))) problems.push(problem);
  const summary = <T>(type: string, summarize: (table: BinTable, fallback: Header) => T): T | undefined => {
    const table = hdus.find((hdu) => hdu.type.toLowerCase() === type)?.content?.table;
    try {
      return table && summarize(table, index.table.header);
    } catch (error) {
      if (!(error instanceof IactError)) throw error;
      problems.push(error.message);
      return undefined;
    }
  };
  const goodTime = summary('gti', goodTimeOf);
  const events = summary('events', eventSummary);
  return { id, dataset, metadata: metadataOf(index, row), hdus, goodTime, events, problems };
}

function rowsOfId(ids: ObservationIds, wanted: string): number[] {
  const value = /^\d+$/.test(wanted) ? Number(wanted) : undefined;
  const rows: number[] = [];
  for (let row = 0; row < ids.length; row++) {
    const id = ids.at(row);
    if (id === value || String(id) === wanted) rows.push(row);
  }
  return rows;
}

function unknownObservation({ dataset, ids, uri }: ObservationIndex, wanted: string): IactError {
  const known = Array.from({ length: ids.length }, (_, row) => String(ids.at(row)));
  const near = nearestNames(wanted, known);
  const hint = near.length === 0 ? '' : ` Did you mean ${near.join(' or ')}?`;
  return new IactError('not-found', `Dataset "${dataset}" has no observation "${wanted}".${hint}`, { uri });
}

function metadataOf(index: ObservationIndex, row: number | undefined): ObservationDescription['metadata'] {
  if (row === undefined) return [];
  const context = { index, cone: undefined, rows: Uint32Array.of(row) };
  return observationColumnNames(context).map((name) => {
    const { unit, at } = readObservationColumn(context, name);
    return { name, unit, value: at(0) };
  });
}

/** @see GADF v0.3 gti */
function goodTimeOf(table: BinTable, fallback: Header): GoodTime {
  const [starts, stops] = [numbersOf(table, 'START'), numbersOf(table, 'STOP')];
  const timeOf = timesOf(table, 'START', fallback);
  const intervals = Array.from(starts, (start, i) => ({ start: timeOf(start), stop: timeOf(stops[i] ?? Number.NaN) }));
  const total = intervals.reduce((sum, { start, stop }) => sum + stop.time - start.time, 0);
  return { intervals, total, unit: table.column('START')?.unit ?? 's' };
}

/** @see GADF v0.3 events */
function eventSummary(table: BinTable, fallback: Header): EventSummary {
  const energy = rangeOf(numbersOf(table, 'ENERGY'));
  const time = rangeOf(numbersOf(table, 'TIME'));
  const timeOf = timesOf(table, 'TIME', fallback);
  return {
    count: table.rowCount,
    energy: energy && { ...energy, unit: table.column('ENERGY')?.unit },
    time: time && { first: timeOf(time.min), last: timeOf(time.max) },
  };
}

function numbersOf(table: BinTable, name: string): ArrayLike<number> {
  const data = table.read(name);
  if (data.kind === 'number' && data.width === 1) return data.values;
  throw new IactError('bad-data', `Column "${name}" of "${table.uri}" must hold one number a row.`, { uri: table.uri });
}

/** The smallest and the largest of numbers, null values left out. */
function rangeOf(values: ArrayLike<number>): { min: number; max: number } | undefined {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return min <= max ? { min, max } : undefined;
}

/** Times of a table count from its own reference, or if it has none, from that of the index. */
function timesOf(table: BinTable, column: string, fallback: Header): (time: number) => TimeOfTable {
  const header = table.header.has('MJDREFI') || table.header.has('MJDREF') ? table.header : fallback;
  const reference = readTimeReference(header, table.uri, table.column(column)?.unit);
  return (time) => ({ time, utc: reference && isoOfTime(reference, time) });
}
