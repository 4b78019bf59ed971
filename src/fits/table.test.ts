import { describe, expect, it } from 'vitest';
import { buildTable } from './build.ts';
import type { Hdu } from './hdu.ts';
import { Header } from './header.ts';
import { BinTable } from './table.ts';
import { joinBytes, readTable, tableFile } from './testing/files.ts';
import { plainColumn } from './testing/values.ts';
import { writeFits } from './write.ts';

/** An HDU of columns given as [TTYPE, TFORM, further keywords] and the bytes of its rows and heap. */
function hduOf(
  columns: readonly (readonly [string, string, Record<string, string | number | bigint>?])[],
  rowCount: number,
  bytes: readonly number[],
  change: Record<string, string | number | undefined> = {},
): Hdu {
  const header = new Header();
  const forms: Record<string, number> = {
    '0A': 0,
    B: 1,
    '2B': 2,
    I: 2,
    J: 4,
    K: 8,
    E: 4,
    '8A': 8,
    '6A': 6,
    '6A2': 6,
    '2I': 4,
    '4X': 1,
    L: 1,
    C: 8,
    PI: 8,
    QD: 16,
    PA: 8,
    PX: 8,
    '0PI': 0,
  };
  const rowBytes = columns.reduce((sum, [, form]) => sum + (forms[form] ?? 0), 0);
  const heap = bytes.length - rowBytes * rowCount;
  const cards = {
    XTENSION: 'BINTABLE',
    BITPIX: 8,
    NAXIS: 2,
    NAXIS1: rowBytes,
    NAXIS2: rowCount,
    PCOUNT: heap,
    GCOUNT: 1,
  };
  for (const [keyword, value] of Object.entries({ ...cards, TFIELDS: columns.length, ...change })) {
    if (value !== undefined) header.set(keyword, value);
  }
  columns.forEach(([name, form, further = {}], i) => {
    header.set(`TTYPE${i + 1}`, name);
    header.set(`TFORM${i + 1}`, form);
    for (const [keyword, value] of Object.entries(further)) header.set(`${keyword}${i + 1}`, value);
  });
  return { index: 1, kind: 'bintable', name: 'T', header, dataBytes: bytes.length, data: Uint8Array.from(bytes) };
}

function tableOf(...args: Parameters<typeof hduOf>): BinTable {
  return BinTable.fromHdu(hduOf(...args), 'x.fits');
}

const ascii = (text: string): number[] => [...Buffer.from(text, 'latin1')];

describe('BinTable.fromHdu()', () => {
  it.each<[string, Parameters<typeof hduOf>[3], RegExp]>([
    ['NAXIS1 too small', { NAXIS1: 5 }, /column 2 \("B", TFORM "J"\) ends at byte 6 of a row, NAXIS1 is 5/],
    ['NAXIS1 too large', { NAXIS1: 7 }, /its 2 columns fill 6 bytes of a row, NAXIS1 is 7/],
    ['TFIELDS beyond 999', { TFIELDS: 1000 }, /TFIELDS is 1000, needed 0 to 999/],
    ['negative TFIELDS', { TFIELDS: -1 }, /TFIELDS is -1/],
    ['more TFIELDS than columns', { TFIELDS: 3 }, /column 3 \(""\) has no valid TFORM3: found none/],
    ['another BITPIX', { BITPIX: 16 }, /BITPIX is 16, needed 8/],
    ['another NAXIS', { NAXIS: 1 }, /NAXIS is 1, needed 2/],
    ['several groups', { GCOUNT: 2 }, /GCOUNT is 2, needed 1/],
    ['a heap within the rows', { THEAP: 3 }, /THEAP is 3, needed 6 to 8/],
    ['a heap behind the data', { THEAP: 9 }, /THEAP is 9, needed 6 to 8/],
  ])('BinTable.fromHdu() refuses %s', (_, change, message) => {
    const columns = [
      ['A', 'I'],
      ['B', 'J'],
    ] as const;
    const hdu = hduOf(columns, 1, [0, 0, 0, 0, 0, 0, 1, 2], change);
    expect(() => BinTable.fromHdu(hdu, 'x.fits')).toThrow(message);
    expect(() => BinTable.fromHdu(hdu, 'x.fits')).toThrow(expect.objectContaining({ code: 'bad-data', uri: 'x.fits' }));
  });

  it('BinTable.fromHdu() refuses a TFORM that is none', () => {
    expect(() => tableOf([['A', 'Z']], 0, [])).toThrow(/column 1 \("A"\) has no valid TFORM1: found "Z"/);
  });

  it('BinTable.fromHdu() refuses rows without bytes, other kinds, and data that are not there', () => {
    const empty = hduOf([['A', '0A']], 2 ** 40, []);
    expect(() => BinTable.fromHdu({ ...empty, dataBytes: 0 }, 'x.fits')).toThrow(/but NAXIS1 is 0/);
    const good = hduOf([['A', 'I']], 1, [0, 1]);
    expect(() => BinTable.fromHdu({ ...good, kind: 'image' }, 'x.fits')).toThrow(/kind image, needed a binary table/);
    expect(() => BinTable.fromHdu({ ...good, data: undefined }, 'x.fits')).toThrow(/were not loaded/);
    expect(() => BinTable.fromHdu({ ...good, data: Uint8Array.of(1) }, 'x.fits')).toThrow(
      /1 bytes of data found, 2 needed/,
    );
  });

  it('BinTable.fromHdu() finds the heap behind its gap', () => {
    const columns = [['A', 'PI']] as const;
    const bytes = [0, 0, 0, 1, 0, 0, 0, 2, 9, 9, 9, 9, 7, 7, 0, 5];
    const table = tableOf(columns, 1, bytes, { THEAP: 12 });
    expect(plainColumn(table, 'A')).toEqual([[5]]);
    expect(table.heap).toEqual(Uint8Array.of(7, 7, 0, 5));
  });
});

describe('BinTable.column()', () => {
  it('BinTable.column() prefers the exact spelling', () => {
    const table = tableOf(
      [
        ['energy', 'B'],
        ['ENERGY', 'B'],
        ['Dec', 'B'],
      ],
      1,
      [1, 2, 3],
    );
    expect(table.column('ENERGY')?.index).toBe(1);
    expect(table.column('Energy')?.index).toBe(0);
    expect(table.column('DEC')?.index).toBe(2);
    expect(table.column('RA')).toBeUndefined();
    expect(() => table.read('RA')).toThrow(
      'There is no column "RA" in the table "" of "x.fits"; its columns are "energy", "ENERGY", "Dec"',
    );
  });
});

describe('BinTable.read()', () => {
  it('BinTable.read() gives typed arrays, nulls marked only where there are some', () => {
    const table = tableOf(
      [
        ['A', 'I', { TNULL: -1 }],
        ['B', 'J', { TNULL: 7 }],
      ],
      2,
      [0, 1, 0, 0, 0, 2, 0xff, 0xff, 0, 0, 0, 3],
    );
    expect(table.read('A')).toEqual({
      kind: 'number',
      values: Int16Array.of(1, -1),
      width: 1,
      nulls: Uint8Array.of(0, 1),
    });
    expect(table.read('B')).toEqual({ kind: 'number', values: Int32Array.of(2, 3), width: 1, nulls: undefined });
    expect(table.read('B', Uint32Array.of(1, 1, 0))).toMatchObject({ values: Int32Array.of(3, 3, 2) });
  });

  it('BinTable.read() makes integers unsigned by their offset, and bytes signed', () => {
    const columns = [
      ['B', 'B', { TZERO: -128 }],
      ['I', 'I', { TZERO: 32768 }],
      ['J', 'J', { TZERO: 2147483648 }],
      ['K', 'K', { TZERO: 2n ** 63n, TNULL: -(2n ** 63n) }],
    ] as const;
    const table = tableOf(columns, 1, [0, 0x80, 0, 0x7f, 0xff, 0xff, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0]);
    expect(table.read('B')).toMatchObject({ values: Int8Array.of(-128) });
    expect(table.read('I')).toMatchObject({ values: Uint16Array.of(0) });
    expect(table.read('J')).toMatchObject({ values: Uint32Array.of(0xffffffff) });
    expect(table.read('K')).toMatchObject({ values: BigUint64Array.of(0n), nulls: Uint8Array.of(1) });
  });

  it('BinTable.read() scales to doubles, nulls becoming NaN', () => {
    const table = tableOf(
      [
        ['A', '2I', { TSCAL: 0.5, TZERO: 1, TNULL: 3 }],
        ['K', 'K', { TSCAL: 2 }],
      ],
      1,
      [0, 2, 0, 3, 0, 0, 0, 0, 0, 0, 0, 5],
    );
    expect(table.read('A')).toEqual({
      kind: 'number',
      values: Float64Array.of(2, Number.NaN),
      width: 2,
      nulls: Uint8Array.of(0, 1),
    });
    expect(table.read('K')).toMatchObject({ kind: 'number', values: Float64Array.of(10) });
  });

  it('BinTable.read() adds TZERO to the real part of complex numbers only', () => {
    const table = tableOf([['C', 'C', { TSCAL: 2, TZERO: 10 }]], 1, [0x3f, 0x80, 0, 0, 0x40, 0, 0, 0]);
    expect(table.read('C')).toEqual({ kind: 'complex', values: Float64Array.of(12, 4), width: 1 });
  });

  it('BinTable.read() ends text at NUL or at trailing blanks, and keeps its bytes', () => {
    const table = tableOf([['A', '8A']], 4, ascii(' a b    abc\0defgabcdefgh\0       '));
    expect(plainColumn(table, 'A')).toEqual([[' a b'], ['abc'], ['abcdefgh'], ['']]);
    const data = table.read('A');
    expect(data.kind === 'string' && [...data.bytesAt(1)]).toEqual(ascii('abc\0defg'));
    expect(plainColumn(tableOf([['A', '8A']], 1, ascii('Mü\xa0     ')), 'A')).toEqual([['Mü\xa0']]);
  });

  it('BinTable.read() divides text by TDIM or by rAw', () => {
    const bytes = ascii('ab cd ');
    expect(plainColumn(tableOf([['A', '6A', { TDIM: '(2,3)' }]], 1, bytes), 'A')).toEqual([['ab', ' c', 'd']]);
    expect(plainColumn(tableOf([['A', '6A2']], 1, bytes), 'A')).toEqual([['ab', ' c', 'd']]);
    expect(plainColumn(tableOf([['A', '6A', { TDIM: '(4,3)' }]], 1, bytes), 'A')).toEqual([['ab cd']]);
  });

  it('BinTable.read() takes bytes that are neither T nor F as null logicals', () => {
    expect(plainColumn(tableOf([['L', 'L']], 4, [0x54, 0x46, 0, 0x31]), 'L')).toEqual([
      [true],
      [false],
      [null],
      [null],
    ]);
  });

  it('BinTable.read() refuses a descriptor outside the heap only when its row is asked for', () => {
    const row = (count: number, offset: number): number[] => [
      ...Buffer.from(Int32Array.of(count, offset).buffer).swap32(),
    ];
    const heap = [0, 1, 0, 2];
    for (const [count, offset] of [
      [3, 0],
      [1, 3],
      [-1, 0],
      [1, -2],
      [2 ** 30, 0],
    ] as const) {
      const data = tableOf([['A', 'PI']], 2, [...row(2, 0), ...row(count, offset), ...heap]).read('A');
      if (data.kind !== 'array') throw new Error('no arrays');
      expect(data.get(0)).toMatchObject({ values: Int16Array.of(1, 2), width: 1 });
      expect(() => data.get(1)).toThrow(/Cannot read row 2 of column "A".*the heap has 4 bytes/);
    }
    const empty = tableOf([['A', 'PI']], 1, [...row(0, 999)]);
    expect(plainColumn(empty, 'A')).toEqual([[]]);
  });

  it('BinTable.read() refuses 64-bit descriptors beyond the heap', () => {
    const bytes = [
      0x7f,
      ...new Array<number>(7).fill(0xff),
      ...new Array<number>(8).fill(0),
      ...new Array<number>(8).fill(0),
    ];
    const data = tableOf([['A', 'QD']], 1, bytes).read('A');
    expect(() => data.kind === 'array' && data.get(0)).toThrow(/the heap has 8 bytes/);
  });

  it('BinTable.read() reads arrays of bits and of characters', () => {
    const table = tableOf(
      [
        ['X', 'PX'],
        ['A', 'PA'],
      ],
      1,
      [0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1, 0xa0, 0x68, 0x69],
    );
    expect(plainColumn(table, 'X')).toEqual([[true, false, true]]);
    expect(plainColumn(table, 'A')).toEqual([['hi']]);
  });

  it('BinTable.read() takes a TNULL beyond its type as no null at all', () => {
    expect(tableOf([['A', 'B', { TNULL: 256 + 5 }]], 1, [5]).read('A')).toMatchObject({ nulls: undefined });
  });
});

describe('BinTable.toOutput()', () => {
  it('BinTable.toOutput() shares rows and heap, closes the gap and drops sums that may be wrong', async () => {
    const change = { THEAP: 12, DATASUM: '1', CHECKSUM: 'x' };
    const table = tableOf([['A', 'PI']], 1, [0, 0, 0, 1, 0, 0, 0, 2, 9, 9, 9, 9, 7, 7, 0, 5], change);
    const { header, data } = table.toOutput();
    expect(data).toEqual([table.rows, table.heap]);
    expect(['THEAP', 'DATASUM', 'CHECKSUM'].filter((keyword) => header.has(keyword))).toEqual([]);
    expect(header.get('PCOUNT')).toBe(4);
    expect(table.header.get('THEAP')).toBe(12);
    expect(plainColumn(await readTable(tableFile(table)), 'A')).toEqual([[5]]);
  });

  it('BinTable.toOutput() writes a table that was read byte for byte', async () => {
    const table = buildTable({ name: 'T', columns: [{ name: 'P', form: 'PE', values: [[1], [], [2, 3]] }] });
    const file = tableFile(table);
    expect(tableFile(await readTable(file))).toEqual(file);
    expect(joinBytes(writeFits([]))).toHaveLength(0);
  });
});

describe('BinTable.read() of too much', () => {
  it('says so where the values are more than the platform holds in one piece', () => {
    const table = buildTable({
      name: 'T',
      columns: [{ name: 'BITS', form: '8000X', values: new Uint8Array(8000) }],
      rowCount: 1,
    });
    expect(() => table.read('BITS', new Uint32Array(2 ** 23))).toThrow(
      expect.objectContaining({
        code: 'bad-data',
        message: expect.stringMatching(/values of column "BITS" of .* in memory/),
      }) as Error,
    );
  });
});
