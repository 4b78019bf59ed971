import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesIn } from '../../../test/support/copy.ts';
import { customStore, readRows, readTables, type TestStore, writeTables } from '../../../test/support/store.ts';
import { tempDirectory } from '../../../test/support/temp.ts';
import { buildTable, replaceColumns } from '../../fits/index.ts';
import { HduIndex } from '../../gadf/index.ts';
import type { SimulateOptions } from '../../simulate/index.ts';
import { index as indexFolder } from '../index-store/testing/data-files.ts';
import { openStore } from '../open-store.ts';
import { isFine, verifyStore } from '../verify-store.ts';
import type { MergeRequest } from './merge-stores.ts';
import { merge, world } from './testing/merge-world.ts';

/** Paths of the data files that the HDU index names, by row. */
async function indexedPaths(directory: string, path = 'hdu-index.fits.gz'): Promise<string[]> {
  const [table] = await readTables(join(directory, path));
  if (table === undefined) throw new Error('no table');
  const { paths, fileOfRow } = new HduIndex(table, path, path).files();
  return Array.from(fileOfRow, (file) => paths[file] ?? '');
}

const FIRST: SimulateOptions = { observations: 2, name: 'phase1', firstObsId: 1000 };
const SECOND: SimulateOptions = { observations: 3, name: 'phase2', firstObsId: 2000, seed: 2 };

describe('mergeStores()', () => {
  it('keeps the folders of an index that has them in FILE_NAME, and IDs as text', async () => {
    const root = await tempDirectory();
    const texts = {
      OBS_ID: '2',
      FILE_NAME: 'deep/b.fits',
      HDU_NAME: 'EVENTS',
      HDU_TYPE: 'events',
      HDU_CLASS: 'events',
    };
    const columns = Object.entries(texts).map(([name, value]) => ({ name, form: `${value.length}A`, values: [value] }));
    const stores = [
      await customStore(join(root, 'a'), [{ id: 1, name: 'a.fits' }]),
      await customStore(join(root, 'b'), [{ id: 2, dir: '', name: 'deep/b.fits' }], {
        hduTables: [buildTable({ name: 'HDU_INDEX', columns })],
      }),
    ];
    const output = join(root, 'merged');
    await merge({ stores, output });
    expect(await indexedPaths(output)).toEqual(['data/a.fits', 'deep/b.fits']);
    expect(await filesIn(output)).toContain('deep/b.fits');
  });

  it('makes one store with one index, whole and fine', async () => {
    const here = await world(FIRST, { ...SECOND, indexDir: 'index/deep', sharedIrfs: true, psf: 'psf_3gauss' });
    const [first, second] = here.stores as [TestStore, TestStore];
    const result = await merge(here);
    expect(result).toMatchObject({ name: 'phase1', shared: 0, movedFiles: 0 });
    expect(result.store?.datasets).toMatchObject([{ name: 'phase1', observations: 5 }]);
    const ids = [...first.ids, ...second.ids];
    const rows = await readRows(join(here.output, 'obs-index.fits.gz'));
    expect(rows.map((row) => row['OBS_ID'])).toEqual(ids);
    const originals = await Promise.all([
      readRows(join(first.directory, 'obs-index.fits.gz')),
      readRows(join(second.directory, 'index/deep/obs-index.fits.gz')),
    ]);
    expect(rows).toEqual(originals.flat());
    const paths = await indexedPaths(here.output);
    const there = await filesIn(here.output);
    expect(paths.filter((path) => !there.includes(path))).toEqual([]);
    expect(paths.slice(12)).toEqual(await indexedPaths(second.directory, 'index/deep/hdu-index.fits.gz'));
    const { files } = await verifyStore({ store: await openStore(here.output) });
    expect(files.filter((file) => !isFine(file))).toEqual([]);
    expect(JSON.parse(await readFile(join(here.output, 'master.json'), 'utf8')).datasets).toMatchObject([
      { name: 'phase1', 'Total observations': 5 },
    ]);
  });

  it('gives a file another path where another file has its own, and documents, too', async () => {
    const here = await world(
      { ...FIRST, name: 'same', sharedIrfs: true },
      { ...SECOND, name: 'same', sharedIrfs: true, psf: 'psf_3gauss' },
      { observations: 1, name: 'same', sharedIrfs: true, firstObsId: 5000 },
    );
    for (const [position, { directory }] of here.stores.entries()) {
      await writeFile(join(directory, 'README.md'), position === 2 ? 'store 0' : `store ${position}`);
    }
    const { movedFiles } = await merge(here, { name: 'all' });
    expect(movedFiles).toBe(1);
    const paths = await indexedPaths(here.output);
    const irfs = (id: number) => ['data/same_irfs.fits.gz', 'same/data/same_irfs.fits.gz'].filter((_, i) => i === id);
    expect([...new Set(paths.filter((path) => path.includes('irfs')))]).toEqual([...irfs(0), ...irfs(1)]);
    const bytes = (directory: string, path: string) => readFile(join(directory, path));
    const second = here.stores[1]?.directory ?? '';
    expect(await bytes(here.output, 'same/data/same_irfs.fits.gz')).toEqual(
      await bytes(second, 'data/same_irfs.fits.gz'),
    );
    const names = (await readdir(here.output)).filter((name) => name.startsWith('README'));
    expect(names).toEqual(['README.md', 'README.same.md']);
    expect(await readFile(join(here.output, 'README.same.md'), 'utf8')).toBe('store 1');
  });

  it('refuses observations that several stores have, unless it is told whose count', async () => {
    const here = await world(FIRST, { ...FIRST, observations: 3, name: 'again', seed: 9 });
    await expect(merge(here)).rejects.toMatchObject({ code: 'exists' });
    expect(await readdir(join(here.output, '..'))).not.toContain('merged');
    const [first, second] = here.stores as [TestStore, TestStore];
    const original = async ({ directory }: TestStore) => readRows(join(directory, 'obs-index.fits.gz'));
    await merge(here, { prefer: 'first' });
    const third = (await original(second)).slice(2);
    expect(await readRows(join(here.output, 'obs-index.fits.gz'))).toEqual([...(await original(first)), ...third]);
    expect((await filesIn(here.output)).filter((path) => path.startsWith('data/again'))).toHaveLength(1);
    await rm(here.output, { recursive: true });
    const { shared } = await merge(here, { prefer: 'last' });
    expect(shared).toBe(2);
    expect(await readRows(join(here.output, 'obs-index.fits.gz'))).toEqual(await original(second));
    expect((await filesIn(here.output)).some((path) => path.startsWith('data/phase1'))).toBe(false);
  });

  it('converts times that count from another moment', async () => {
    const here = await world(FIRST, SECOND);
    const [, second] = here.stores as [TestStore, TestStore];
    const path = join(second.directory, 'obs-index.fits.gz');
    const [table] = await readTables(path);
    if (table === undefined) throw new Error('no table');
    const rows = await readRows(path);
    const shifted = (name: string) => ({
      name,
      form: '1D',
      unit: 's',
      values: rows.map((row) => Number(row[name]) + 86400),
    });
    const other = replaceColumns(table, [shifted('TSTART'), shifted('TSTOP')]);
    other.header.set('MJDREFI', (other.header.integer('MJDREFI') ?? 0) - 1);
    await writeTables(path, [other]);
    await merge(here);
    const merged = await readRows(join(here.output, 'obs-index.fits.gz'));
    for (const [position, row] of rows.entries()) {
      expect(merged[position + 2]?.['TSTART']).toBeCloseTo(Number(row['TSTART']), 5);
      expect(merged[position + 2]?.['TSTOP']).toBeCloseTo(Number(row['TSTOP']), 5);
    }
  });

  it('ends in the same store when it is stopped and called again, or called twice', async () => {
    const here = await world(FIRST, SECOND, { observations: 1, name: 'phase3', firstObsId: 3000, seed: 3 });
    await merge(here);
    const read = async () => [
      await readRows(join(here.output, 'hdu-index.fits.gz')),
      await readRows(join(here.output, 'obs-index.fits.gz')),
      await filesIn(here.output),
    ];
    const once = await read();
    const { copies } = await merge(here);
    expect(copies.map(({ filesCopied }) => filesCopied)).toEqual([0, 0, 0]);
    expect(await read()).toEqual(once);
    await rm(here.output, { recursive: true });
    const controller = new AbortController();
    const onEvent: MergeRequest['onEvent'] = ({ type }, store) => {
      if (store === 1 && type === 'file') controller.abort();
    };
    await expect(merge(here, { signal: controller.signal, onEvent })).rejects.toMatchObject({ code: 'cancelled' });
    await merge(here);
    expect(await read()).toEqual(once);
  });

  it('names files that are missing, and lists the other observations', async () => {
    const here = await world(FIRST, SECOND);
    const [, second] = here.stores as [TestStore, TestStore];
    const [gone = 0] = second.ids;
    await rm(join(second.directory, 'data', `phase2_obs_id_${String(gone).padStart(6, '0')}.fits.gz`));
    const { copies } = await merge(here);
    expect(copies.map(({ failed }) => failed.length)).toEqual([0, 1]);
    const ids = (await readRows(join(here.output, 'obs-index.fits.gz'))).map((row) => row['OBS_ID']);
    expect(ids).not.toContain(gone);
    expect(ids).toHaveLength(4);
  });

  it('writes nothing in a dry run, and wants two stores and a directory of its own', async () => {
    const here = await world(FIRST, SECOND);
    const result = await merge(here, { dryRun: true });
    expect(result).toMatchObject({ store: undefined, copies: [{ filesFound: 2 }, { filesFound: 3 }] });
    expect(await readdir(join(here.output, '..'))).toEqual(['epoch0', 'epoch1']);
    const [first] = here.stores as [TestStore];
    await expect(merge(here, { places: [first.directory] })).rejects.toMatchObject({ code: 'usage' });
    await expect(merge(here, { output: first.directory })).rejects.toMatchObject({ code: 'usage' });
    await expect(merge(here, { output: 'sftp://host/x' })).rejects.toMatchObject({ code: 'usage' });
    await expect(merge(here, { datasets: ['phase1', 'none'] })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('makes what iact index makes of the merged files, as far as headers tell', async () => {
    const here = await world(FIRST, SECOND);
    await merge(here);
    const merged = await readRows(join(here.output, 'hdu-index.fits.gz'));
    await indexFolder(here.output, { existing: 'replace' });
    expect(await readRows(join(here.output, 'hdu-index.fits.gz'))).toEqual(merged);
  });
});
