import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { readTables, simulatedStore, type TestStore, writeTables } from '../../../test/support/store.ts';
import { replaceColumns } from '../../fits/index.ts';
import type { SimulateOptions } from '../../simulate/index.ts';

/** The folder of the data files; its last byte is a blank in Latin-1. */
export const FOLDER = '☀ déjà';

/** A store whose data lie in a folder with a name beyond ASCII, which its HDU index has in these bytes. */
export async function utf8Store(
  directory: string,
  options: SimulateOptions,
  bytes: Uint8Array = Buffer.from(FOLDER),
): Promise<TestStore> {
  const store = await simulatedStore(directory, options);
  const index = join(directory, options.indexDir ?? '', 'hdu-index.fits.gz');
  const folder = `${options.indexDir === undefined ? '' : '../'}${Buffer.from(bytes).toString('latin1')}`;
  await rename(join(directory, 'data'), join(directory, FOLDER));
  const tables = await readTables(index);
  const changed = tables.map((table) => {
    const values = Array.from({ length: table.rowCount }, () => folder);
    return replaceColumns(table, [{ name: 'FILE_DIR', form: `${folder.length}A`, values, anyBytes: true }]);
  });
  await writeTables(index, changed);
  return { ...store, fileOf: (id) => store.fileOf(id).replace(/^data/, FOLDER) };
}
