import { compileFilter } from '../expr/index.ts';
import type { ObservationId } from '../gadf/index.ts';
import { exprTable } from './expr-table.ts';
import { compileFilterWithFiles } from './filter-files.ts';
import type { ColumnContext } from './observation-column.ts';
import type { ObservationIndex } from './observation-index.ts';
import type { SearchPlan } from './plan-search.ts';
import { sortObservations } from './sort-observations.ts';

/** Observations of an index. Their columns are read by `readObservationColumn`. */
export interface FoundObservations extends ColumnContext {
  /** Rows of the index, from 0, in the order asked for. */
  readonly rows: Uint32Array;
  /** The ID in each of these rows. */
  readonly ids: readonly ObservationId[];
  /** How many there are, also where a limit leaves some out. */
  readonly total: number;
}

/**
 * Finds the observations that a plan asks for. None is a result, too.
 *
 * Each criterion is a filter of its own, so that no bracket in the user's expression can reach beyond it.
 *
 * @throws {IactError} `usage` for an expression that is none, is of the wrong type, or names a column that is not there,
 *   with its place; `usage` for a column to sort by that is not there; `bad-data` for a row on which it fails.
 */
export async function findObservations(index: ObservationIndex, plan: SearchPlan): Promise<FoundObservations> {
  const { cone, criteria, query } = plan;
  const table = exprTable(index.table);
  const filters = criteria.map((text) => compileFilter(text, table));
  if (query.where !== undefined) {
    const files = { hdus: index.hdus, uri: index.uri, directory: query.filesFrom };
    filters.push(await compileFilterWithFiles(query.where, table, files));
  }
  let rows: Uint32Array | undefined;
  for (const filter of filters) {
    const selected = filter.select(table);
    rows = rows === undefined ? selected : inBoth(rows, selected);
  }
  rows ??= Uint32Array.from({ length: table.rowCount }, (_, row) => row);
  const total = rows.length;
  const sorted = sortObservations({ index, cone, rows }, query.sort ?? []).slice(0, query.limit ?? total);
  return { index, cone, rows: sorted, ids: Array.from(sorted, (row) => index.ids.at(row)), total };
}

/** The numbers that two ascending lists share. */
function inBoth(left: Uint32Array, right: Uint32Array): Uint32Array {
  const shared = new Uint32Array(Math.min(left.length, right.length));
  let count = 0;
  for (let i = 0, j = 0; i < left.length && j < right.length; ) {
    const [a, b] = [left[i] as number, right[j] as number];
    if (a === b) shared[count++] = a;
    if (a <= b) i++;
    if (b <= a) j++;
  }
  return shared.slice(0, count);
}
