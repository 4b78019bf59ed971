import { IactError } from '../core/index.ts';
import type { BinTable, ColumnData } from '../fits/index.ts';
import { type DatasetEntry, findIndexTable, type ObservationId, readObservationIds } from '../gadf/index.ts';
import { indexPath, readIndexFile, type Store } from './open-store.ts';

/** What an observation index adds, for an observation list, to what the HDU index and the files tell. */
export interface IndexAnnotations {
  /** Whether there is a column BKG_SCALE. */
  readonly hasScales: boolean;
  /** BKG_SCALE of an observation: `undefined` where it has no row, NaN for a null. */
  scaleOf(id: ObservationId): number | undefined;
  /** OBJECT of an observation: `undefined` where it has no row, or the index no such column. */
  objectOf(id: ObservationId): string | undefined;
  /** Why the index tells nothing. */
  readonly fault: string | undefined;
}

/**
 * Opens the observation index of a dataset for the observations that are wanted. A store may do without one: then it tells
 * nothing. Of several rows of an observation the first one counts.
 */
export async function openIndexAnnotations(
  store: Store,
  entry: DatasetEntry,
  wanted: ReadonlySet<ObservationId>,
): Promise<IndexAnnotations> {
  try {
    const file = await readIndexFile(store.source, indexPath(store, entry, 'obs'), 'Observation index file');
    return annotationsOf(findIndexTable(file.hdus, 'obs', file.uri).table, file.uri, wanted);
  } catch (error) {
    if (!(error instanceof IactError) || error.code === 'cancelled') throw error;
    return { hasScales: false, scaleOf: () => undefined, objectOf: () => undefined, fault: error.message };
  }
}

function annotationsOf(table: BinTable, uri: string, wanted: ReadonlySet<ObservationId>): IndexAnnotations {
  // By text, because the one index may hold numbers and the other text.
  const names = new Set([...wanted].map(String));
  const rows = new Map<string, number>();
  const ids = readObservationIds(table, uri);
  for (let row = 0; row < ids.length; row++) {
    const id = String(ids.at(row));
    if (names.has(id) && !rows.has(id)) rows.set(id, row);
  }
  const scales = dataOf(table, 'BKG_SCALE');
  const objects = dataOf(table, 'OBJECT');
  return {
    hasScales: scales !== undefined,
    scaleOf: (id) => {
      const row = rows.get(String(id));
      return row === undefined || scales === undefined ? undefined : numberAt(scales, row);
    },
    objectOf: (id) => {
      const row = rows.get(String(id));
      return row === undefined || objects?.kind !== 'string' ? undefined : objects.get(row * objects.width).trim();
    },
    fault: undefined,
  };
}

function dataOf(table: BinTable, name: string): ColumnData | undefined {
  const column = table.column(name);
  return column && table.read(column);
}

function numberAt(data: ColumnData, row: number): number {
  if (data.kind !== 'number' && data.kind !== 'bigint') return Number.NaN;
  const at = row * data.width;
  return data.nulls?.[at] === 1 ? Number.NaN : Number(data.values[at]);
}
