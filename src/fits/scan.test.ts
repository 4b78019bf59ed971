import { describe, expect, it } from 'vitest';
import { buildTable } from './build.ts';
import type { SkippableBytes } from './byte-stream.ts';
import { setChecksum, verifyChecksum } from './checksum.ts';
import type { HduOutput } from './hdu.ts';
import { Header } from './header.ts';
import { type ScanEnd, type ScannedHdu, scanFits } from './scan.ts';
import { primaryHeader, writeFits } from './write.ts';

const TABLE = buildTable({ name: 'T', columns: [{ name: 'A', form: '1J', values: [1, 2, 3] }] });

function file(): Uint8Array {
  const hdus: HduOutput[] = [{ header: primaryHeader() }, TABLE.toOutput(), TABLE.toOutput()];
  for (const hdu of hdus) setChecksum(hdu);
  return new Uint8Array(Buffer.concat([...writeFits(hdus)]));
}

async function scan(
  bytes: Uint8Array,
  choice: 'load' | 'pass' | 'stop' = 'load',
  chunkBytes = 1000,
): Promise<{ end: ScanEnd; hdus: ScannedHdu[] }> {
  const hdus: ScannedHdu[] = [];
  async function* source(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
  }
  const end = await scanFits(source(), {
    uri: 'x.fits',
    inflate: (compressed) => compressed,
    select: ({ index }) => (index === 1 ? choice : 'pass'),
    onHdu: (hdu) => hdus.push(hdu),
  });
  return { end, hdus };
}

describe('scanFits()', () => {
  it.each([1, 7, 1000, 1e6])('tells of every HDU, in chunks of %d bytes', async (chunkBytes) => {
    const { end, hdus } = await scan(file(), 'load', chunkBytes);
    expect(end).toEqual({ fault: undefined, trailingBytes: 0 });
    expect(hdus.map(({ name, dataBytes, foundBytes }) => [name, dataBytes, foundBytes])).toEqual([
      ['', 0, 0],
      ['T', 12, 12],
      ['T', 12, 12],
    ]);
    expect(hdus.map(({ datasumOk, checksumOk }) => [datasumOk, checksumOk])).toEqual([
      [true, true],
      [true, true],
      [true, true],
    ]);
    expect(hdus[1]!.data).toEqual(TABLE.rows);
    expect(hdus[2]!.data).toBeUndefined();
  });

  it.each([100, 2880, 5000, 1e6])('passes over what the source can skip, in chunks of %d bytes', async (chunkBytes) => {
    const bytes = file();
    for (const length of [bytes.length, bytes.length - 2880, bytes.length - 2875, 2880 * 5 + 6]) {
      const cut = bytes.subarray(0, length);
      let [at, skipped] = [0, 0];
      const source: SkippableBytes = {
        async *[Symbol.asyncIterator]() {
          for (; at < cut.length; at += chunkBytes) yield cut.subarray(at, at + chunkBytes);
        },
        skip: (wanted) => {
          const passed = Math.min(wanted, Math.max(0, cut.length - at - chunkBytes));
          at += passed;
          skipped += passed;
          return passed;
        },
      };
      const hdus: ScannedHdu[] = [];
      const options = {
        uri: 'x.fits',
        inflate: (compressed: AsyncIterable<Uint8Array>) => compressed,
        checksums: false,
      };
      const end = await scanFits(source, { ...options, select: () => 'pass', onHdu: (hdu) => hdus.push(hdu) });
      const plain: ScannedHdu[] = [];
      async function* whole(): AsyncGenerator<Uint8Array> {
        yield cut;
      }
      expect(end).toEqual(
        await scanFits(whole(), { ...options, select: () => 'pass', onHdu: (hdu) => plain.push(hdu) }),
      );
      expect(hdus).toEqual(plain);
      expect(skipped > 0).toBe(chunkBytes === 2880 && length > 2880 * 3);
    }
  });

  it('stops where it is told to', async () => {
    const { end, hdus } = await scan(file(), 'stop');
    expect(end).toEqual({ fault: undefined, trailingBytes: 0 });
    expect(hdus.map(({ index }) => index)).toEqual([0, 1]);
  });

  it('hands data on in pieces', async () => {
    const bytes = file();
    const pieces: number[] = [];
    await scanFits(
      (async function* () {
        yield bytes;
      })(),
      {
        uri: 'x',
        inflate: (compressed) => compressed,
        select: () => (piece) => pieces.push(...piece),
        onHdu: () => undefined,
      },
    );
    expect(pieces).toEqual([...TABLE.rows, ...TABLE.rows]);
  });

  it('counts what is wrong in fill bytes, and what follows the last HDU', async () => {
    const bytes = file();
    // Behind END of the primary header, and in the last block of the data of HDU 1.
    bytes[2879] = 0x58;
    bytes[3 * 2880 - 1] = 1;
    const { end, hdus } = await scan(new Uint8Array(Buffer.concat([bytes, new Uint8Array(100)])));
    expect(hdus[0]).toMatchObject({ headerFillFaults: 1, datasumOk: true, checksumOk: false });
    expect(hdus[1]).toMatchObject({ fill: { missing: 0, faults: 1 }, datasumOk: false });
    expect(end.trailingBytes).toBe(100);
  });

  it('tells how many fill bytes are missing at the end', async () => {
    const { end, hdus } = await scan(file().slice(0, -2000));
    expect(end.fault).toBeUndefined();
    expect(hdus[2]).toMatchObject({ foundBytes: 12, fill: { missing: 2000, faults: 0 } });
  });

  it.each([
    ['an empty file', () => new Uint8Array(0), 'not-fits', 0],
    ['HTML', () => new TextEncoder().encode('<!DOCTYPE html>'), 'not-fits', 0],
    ['a header that ends too early', (bytes: Uint8Array) => bytes.slice(0, 2880 + 500), 'truncated', 1],
    ['data that end too early', (bytes: Uint8Array) => bytes.slice(0, 2 * 2880 + 5), 'truncated', 1],
    [
      'a size that is none',
      (bytes: Uint8Array) => {
        bytes.set(new TextEncoder().encode('NAXIS1  =                  -12'), 2880 + 240);
        return bytes;
      },
      'header',
      1,
    ],
  ])('tells of %s as a fault, and throws nothing', async (_, damage, kind, hdu) => {
    const { end } = await scan(damage(file()));
    expect(end.fault).toMatchObject({ kind, hdu });
  });

  it.each([
    ['1e3', false],
    ['0x3e8', false],
    ['', undefined],
    ['1000', true],
    [' 1000', true],
    [1000, true],
  ])('takes %j for a DATASUM as verifyChecksum() does', async (value, wanted) => {
    // A sum of 1000: the four bytes of this number.
    const table = buildTable({ name: 'T', columns: [{ name: 'A', form: '1J', values: [1000] }] });
    const output = table.toOutput();
    output.header.set('DATASUM', value);
    const bytes = new Uint8Array(Buffer.concat([...writeFits([{ header: primaryHeader() }, output])]));
    const { hdus } = await scan(bytes);
    expect(hdus[1]?.datasumOk).toBe(wanted);
    const state = wanted === undefined ? 'absent' : wanted ? 'ok' : 'wrong';
    expect(verifyChecksum(hdus[1]!).datasum).toBe(state);
  });

  it('ends with a fault where there are more header records than a file may have', async () => {
    const header = new Header();
    for (const [keyword, cardValue] of [
      ['XTENSION', 'IMAGE'],
      ['BITPIX', 8],
      ['NAXIS', 0],
    ] as const) {
      header.set(keyword, cardValue);
    }
    for (let i = 0; i < 31_996; i++) header.set(`K${i.toString(36)}`, i);
    const long = header.encode();
    const bytes = Buffer.concat([primaryHeader().encode(), ...Array.from({ length: 12 }, () => long)]);
    const { end, hdus } = await scan(bytes, 'load', 1 << 20);
    expect(end.fault).toEqual({ kind: 'header', hdu: 12, message: 'its headers have more than 360000 records' });
    expect(hdus).toHaveLength(12);
  });

  it('passes on what the source throws', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield file().subarray(0, 100);
      throw new Error('the link is cut');
    }
    const options = { uri: 'x', inflate: (c: AsyncIterable<Uint8Array>) => c, select: () => 'pass' as const };
    await expect(scanFits(broken(), { ...options, onHdu: () => undefined })).rejects.toThrow('the link is cut');
  });
});
