import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { itNeeds, program, pythonModule } from '../../test/support/require.ts';
import { buildTable, type ColumnSpec } from './build.ts';
import { setChecksum, verifyChecksum } from './checksum.ts';
import { concatTables } from './concat.ts';
import type { HduOutput } from './hdu.ts';
import { BinTable } from './table.ts';
import { arbitraryColumns } from './testing/arbitrary-table.ts';
import { astropyTables, run, runPython, withDirectory } from './testing/astropy.ts';
import { joinBytes, readBytes } from './testing/files.ts';
import { type PlainValue, plainTable } from './testing/values.ts';
import { primaryHeader, writeFits } from './write.ts';

const astropy = pythonModule('astropy');

/** A file of every type of column, with scaling, nulls, shapes, long strings and HIERARCH, written by astropy. */
const ASTROPY_FILE = `
import sys, numpy as np
from astropy.io import fits
def vla(dtype, *rows): 
    a = np.empty(len(rows), dtype=object)
    for i, row in enumerate(rows): a[i] = np.array(row, dtype=dtype)
    return a
C = fits.Column
columns = [
  C('L', 'L', array=[True, False, True]), C('X', '11X', array=np.arange(33).reshape(3, 11) % 3 == 0),
  C('B', 'B', array=np.array([0, 128, 255], dtype=np.uint8)),
  C('I', 'I', null=-99, array=np.array([-32768, -99, 32767], dtype=np.int16)), C('UI', 'I', bzero=2**15, array=np.array([0, 32768, 65535], dtype=np.uint16)),
  C('J', '2J', array=np.array([[1, -2], [2**31 - 1, 0], [-2**31, 5]], dtype=np.int32)), C('UJ', 'J', bzero=2**31, array=np.array([0, 2**31, 2**32 - 1], dtype=np.uint32)),
  C('K', 'K', null=7, array=np.array([-2**63, 7, 2**63 - 1])), C('UK', 'K', bzero=2**63, array=np.array([0, 2**63, 2**64 - 1], dtype=np.uint64)),
  C('E', '6E', dim='(3,2)', unit='TeV', disp='F8.3', array=np.linspace(-1e-30, 1e30, 18, dtype=np.float32).reshape(3, 2, 3)),
  C('D', 'D', array=[np.nan, np.inf, 0.1]), C('C', 'C', array=np.array([1 + 2j, -1j, 0.5], dtype=np.complex64)), C('M', 'M', array=np.array([0.1 + 2j, -1j, 0.5])),
  C('S', 'I', array=[-5, 0, 125]), C('B8', 'B', array=np.array([0, 128, 255], dtype=np.uint8)), C('A', '7A', array=['abc', '', ' x y z7']), C('AA', '8A', dim='(4,2)', array=np.array([['ab', 'c'], ['', 'abcd'], ['x', 'y']])),
]
# A table of their own, as astropy 5 sums a heap wrong that does not begin at a whole word.
arrays = [
  C('PE', 'PE()', array=vla('f4', [1, 2], [], [3.5])), C('QJ', 'QJ()', array=vla('i4', [1], [2, 3, 4], [])),
  C('PD', 'PD()', array=vla('f8', [0.1] * 100, [np.nan], [1])),
]
hdu = fits.BinTableHDU.from_columns(columns, name='EVENTS')
h = hdu.header
scaled = {'S': {'TSCAL': 0.01, 'TZERO': 5}, 'B8': {'TZERO': -128}}
for name, cards in scaled.items():
    n = hdu.columns.names.index(name) + 1
    for keyword, value in cards.items(): h.set(f'{keyword}{n}', value, after=f'TFORM{n}')
h['LONG'] = ("it's " * 40, 'a comment'); h['HIERARCH ESO INS MODE'] = ('wide', 'hier'); h['FLOAT'] = 1.5e-300; h['NEG'] = -12; h['BIG'] = 2**60
h['CPLX'] = 1.5 - 2j; h['YES'] = True; h['NONE'] = None; h['EMPTY'] = ''; h['QUOTE'] = "'"; h['AMP'] = 'a&'
h.add_history('h' * 100); h.add_comment('c')
fits.HDUList([fits.PrimaryHDU(), hdu, fits.BinTableHDU.from_columns(arrays, name='ARRAYS'), fits.ImageHDU(np.arange(5, dtype='i2'))]).writeto(sys.argv[1], checksum=True, overwrite=True)
`;

/** The values of a table as astropy can have them: a null logical is false. */
function likeAstropy(table: BinTable): Record<string, PlainValue[][]> {
  const logical = new Set(
    table.columns.filter(({ form }) => (form.elementCode ?? form.code) === 'L').map(({ name }) => name),
  );
  return Object.fromEntries(
    Object.entries(plainTable(table)).map(([name, rows]) => [
      name,
      logical.has(name) ? rows.map((row) => row.map((value) => value ?? false)) : rows,
    ]),
  );
}

/** What fitsverify says; its status counts warnings too, such as the one about long strings. */
function fitsverify(path: string): string {
  return spawnSync('fitsverify', [path], { encoding: 'utf8' }).stdout;
}

function fileOf(...tables: BinTable[]): Uint8Array {
  const hdus: HduOutput[] = [{ header: primaryHeader() }, ...tables.map((table) => table.toOutput())];
  for (const hdu of hdus) setChecksum(hdu);
  return joinBytes(writeFits(hdus));
}

/** Tables with columns of every type, the same in every run. */
function sampleTables(count: number, accept: (spec: ColumnSpec) => boolean = () => true): BinTable[] {
  const all = fc.sample(arbitraryColumns(4), { numRuns: count, seed: 20261122 });
  const cases = all
    .map((columns) => columns.filter(({ spec }) => accept(spec)))
    .filter((columns) => columns.length > 0);
  return cases.map((columns, i) =>
    buildTable({
      name: `T${i}`,
      columns: columns.map(({ spec }) => spec),
      cards: [
        ['LONG', "it's ".repeat(40), 'a comment'],
        ['ESO INS MODE', 'wide', 'a HIERARCH card'],
        ['TINY', 5e-324],
        ['HISTORY', 'h'.repeat(100)],
      ],
    }),
  );
}

describe('readFits() and BinTable', () => {
  itNeeds(astropy)('readFits() reads what astropy wrote: all types of columns and cards, sums included', async () => {
    await withDirectory(async (path) => {
      runPython(ASTROPY_FILE, path('a.fits'));
      const hdus = await readBytes(readFileSync(path('a.fits')));
      const ok = { datasum: 'ok', checksum: 'ok' };
      expect(hdus.map((hdu) => verifyChecksum(hdu))).toEqual([ok, ok, ok, ok]);
      const events = hdus[1];
      if (events === undefined) throw new Error('no table');
      const table = BinTable.fromHdu(events, 'a.fits');
      const [expected] = astropyTables(path('a.fits'));
      expect(Object.keys(expected?.[0]?.columns ?? {})).toHaveLength(17);
      const tables = [table, BinTable.fromHdu(hdus[2] ?? events, 'a.fits')];
      expect(tables.map(likeAstropy)).toEqual(expected?.map(({ columns }) => columns));
      expect(plainTable(table)['I']).toEqual([[-32768], [null], [32767]]);
      const { header } = table;
      const cards = ['LONG', 'ESO INS MODE', 'FLOAT', 'NEG', 'BIG', 'CPLX', 'YES', 'NONE', 'EMPTY', 'QUOTE', 'AMP'];
      expect(cards.map((keyword) => header.get(keyword))).toEqual([
        "it's ".repeat(40).trimEnd(),
        'wide',
        1.5e-300,
        -12,
        2n ** 60n,
        { re: 1.5, im: -2 },
        true,
        undefined,
        '',
        "'",
        'a&',
      ]);
      expect(cards.every((keyword) => header.has(keyword))).toBe(true);
      expect(header.card('LONG')?.comment).toBe('a comment');
    });
  });
});

describe('buildTable() and writeFits()', () => {
  itNeeds(astropy)('writeFits() writes what astropy reads alike, with right sums', async () => {
    await withDirectory((path) => {
      // astropy knows no arrays of bits, no TZERO of arrays, and no texts divided by rAw.
      const tables = sampleTables(
        60,
        ({ form, zero }) => !/[PQ]X|A\d/.test(form) && !(/[PQ]/.test(form) && zero !== undefined),
      );
      writeFileSync(path('b.fits'), fileOf(...tables));
      const [expected] = astropyTables(path('b.fits'));
      expect(expected?.map(({ columns }) => columns)).toEqual(tables.map(likeAstropy));
      const script = `
import sys, warnings, json
from astropy.io import fits
warnings.simplefilter('error')
h = fits.open(sys.argv[1], checksum=True)
[x.data for x in h]
print(json.dumps([h[1].header['LONG'], h[1].header['ESO INS MODE'], h[1].header['TINY'], str(h[1].header['HISTORY'])]))`;
      const header = JSON.parse(runPython(script, path('b.fits'))) as unknown;
      expect(header).toEqual(["it's ".repeat(40).trimEnd(), 'wide', 5e-324, `${'h'.repeat(72)}\n${'h'.repeat(28)}`]);
    });
  });

  itNeeds(program('fitsverify'))(
    'writeFits() writes files that fitsverify finds no error in, wrong sums included',
    async () => {
      await withDirectory((path) => {
        const tables = sampleTables(40);
        writeFileSync(path('b.fits'), fileOf(...tables));
        const joined = tables.map((table) => concatTables([{ table }, { table, rows: Uint32Array.of(2, 1) }]));
        writeFileSync(path('c.fits'), fileOf(...joined));
        for (const name of ['b.fits', 'c.fits']) {
          const report = fitsverify(path(name));
          expect(report).toMatch(/ 0 error\(s\)/);
          expect(report).not.toMatch(/checksum|datasum/i);
        }
        const broken = fileOf(...tables.slice(0, 1));
        broken[broken.length - 1] = 1;
        writeFileSync(path('d.fits'), broken);
        expect(fitsverify(path('d.fits'))).toMatch(/checksum is not/);
      });
    },
  );

  itNeeds(program('fitscopy'))('writeFits() writes files that CFITSIO copies unchanged', async () => {
    await withDirectory(async (path) => {
      const tables = sampleTables(10);
      writeFileSync(path('b.fits'), fileOf(...tables));
      run('fitscopy', path('b.fits'), path('copy.fits'));
      const copies = (await readBytes(readFileSync(path('copy.fits')))).slice(1);
      expect(copies.map((hdu) => plainTable(BinTable.fromHdu(hdu, 'copy.fits')))).toEqual(tables.map(plainTable));
      expect(copies.map((hdu) => verifyChecksum(hdu))).toEqual(copies.map(() => ({ datasum: 'ok', checksum: 'ok' })));
    });
  });
});
