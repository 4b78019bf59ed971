import { join } from 'node:path';
import { customStore, writeTables } from '../../../test/support/store.ts';
import { tempDirectory } from '../../../test/support/temp.ts';
import { buildTable, type CardEntry, type ColumnSpec } from '../../fits/index.ts';
import { type ObservationIndex, readObservationIndex } from '../observation-index.ts';
import { openStore } from '../open-store.ts';

/** A column of doubles; `undefined` is null. */
export function doubles(name: string, values: readonly (number | undefined)[], unit?: string): ColumnSpec {
  return { name, form: '1D', unit, values: [...values] };
}

/** A column of integers. */
export function integers(name: string, values: readonly (number | undefined)[]): ColumnSpec {
  return { name, form: '1J', nullValue: -1, values: [...values] };
}

/** A column of text. */
export function texts(name: string, values: readonly string[]): ColumnSpec {
  return { name, form: `${Math.max(1, ...values.map((value) => value.length))}A`, values: [...values] };
}

/** The observation index of a store with these columns besides OBS_ID, which counts from 1. */
export async function observationIndex(
  columns: readonly ColumnSpec[],
  cards: readonly CardEntry[] = [],
): Promise<ObservationIndex> {
  const count = columns[0]?.values.length ?? 0;
  const ids = Array.from({ length: count }, (_, position) => position + 1);
  const directory = await tempDirectory();
  const { master, dataset } = await customStore(
    directory,
    ids.map((id) => ({ id, name: `${id}` })),
    { files: [] },
  );
  const table = buildTable({ name: 'OBS_INDEX', columns: [integers('OBS_ID', ids), ...columns], cards });
  await writeTables(join(directory, 'obs-index.fits.gz'), [table]);
  return readObservationIndex(await openStore(master), dataset);
}
