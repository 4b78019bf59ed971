import type { ObservationId, ObservationIds } from './observation-ids.ts';
import { notAnId, type RunList, type RunListEntry } from './run-list.ts';

/** The part of a run list that an index has, and the part that it has not. */
export interface RunSelection {
  /** IDs as the index holds them, in the order of the list, each once. */
  readonly ids: ReadonlySet<ObservationId>;
  readonly missing: readonly RunListEntry[];
}

/** Looks up the entries of a run list in an index; see {@link resolveRuns}. */
export function selectRuns(runs: RunList, ids: ObservationIds): RunSelection {
  const selected = new Set<ObservationId>();
  const missing: RunListEntry[] = [];
  const resolved = resolveRuns(runs, ids);
  for (const [position, entry] of runs.entries.entries()) {
    const id = resolved[position];
    if (id === undefined) missing.push(entry);
    else selected.add(id);
  }
  return { ids: selected, missing };
}

/**
 * The observation of an index that each entry of a run list names; `undefined` where the index has none.
 *
 * In an index of integers an entry is a number however it is spelled (`0023523` is 23523); in an index of text it is
 * that text, or else the one ID of the index with the same value.
 *
 * @throws {IactError} `bad-data`, naming the line, for an entry that is no number where the index holds numbers.
 */
export function resolveRuns(runs: RunList, ids: ObservationIds): (ObservationId | undefined)[] {
  const known = new Set<ObservationId>();
  for (let row = 0; row < ids.length; row++) known.add(ids.at(row));
  const byValue = valuesOfNames(known);
  const holdsText = ids.length > 0 && [...known].some((id) => typeof id === 'string' && id !== '');
  return runs.entries.map((entry) => {
    if (entry.value === undefined && !holdsText) throw notAnId(entry.text, entry.line, runs.uri);
    const spellings = [entry.text, entry.value ?? entry.text, byValue.get(entry.value ?? Number.NaN) ?? entry.text];
    return spellings.find((each) => known.has(each));
  });
}

/** Rows, from 0 and ascending, that are wanted. */
export function rowsOf(ids: ObservationIds, wanted: (id: ObservationId, row: number) => boolean): Uint32Array {
  const rows = new Uint32Array(ids.length);
  let count = 0;
  for (let row = 0; row < ids.length; row++) {
    if (wanted(ids.at(row), row)) rows[count++] = row;
  }
  return rows.slice(0, count);
}

function valuesOfNames(known: ReadonlySet<ObservationId>): Map<number, string> {
  const values = new Map<number, string>();
  for (const id of known) {
    if (typeof id === 'string' && /^[+-]?\d+$/.test(id)) values.set(Number(id), id);
  }
  return values;
}
