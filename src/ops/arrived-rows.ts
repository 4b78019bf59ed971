import type { HduIndex, ObservationIds } from '../gadf/index.ts';
import type { FailedFile } from './copy-events.ts';

/** What was selected of the two index tables of a dataset. */
export interface SelectedRows {
  readonly hduIndex: HduIndex;
  readonly obsIds: ObservationIds;
  /** Rows of the HDU index and of the observation index; `undefined` for all. */
  readonly hduRows: Uint32Array | undefined;
  readonly obsRows: Uint32Array | undefined;
  readonly paths: readonly string[];
  /** Position in `paths` of the file of each selected HDU row, -1 for none. */
  readonly fileOfRow: Int32Array;
}

/** Rows that the index tables of the destination may list; `undefined` for all. */
export interface ArrivedRows {
  readonly hdu: Uint32Array | undefined;
  readonly obs: Uint32Array | undefined;
}

/**
 * Leaves out what did not arrive: HDU rows whose file failed, and observations without their events or without any
 * file. Of an observation that arrived in part while the destination has an older one, the older rows stay.
 *
 * @param localIds the observations that the destination's HDU index lists already.
 */
export function arrivedRows(
  selected: SelectedRows,
  failed: readonly FailedFile[],
  localIds: ObservationIds | undefined,
): ArrivedRows {
  if (failed.length === 0) return { hdu: selected.hduRows, obs: selected.obsRows };
  const { hduIndex, fileOfRow, paths } = selected;
  const failedPaths = new Set(failed.map(({ path }) => path));
  const failedFiles = new Set(paths.flatMap((path, position) => (failedPaths.has(path) ? [position] : [])));
  const damaged = new Set<string>();
  const withoutEvents = new Set<string>();
  const withFiles = new Set<string>();
  const rowAt = (index: number) => selected.hduRows?.[index] ?? index;
  for (const [index, file] of fileOfRow.entries()) {
    const row = rowAt(index);
    const id = String(hduIndex.ids.at(row));
    if (failedFiles.has(file)) {
      damaged.add(id);
      if (hduIndex.text('HDU_TYPE', row).toLowerCase() === 'events') withoutEvents.add(id);
    } else if (file >= 0) withFiles.add(id);
  }
  const older = localIds === undefined ? new Set<string>() : present(damaged, localIds);
  const hdu: number[] = [];
  for (const [index, file] of fileOfRow.entries()) {
    const row = rowAt(index);
    if (!failedFiles.has(file) && !older.has(String(hduIndex.ids.at(row)))) hdu.push(row);
  }
  const listed = (id: string) => !damaged.has(id) || (withFiles.has(id) && !withoutEvents.has(id) && !older.has(id));
  const obs = selected.obsRows ?? Uint32Array.from({ length: selected.obsIds.length }, (_, row) => row);
  return { hdu: Uint32Array.from(hdu), obs: obs.filter((row) => listed(String(selected.obsIds.at(row)))) };
}

function present(wanted: ReadonlySet<string>, ids: ObservationIds): Set<string> {
  const found = new Set<string>();
  for (let row = 0; row < ids.length; row++) {
    const id = String(ids.at(row));
    if (wanted.has(id)) found.add(id);
  }
  return found;
}
