import { describe, expect, it } from 'vitest';
import { customStore, type HduRow, hduIndexTable } from '../../test/support/store.ts';
import { tempDirectory } from '../../test/support/temp.ts';
import { type DataSize, dataSizeOf } from './data-size.ts';
import { findDataset, hduIndexOf, indexPath, openStore, readIndexFile } from './open-store.ts';

const ROWS: readonly HduRow[] = [
  { id: 1, name: 'a' },
  { id: 1, name: 'a', type: 'gti' },
  { id: 2, name: 'b' },
];

/** Each file holds 17 bytes. */
async function sizeWith(sizes: readonly (number | undefined)[], rows: readonly HduRow[] = ROWS): Promise<DataSize> {
  const column = { name: 'SIZE', form: '1J', nullValue: -1, values: [...sizes] };
  const hduTables = [hduIndexTable(rows, 'HDU_INDEX', [column])];
  const { master, dataset } = await customStore(await tempDirectory(), rows, { hduTables });
  const store = await openStore(master);
  const path = indexPath(store, findDataset(store, dataset), 'hdu');
  const index = hduIndexOf(await readIndexFile(store.source, path, 'HDU index file'));
  return dataSizeOf(store.source, index, index.files());
}

describe('dataSizeOf()', () => {
  it('believes sizes of files, which all rows of a file share', async () => {
    expect(await sizeWith([500, 500, 70])).toEqual({ sizeBytes: 570, from: 'index', absentFiles: undefined });
  });

  it.each([
    ['of HDUs', [300, 200, 70], ROWS],
    ['of which nobody can tell what they are of', [300, 200], [ROWS[0], ROWS[2]] as HduRow[]],
    ['that are incomplete', [500, 500, undefined], ROWS],
    ['that are none', [0, 0, 0], ROWS],
  ])('looks at the files where the index has sizes %s', async (_, sizes, rows) => {
    expect(await sizeWith(sizes, rows)).toEqual({ sizeBytes: 34, from: 'files', absentFiles: 0 });
  });
});
