import { IactError, nearestNames } from '../core/index.ts';
import type { BinTable, Column, Hdu } from '../fits/index.ts';
import { findIndexTable, type ObservationIds, readObservationIds } from '../gadf/index.ts';
import { findDataset, indexPath, readIndexFile, type Store } from './open-store.ts';

/** The observation index of a dataset, held in memory as the bytes of its rows. */
export interface ObservationIndex {
  readonly dataset: string;
  readonly uri: string;
  readonly table: BinTable;
  readonly ids: ObservationIds;
  /** All HDUs of its file. */
  readonly hdus: readonly Hdu[];
}

/**
 * Reads the observation index of a dataset.
 *
 * @throws {IactError} `not-found`, `unreadable`, `unsafe-path`, or `bad-data` for what is none.
 */
export async function readObservationIndex(store: Store, dataset: string): Promise<ObservationIndex> {
  const path = indexPath(store, findDataset(store, dataset), 'obs');
  const { uri, hdus } = await readIndexFile(store.source, path, 'Observation index file');
  const { table } = findIndexTable(hdus, 'obs', uri);
  return { dataset, uri, table, ids: readObservationIds(table, uri), hdus };
}

/** A column of the index. @param purpose completes "which … needs" @throws {IactError} `not-found` if there is none. */
export function requireColumn({ table, uri }: ObservationIndex, name: string, purpose: string): Column {
  const column = table.column(name);
  if (column !== undefined) return column;
  const message = `Observation index "${uri}" has no column "${name}", which ${purpose} needs.`;
  throw new IactError('not-found', message, { uri });
}

/** The error for a column that a user named and that the index has not, with the names that may have been meant. */
export function unknownColumn({ uri }: ObservationIndex, name: string, known: readonly string[]): IactError {
  const near = nearestNames(name, known).map((each) => `"${each}"`);
  const hint = near.length === 0 ? `It has ${known.join(', ')}.` : `Did you mean ${near.join(' or ')}?`;
  return new IactError('usage', `Observation index "${uri}" has no column "${name}". ${hint}`, { uri });
}
