import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { copy, filesIn, places } from '../../test/support/copy.ts';
import { customStore, hduIndexTable, readTables, type TestStore } from '../../test/support/store.ts';
import { buildTable } from '../fits/index.ts';
import { mergeStores } from './merge-stores/index.ts';

// HAWC and SWGO list the files of each event type in an HDU index of its own, all of them in one file.

const typesOf = (id: number, bin: number) => [
  { id, dir: 'events', name: `events-${id}-${bin}.fits` },
  { id, dir: 'irfs', name: `aeff-${bin}.fits`, type: 'aeff' },
];

/** A store of these observations with an HDU index for each of three event types. */
async function binnedStore(directory: string, ids: readonly number[], bins = [5, 6, 7]): Promise<TestStore> {
  const tables = bins.map((bin) => {
    const table = hduIndexTable(ids.flatMap((id) => typesOf(id, bin)));
    table.header.set('EV_TYPE', bin);
    return table;
  });
  const rows = bins.flatMap((bin) => ids.flatMap((id) => typesOf(id, bin)));
  return customStore(directory, rows, { hduTables: tables });
}

/** FILE_NAME of all rows, by the event type of the table. */
async function namesByType(directory: string): Promise<Record<string, string[]>> {
  const tables = await readTables(join(directory, 'hdu-index.fits.gz'));
  return Object.fromEntries(
    tables.map((table) => {
      const data = table.read('FILE_NAME');
      const names = Array.from({ length: table.rowCount }, (_, row) => (data.kind === 'string' ? data.get(row) : ''));
      return [String(table.header.get('EV_TYPE')), names];
    }),
  );
}

describe('a file with several HDU indexes', () => {
  it('has all files of all tables copied', async () => {
    const { from, to } = await places();
    const store = await binnedStore(from, [1, 2]);
    expect(await copy(store, to)).toMatchObject({ filesFound: 9, filesCopied: 9, failed: [] });
    expect(await filesIn(to)).toEqual(await filesIn(from));
    expect(await copy(store, to, { prefer: 'local' })).toMatchObject({ filesCopied: 0, filesKept: 9 });
  });

  it('is copied in part table by table', async () => {
    const { from, to } = await places();
    const store = await binnedStore(from, [1, 2]);
    await copy(store, to, { runs: [2], only: ['events'] });
    expect(await namesByType(to)).toEqual({ 5: ['events-2-5.fits'], 6: ['events-2-6.fits'], 7: ['events-2-7.fits'] });
    await copy(store, to, { runs: [2], only: ['aeff'] });
    await copy(store, to, { runs: [1] });
    const all = (bin: number) =>
      [`events-2-${bin}.fits`, `aeff-${bin}.fits`, `events-1-${bin}.fits`, `aeff-${bin}.fits`] as const;
    expect(await namesByType(to)).toEqual({ 5: all(5), 6: all(6), 7: all(7) });
    expect((await filesIn(to)).filter((path) => path.endsWith('.fits'))).toHaveLength(9);
  });

  it('is brought up to date without mixing tables, and loses what the source has not', async () => {
    const { from, to } = await places();
    await copy(await binnedStore(from, [1, 2]), to);
    const renewed = await binnedStore(join(from, '../renewed'), [2, 3]);
    const result = await copy(renewed, to, { prune: {} });
    expect([...result.removed].sort()).toEqual([
      'events/events-1-5.fits',
      'events/events-1-6.fits',
      'events/events-1-7.fits',
    ]);
    expect((await namesByType(to))['6']).toEqual(['events-2-6.fits', 'aeff-6.fits', 'events-3-6.fits', 'aeff-6.fits']);
  });

  it('lists nothing whose file did not arrive', async () => {
    const { from, to } = await places();
    const store = await binnedStore(from, [1, 2]);
    await rm(join(from, 'events/events-1-6.fits'));
    expect((await copy(store, to)).failed.map(({ path }) => path)).toEqual(['events/events-1-6.fits']);
    const names = await namesByType(to);
    expect(names['5']).toHaveLength(4);
    expect(names['6']).toEqual(['aeff-6.fits', 'events-2-6.fits', 'aeff-6.fits']);
  });

  it('is not joined with a file that has another number of them', async () => {
    const { from, to } = await places();
    await copy(await binnedStore(from, [1], [5, 6]), to);
    const other = await binnedStore(join(from, '../other'), [2], [5, 6, 7]);
    await expect(copy(other, to)).rejects.toMatchObject({
      code: 'exists',
      message: expect.stringMatching(/holds 2 HDU indexes, and ".*other.*" 3: they cannot be joined/),
    });
  });

  it('refuses tables that count paths from different folders', async () => {
    const { from, to } = await places();
    const tables = [5, 6].map((bin) => hduIndexTable(typesOf(1, bin)));
    tables[1]?.header.set('BASE_DIR', 'deeper');
    const store = await customStore(from, typesOf(1, 5), { hduTables: tables });
    await expect(copy(store, to)).rejects.toMatchObject({
      code: 'bad-data',
      message: expect.stringContaining('BASE_DIR'),
    });
  });

  it('is read where the tables differ in a BASE_DIR that is passed over', async () => {
    const { from, to } = await places();
    const tables = [5, 6, 7].map((bin) => hduIndexTable(typesOf(1, bin)));
    for (const [n, base] of ['/a', '$B/c'].entries()) tables[n]?.header.set('BASE_DIR', base);
    const rows = [5, 6, 7].flatMap((bin) => typesOf(1, bin));
    expect(await copy(await customStore(from, rows, { hduTables: tables }), to)).toMatchObject({ filesCopied: 6 });
  });

  it('has no rows of a table that names files, and says nowhere that it is an index', async () => {
    const { from, to } = await places();
    const texts = { OBS_ID: '1', FILE_NAME: 'raw.root' };
    const columns = Object.entries(texts).map(([name, value]) => ({ name, form: `${value.length}A`, values: [value] }));
    const raw = buildTable({ name: 'RAW_FILES', columns });
    const store = await customStore(from, typesOf(1, 5), { hduTables: [raw, hduIndexTable(typesOf(1, 5))] });
    expect(await copy(store, to)).toMatchObject({ filesFound: 2, filesCopied: 2, failed: [] });
    const named = await copy(
      await customStore(join(from, '../b'), typesOf(1, 5), { hduTables: [raw] }),
      join(to, '../c'),
    );
    expect(named.failed.map(({ path }) => path)).toEqual(['raw.root']);
  });

  it('is merged table by table', async () => {
    const { from, to } = await places();
    const other = join(from, '../other');
    const places2 = [await binnedStore(from, [1]), await binnedStore(other, [2])];
    await mergeStores({ places: places2.map(({ directory }) => directory), output: to, program: 'test' });
    const expected = (bin: number) => [
      `events-1-${bin}.fits`,
      `aeff-${bin}.fits`,
      `events-2-${bin}.fits`,
      `aeff-${bin}.fits`,
    ];
    expect(await namesByType(to)).toEqual({ 5: expected(5), 6: expected(6), 7: expected(7) });
  });
});
