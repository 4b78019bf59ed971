import { type BinTable, concatTables } from '../fits/index.ts';
import { formatVersionOf } from './format-version.ts';
import { type ObservationId, type ObservationIds, readObservationIds } from './observation-ids.ts';
import { rowsOf } from './select-observations.ts';

/** Whose rows win where both tables know an observation. */
export type Preference = 'remote' | 'local';

/** An index table at the destination of a copy, and the rows of the source's table that are to join it. */
export interface IndexMerge {
  readonly local: BinTable;
  readonly localUri: string;
  readonly remote: BinTable;
  readonly remoteUri: string;
  /** Rows of `remote` to take, from 0. */
  readonly remoteRows: Uint32Array;
  readonly prefer: Preference;
  /** Observations of the local table that go in any case. */
  readonly dropLocal?: ((id: ObservationId) => boolean) | undefined;
  /**
   * What tells rows of one observation apart, where only some of them are to join: rows of the same observation and the
   * same kind give way to each other, and all others stay.
   */
  readonly kindOf?: { readonly local: (row: number) => string; readonly remote: (row: number) => string } | undefined;
}

export interface MergedIndex {
  /** Makes the joined table. Not done before it is asked for: a large one may not be needed after all. */
  readonly join: () => BinTable;
  /** Rows of the local table that gave way (prefer `remote`). */
  readonly removedLocalRows: number;
  /** Rows of the remote table that were passed over (prefer `local`). */
  readonly skippedRemoteRows: number;
}

/**
 * Joins two index tables by observation: the surviving local rows in their order, then the remote ones in theirs.
 * An observation is taken whole from one side, never mixed. Columns are matched by name; see `concatTables` for how
 * tables of different shape join. HDUVERS is the older one of both. Linear in the number of rows.
 */
export function mergeIndex(merge: IndexMerge): MergedIndex {
  const localIds = readObservationIds(merge.local, merge.localUri);
  const remoteIds = readObservationIds(merge.remote, merge.remoteUri);
  const key = comparableKey(localIds, remoteIds);
  const { dropLocal = () => false, kindOf } = merge;
  const localKey = (row: number) => withKind(key(localIds.at(row)), kindOf?.local(row));
  const remoteKey = (row: number) => withKind(key(remoteIds.at(row)), kindOf?.remote(row));
  let localRows: Uint32Array | undefined;
  let remoteRows = merge.remoteRows;
  if (merge.prefer === 'remote') {
    const taken = new Set<ObservationId>();
    for (const row of remoteRows) taken.add(remoteKey(row));
    localRows = rowsOf(localIds, (id, row) => !taken.has(localKey(row)) && !dropLocal(id));
  } else {
    const present = new Set<ObservationId>();
    for (let row = 0; row < localIds.length; row++) present.add(localKey(row));
    remoteRows = remoteRows.filter((row) => !present.has(remoteKey(row)));
    if (merge.dropLocal !== undefined) localRows = rowsOf(localIds, (id) => !dropLocal(id));
  }
  return {
    join: () => {
      const joined = concatTables([
        { table: merge.local, ...(localRows && { rows: localRows }) },
        { table: merge.remote, rows: remoteRows },
      ]);
      // Of rows of an older version, v0.3 would ask for what they cannot have.
      if (remoteRows.length > 0 && isOfLatestVersion(joined) && !isOfLatestVersion(merge.remote)) {
        joined.header.set('HDUVERS', '0.2');
      }
      return joined;
    },
    removedLocalRows: localRows === undefined ? 0 : localIds.length - localRows.length,
    skippedRemoteRows: merge.remoteRows.length - remoteRows.length,
  };
}

function isOfLatestVersion({ header }: BinTable): boolean {
  return formatVersionOf((keyword) => header.get(keyword)) === '0.3';
}

function withKind(id: ObservationId, kind: string | undefined): ObservationId {
  return kind === undefined ? id : `${kind}\0${id}`;
}

/** IDs of two tables compare as they are, unless one holds numbers and the other text. */
function comparableKey(local: ObservationIds, remote: ObservationIds): (id: ObservationId) => ObservationId {
  const types = new Set([typeof local.at(0), typeof remote.at(0)]);
  return types.size > 1 && local.length > 0 && remote.length > 0 ? String : (id) => id;
}
