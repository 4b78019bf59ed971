import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { runIact } from '../../src/cli/testing/run-iact.ts';
import { type BinTable, buildTable, type ColumnSpec } from '../../src/fits/index.ts';
import { copy } from '../support/copy.ts';
import { customStore, simulatedStore, type TestStore } from '../support/store.ts';
import {
  bomb,
  growthMb,
  headerBlock,
  manyHdus,
  PRIMARY,
  TINY_HDU_COLUMNS,
  tableHeaderBlock,
  writeStoreFile,
} from './bombs.ts';
import { type Sandbox, sandbox } from './sandbox.ts';

// Small files that stand for large ones. Memory is bounded by what an index may hold (docs/reference/limits.md), and for
// everything else does not grow with what a file claims or expands to.

async function storeWithHduIndex(bytes: Uint8Array): Promise<{ place: Sandbox; store: TestStore }> {
  const place = await sandbox();
  const store = await customStore(place.from, [{ id: 1, name: 'a.fits' }]);
  await writeStoreFile(place.from, 'hdu-index.fits.gz', bytes);
  return { place, store };
}

const HESS_COLUMNS: readonly [string, string][] = [
  ['OBS_ID', '1J'],
  ['FILE_DIR', '31A'],
  ['FILE_NAME', '40A'],
];

describe('an HDU index', () => {
  it.each([
    [
      'claims ten million rows in a kilobyte',
      [PRIMARY, tableHeaderBlock('HDU_INDEX', 75, 10_000_000, HESS_COLUMNS)],
      0,
      /is truncated in HDU 1/,
    ],
    [
      'expands to a part of what it claims',
      [PRIMARY, tableHeaderBlock('HDU_INDEX', 75, 10_000_000, HESS_COLUMNS)],
      700_000_000,
      /is truncated in HDU 1/,
    ],
    [
      'expands to 4.5 GB',
      [PRIMARY, tableHeaderBlock('HDU_INDEX', 75, 60_000_000, HESS_COLUMNS)],
      4_500_000_000,
      /too large for an index: 4500000000 bytes.*Split the dataset/,
    ],
    [
      'has twenty million rows of a byte',
      [PRIMARY, tableHeaderBlock('HDU_INDEX', 1, 20_000_000, TINY_HDU_COLUMNS)],
      20_000_000,
      /too large for an index: 20000000 rows in HDU 1, at most 16000000/,
    ],
    ['claims 2^53 rows', [PRIMARY, tableHeaderBlock('HDU_INDEX', 1, 2 ** 53 - 1, TINY_HDU_COLUMNS)], 0, /too large/],
    [
      'has rows of 3 GB',
      [PRIMARY, tableHeaderBlock('HDU_INDEX', 3_000_000_000, 1, [['OBS_ID', '3000000000B']])],
      1000,
      /too large/,
    ],
    [
      'has an image of 3 GB before the table',
      [
        PRIMARY,
        headerBlock([
          ['XTENSION', 'IMAGE'],
          ['BITPIX', 8],
          ['NAXIS', 1],
          ['NAXIS1', 3_000_000_000],
        ]),
      ],
      1000,
      /too large/,
    ],
    [
      'has IDs of half a million bits',
      [
        PRIMARY,
        tableHeaderBlock('HDU_INDEX', 65536, 10, [
          ['OBS_ID', '524288X'],
          ['FILE_DIR', '0A'],
          ['FILE_NAME', '0A'],
        ]),
      ],
      655_360,
      /"OBS_ID".*must hold one integer or text a row/,
    ],
    [
      'is a header without an end',
      [PRIMARY, Buffer.from("XTENSION= 'BINTABLE'".padEnd(80))],
      500_000_000,
      /no END record within 36000 records/,
    ],
  ] as const)('that %s is refused in one sentence', async (_, begin, zeros, message) => {
    const { place, store } = await storeWithHduIndex(bomb(begin, zeros));
    const grown = await growthMb(async () => {
      const attempt = copy(store, place.to);
      await expect(attempt).rejects.toMatchObject({ code: 'bad-data' });
      await expect(attempt).rejects.toThrow(message);
      await expect(attempt).rejects.toThrow('hdu-index.fits.gz');
    });
    expect(grown).toBeLessThan(1000);
  });

  it('of ten million rows in 10 kB is read', async () => {
    const bytes = bomb([PRIMARY, tableHeaderBlock('HDU_INDEX', 1, 10_000_000, TINY_HDU_COLUMNS)], 10_000_000);
    expect(bytes.length).toBeLessThan(20_000);
    const { place, store } = await storeWithHduIndex(bytes);
    const grown = await growthMb(async () => {
      expect(await copy(store, place.to)).toMatchObject({ filesFound: 0 });
    });
    expect(grown).toBeLessThan(600);
    expect((await stat(join(place.to, 'hdu-index.fits.gz'))).size).toBe(bytes.length);
  });

  it('of gzip members without end is refused', async () => {
    const empty = gzipSync(Buffer.alloc(0));
    const { place, store } = await storeWithHduIndex(Buffer.concat(Array.from({ length: 300_000 }, () => empty)));
    await expect(copy(store, place.to)).rejects.toThrow(/hdu-index\.fits\.gz" is not a FITS file: it is empty/);
  });

  it('of half a million HDUs is refused', async () => {
    const { place, store } = await storeWithHduIndex(manyHdus(500_000));
    const grown = await growthMb(() => expect(copy(store, place.to)).rejects.toMatchObject({ code: 'bad-data' }));
    expect(grown).toBeLessThan(600);
  });
});

describe('a data file', () => {
  async function storeWithData(
    make: (name: string) => readonly Uint8Array[],
    zeros: number,
  ): Promise<{ store: TestStore; id: number }> {
    const place = await sandbox();
    const store = await simulatedStore(place.from, { observations: 1 });
    const id = store.ids[0] ?? 0;
    await writeStoreFile(place.from, store.fileOf(id), bomb(make('EVENTS'), zeros));
    return { store, id };
  }

  it('of half a million HDUs is checked as far as a file may go, and told', async () => {
    const place = await sandbox();
    const store = await simulatedStore(place.from, { observations: 1 });
    await writeStoreFile(place.from, store.fileOf(store.ids[0] ?? 0), manyHdus(500_000));
    const grown = await growthMb(async () => {
      const checked = await runIact(['check', store.directory, '--rule', 'fits-unreadable']);
      expect(checked.stdout).toContain('its headers have more than 360000 records');
    });
    expect(grown).toBeLessThan(600);
  });

  it('that expands to 3 GB is shown and counted with little memory', async () => {
    const rows = 3_000_000_000 / 16;
    const make = (name: string) => [
      PRIMARY,
      tableHeaderBlock(name, 16, rows, [
        ['TIME', '1D'],
        ['ENERGY', '1D'],
      ]),
    ];
    const { store, id } = await storeWithData(make, 3_000_000_000);
    const grown = await growthMb(async () => {
      const shown = await runIact(['show', store.directory, String(id)]);
      expect(shown.stderr).toContain('was not read: it holds 3000000000 bytes');
      const init = await runIact(['init', store.directory, '--force']);
      expect(init.stdout).toContain('187500000 events');
    });
    expect(grown).toBeLessThan(500);
  });

  it('of a million good time intervals is not described one by one', async () => {
    const make = () => [
      PRIMARY,
      tableHeaderBlock('GTI', 16, 1_000_000, [
        ['START', '1D'],
        ['STOP', '1D'],
      ]),
    ];
    const { store, id } = await storeWithData(make, 16_000_000);
    const grown = await growthMb(async () => {
      const shown = await runIact(['show', store.directory, String(id), '--format', 'json']);
      expect(shown.stdout.length).toBeLessThan(100_000);
      expect(shown.stderr).toContain('HDU "GTI"');
    });
    expect(grown).toBeLessThan(500);
  });

  it('of many event lists of one name is read once', async () => {
    const one = tableHeaderBlock('EVENTS', 16, 6_000_000, [
      ['TIME', '1D'],
      ['ENERGY', '1D'],
    ]);
    const place = await sandbox();
    const store = await simulatedStore(place.from, { observations: 1 });
    const id = store.ids[0] ?? 0;
    const list = bomb([one], 96_000_000);
    const bytes = Buffer.concat([gzipSync(PRIMARY), ...Array.from({ length: 20 }, () => list)]);
    await writeStoreFile(place.from, store.fileOf(id), bytes);
    const grown = await growthMb(async () => {
      const shown = await runIact(['show', store.directory, String(id)]);
      expect(shown.stdout).toContain('Events: 6000000');
    });
    expect(grown).toBeLessThan(600);
  });
});

/** An HDU index of one observation. */
function indexOfOne(files: readonly string[], hduNames: readonly string[]): BinTable {
  const texts = (name: string, values: readonly string[]): ColumnSpec => ({ name, form: '12A', values: [...values] });
  const same = (value: string): string[] => files.map(() => value);
  const columns = [
    { name: 'OBS_ID', form: '1J', values: files.map(() => 1) },
    ...[texts('HDU_TYPE', same('events')), texts('HDU_CLASS', same('events')), texts('FILE_DIR', same('data'))],
    ...[texts('FILE_NAME', files), texts('HDU_NAME', hduNames)],
  ];
  return buildTable({ name: 'HDU_INDEX', columns });
}

describe('an observation', () => {
  const numbered = (name: string) => Array.from({ length: 50_000 }, (_, i) => `${name}${i}`);
  const same = (name: string) => Array.from({ length: 50_000 }, () => name);

  // Work that grows with the square of the rows would take minutes.
  it.each([
    ['as many files', numbered('a.fits'), same('EVENTS')],
    ['as many HDUs of one file', same('a.fits'), numbered('HDU')],
    ['one HDU', same('a.fits'), same('EVENTS')],
  ])('of 50,000 rows that name %s is shown and counted', async (_, files, hduNames) => {
    const place = await sandbox();
    const options = { files: ['data/a.fits'], hduTables: [indexOfOne(files, hduNames)] };
    const store = await customStore(place.from, [{ id: 1, name: 'a.fits' }], options);
    const shown = await runIact(['show', store.directory, '1']);
    expect(shown.status).toBe(1);
    expect(shown.stdout).toContain('HDUs: 50000');
    const init = await runIact(['init', store.directory, '--force']);
    expect(init.status).toBe(0);
    expect(await readFile(store.master, 'utf8')).toContain('"Total observations": 1');
  });
});
