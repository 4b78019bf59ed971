import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { copy, filesIn, places } from '../../test/support/copy.ts';
import { readTables } from '../../test/support/store.ts';
import { tempDirectory } from '../../test/support/temp.ts';
import { findingsOf, fix } from './fix-store/testing/fix.ts';
import { mergeStores } from './merge-stores/index.ts';
import { FOLDER, utf8Store } from './testing/utf8-store.ts';

// FITS allows ASCII only. Producers write paths in UTF-8 all the same, and astropy reads them so.

/** The bytes of each row of the HDU index, sorted. */
async function hduRowsOf(directory: string): Promise<string[]> {
  const [{ rows, rowBytes, rowCount } = expect.fail('no table')] = await readTables(
    join(directory, 'hdu-index.fits.gz'),
  );
  const row = (n: number) => Buffer.from(rows.subarray(n * rowBytes, (n + 1) * rowBytes)).toString('latin1');
  return Array.from({ length: rowCount }, (_, n) => row(n)).sort();
}

describe('a store with paths in UTF-8', () => {
  it('is checked: its files are found, and the text is told', async () => {
    const store = await utf8Store(await tempDirectory(), { observations: 2 });
    expect(await findingsOf(store.directory)).toMatchObject([
      { code: 'fits-cells', severity: 'warning', column: 'FILE_DIR' },
    ]);
    await rm(join(store.directory, store.fileOf(store.ids[0] ?? 0)));
    const missing = (await findingsOf(store.directory)).filter(({ code }) => code === 'file-missing');
    expect(missing.map(({ message }) => message)).toEqual([expect.stringContaining(`names "${FOLDER}/simulated_obs`)]);
  });

  it('is repaired, and keeps its bytes', async () => {
    const store = await utf8Store(await tempDirectory(), { observations: 1 });
    const [{ rows } = expect.fail('no table')] = await readTables(join(store.directory, 'hdu-index.fits.gz'));
    const path = store.fileOf(store.ids[0] ?? 0);
    await rename(join(store.directory, path), join(store.directory, path.replace('simulated_', 'Simulated_')));
    expect((await fix(store.directory)).result.changes).toBe(6);
    expect((await findingsOf(store.directory)).map(({ code }) => code)).toEqual(['fits-cells']);
    const [{ rows: repaired } = expect.fail('no table')] = await readTables(join(store.directory, 'hdu-index.fits.gz'));
    const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
    expect(text(repaired)).toBe(text(rows).replaceAll('simulated_', 'Simulated_'));
  });

  it('is copied, with the same bytes in its index, whole and in part', async () => {
    const { from, to } = await places();
    const store = await utf8Store(from, { observations: 3 });
    const [first = 0, second = 0, third = 0] = store.ids;
    expect(await copy(store, to, { runs: [second] })).toMatchObject({ filesCopied: 1, failed: [] });
    expect(await copy(store, to, { runs: [first, third] })).toMatchObject({ filesCopied: 2, failed: [] });
    expect(await filesIn(to)).toEqual(await filesIn(from));
    expect(await hduRowsOf(to)).toEqual(await hduRowsOf(from));
  });

  it('is merged with one whose paths count from elsewhere', async () => {
    const root = await tempDirectory();
    const first = await utf8Store(join(root, 'first'), { observations: 2 });
    const second = await utf8Store(join(root, 'second'), {
      observations: 2,
      firstObsId: 500,
      indexDir: 'index',
      seed: 9,
    });
    const output = join(root, 'out');
    await mergeStores({ places: [first.directory, second.directory], output, program: 'test' });
    expect((await filesIn(output)).filter((path) => path.startsWith(`${FOLDER}/`))).toHaveLength(4);
    expect((await findingsOf(output)).map(({ code, column }) => [code, column])).toEqual([['fits-cells', 'FILE_DIR']]);
    const [table] = await readTables(join(output, 'hdu-index.fits.gz'));
    const cells = table?.read('FILE_DIR');
    const texts = Array.from({ length: table?.rowCount ?? 0 }, (_, row) =>
      cells?.kind === 'string' ? Buffer.from(cells.get(row), 'latin1').toString('utf8') : '',
    );
    expect(new Set(texts)).toEqual(new Set([FOLDER]));
  });

  it('is found in Latin-1, too', async () => {
    const store = await utf8Store(await tempDirectory(), { observations: 1 }, Buffer.from('donn\u00e9es', 'latin1'));
    await rename(join(store.directory, FOLDER), join(store.directory, 'données'));
    expect((await findingsOf(store.directory)).map(({ code }) => code)).toEqual(['fits-cells']);
  });
});
