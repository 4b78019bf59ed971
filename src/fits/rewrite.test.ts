import { describe, expect, it } from 'vitest';
import {
  type BinTable,
  buildTable,
  type Hdu,
  primaryHeader,
  readFits,
  renewChecksum,
  rewriteFits,
  setCells,
  setChecksum,
  sortRows,
  sumOfData,
  verifyChecksum,
  writeFits,
} from './index.ts';

const TABLE = buildTable({
  name: 'T',
  columns: [
    { name: 'N', form: '1D', values: [3, 1, 2] },
    { name: 'TEXT', form: '2A', values: ['a', 'b', 'c'] },
    { name: 'I', form: '1I', nullValue: -1, values: [1, 2, 3] },
  ],
});

/** A file with checksums, and bytes behind its end. */
function file(): Uint8Array {
  const hdus = [{ header: primaryHeader() }, TABLE.toOutput(), TABLE.toOutput()];
  for (const hdu of hdus) setChecksum(hdu);
  return new Uint8Array(Buffer.concat([...writeFits(hdus), Buffer.from('behind')]));
}

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}

async function rewrite(bytes: Uint8Array, change: Parameters<typeof rewriteFits>[1]['change'], size = 1000) {
  const chunks: Uint8Array[] = [];
  for await (const chunk of rewriteFits(inPieces(bytes, size), { uri: 'x', change })) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
}

function read(bytes: Uint8Array): Promise<Hdu[]> {
  return readFits(inPieces(bytes, 5000), { uri: 'x', inflate: (source) => source });
}

const text = (table: BinTable, name: string): (string | number)[] => {
  const data = table.read(name);
  return Array.from({ length: table.rowCount }, (_, row) =>
    data.kind === 'string' ? data.get(row) : data.kind === 'number' ? (data.values[row] ?? Number.NaN) : '?',
  );
};

describe('rewriteFits()', () => {
  it('passes all bytes on where nothing changes, in pieces of any size', async () => {
    for (const size of [1, 80, 2879, 1e6]) expect(await rewrite(file(), () => undefined, size)).toEqual(file());
    const cutOff = file().slice(0, file().length - 1000);
    expect(await rewrite(cutOff, () => undefined)).toEqual(cutOff);
  });

  it('changes the header of an HDU, whatever its length, and nothing else', async () => {
    const changed = await rewrite(file(), ({ index, header }) => {
      if (index !== 1) return undefined;
      const other = header.clone();
      for (let n = 0; n < 40; n++) other.set(`NEW${n}`, n);
      renewChecksum(other, sumOfData(TABLE.rows));
      return { header: other };
    });
    expect(changed.length).toBe(file().length + 2880);
    const [before, after] = [await read(file()), await read(changed)];
    expect(after.map(({ data }) => data)).toEqual(before.map(({ data }) => data));
    expect(after.map(verifyChecksum)).toEqual(before.map(() => ({ datasum: 'ok', checksum: 'ok' })));
    expect(Buffer.from(changed.slice(-6)).toString()).toBe('behind');
  });

  it('refuses data that do not fit their header', async () => {
    const change = ({ index, header }: { index: number; header: Hdu['header'] }) =>
      index === 1 ? { header, data: new Uint8Array(5) } : undefined;
    await expect(rewrite(file(), change)).rejects.toMatchObject({ code: 'bad-data' });
  });
});

describe('setCells()', () => {
  it('changes cells, and leaves the table that was given', () => {
    const changed = setCells(setCells(TABLE, 'N', new Map([[1, 7.5]])), 'text', new Map([[0, 'zz']]));
    expect([text(changed, 'N'), text(changed, 'TEXT')]).toEqual([
      [3, 7.5, 2],
      ['zz', 'b', 'c'],
    ]);
    expect([text(TABLE, 'N'), text(TABLE, 'TEXT')]).toEqual([
      [3, 1, 2],
      ['a', 'b', 'c'],
    ]);
  });

  it('widens a column of text, and refuses what does not fit a column of numbers', () => {
    expect(text(setCells(TABLE, 'TEXT', new Map([[2, 'longer']])), 'TEXT')).toEqual(['a', 'b', 'longer']);
    expect(() => setCells(TABLE, 'I', new Map([[0, 40_000]]))).toThrow(/row 1 of column "I".*out of the range/);
    expect(() => setCells(TABLE, 'NONE', new Map())).toThrow(/no column "NONE"/);
  });
});

describe('sortRows()', () => {
  it('puts whole rows into order', () => {
    const sorted = sortRows(TABLE, 'N');
    expect([text(sorted, 'N'), text(sorted, 'TEXT')]).toEqual([
      [1, 2, 3],
      ['b', 'c', 'a'],
    ]);
  });

  it('compares 64-bit integers exactly', () => {
    const values = [2n ** 53n + 1n, 2n ** 53n, -5n];
    const table = buildTable({ name: 'T', columns: [{ name: 'K', form: '1K', values }] });
    const data = sortRows(table, 'K').read('K');
    expect(data.kind === 'bigint' && [...data.values]).toEqual([-5n, 2n ** 53n, 2n ** 53n + 1n]);
  });

  it.each([
    ['text', { form: '1A', values: ['b', 'a'] }, /"C": it does not hold one number in a row/],
    [
      'several numbers in a row',
      {
        form: '2D',
        values: [
          [2, 1],
          [1, 2],
        ],
      },
      /does not hold one number/,
    ],
    ['a number that is none', { form: '1D', values: [2, Number.NaN] }, /row 2 holds none/],
    ['a null', { form: '1K', nullValue: 7, values: [undefined, 1n] }, /row 1 holds none/],
  ])('refuses %s', (_, spec, message) => {
    const table = buildTable({ name: 'T', columns: [{ name: 'C', ...spec }] });
    expect(() => sortRows(table, 'C')).toThrow(message);
  });
});

describe('renewChecksum()', () => {
  it('writes only the cards that there were', () => {
    const { header } = TABLE.toOutput();
    renewChecksum(header, 1);
    expect([header.has('DATASUM'), header.has('CHECKSUM')]).toEqual([false, false]);
    header.set('DATASUM', '0');
    renewChecksum(header, 5);
    expect([header.get('DATASUM'), header.has('CHECKSUM')]).toEqual(['5', false]);
  });
});
