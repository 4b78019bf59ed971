import { describe, expect, it } from 'vitest';
import { IactError } from '../core/index.ts';
import type { HduOutput } from './hdu.ts';
import { Header } from './header.ts';
import { headerBytes, joinBytes, readBytes } from './testing/files.ts';
import { primaryHeader, writeFits } from './write.ts';

function imageHdu(data: HduOutput['data'], length: number, xtension = 'IMAGE'): HduOutput {
  const header = new Header();
  header.set('XTENSION', xtension);
  header.set('BITPIX', 8);
  header.set('NAXIS', 1);
  header.set('NAXIS1', length);
  return { header, ...(data === undefined ? {} : { data }) };
}

describe('writeFits()', () => {
  it('writeFits() pads with zeros, and ASCII tables with blanks', () => {
    const data = new Uint8Array(10).fill(7);
    for (const [kind, fill] of [
      ['IMAGE', 0],
      ['TABLE', 0x20],
    ] as const) {
      const bytes = joinBytes(writeFits([{ header: primaryHeader() }, imageHdu(data, 10, kind)]));
      expect(bytes).toHaveLength(3 * 2880);
      expect(bytes.subarray(5760, 5770)).toEqual(data);
      expect(new Set(bytes.subarray(5770))).toEqual(new Set([fill]));
    }
  });

  it('writeFits() hands large data on in views, and takes them in pieces', async () => {
    const data = new Uint8Array(3_000_000).fill(5);
    const chunks = [...writeFits([{ header: primaryHeader() }, imageHdu([data, data.subarray(0, 7)], 3_000_007)])];
    expect(chunks.filter((chunk) => chunk.buffer === data.buffer)).toHaveLength(4);
    const [, hdu] = await readBytes(joinBytes(chunks));
    expect(hdu?.data?.every((byte) => byte === 5)).toBe(true);
    expect(hdu?.data).toHaveLength(3_000_007);
  });

  it('writeFits() refuses data of another length and HDUs out of place', () => {
    const write = (...hdus: HduOutput[]): Uint8Array => joinBytes(writeFits(hdus));
    expect(() => write({ header: primaryHeader() }, imageHdu(new Uint8Array(9), 10))).toThrow(
      'Cannot write HDU 1: 9 bytes of data given, 10 needed',
    );
    expect(() => write({ header: primaryHeader() }, imageHdu(undefined, 10))).toThrow(/0 bytes of data given/);
    expect(() => write(imageHdu(new Uint8Array(10), 10))).toThrow(/begins with "XTENSION", needed "SIMPLE"/);
    expect(() => write({ header: primaryHeader() }, { header: primaryHeader() })).toThrow(/needed "XTENSION"/);
    expect(() => write({ header: new Header() })).toThrow(IactError);
  });
});

describe('primaryHeader()', () => {
  it('primaryHeader() has the mandatory cards in order, then those given', () => {
    const records = [
      'SIMPLE  =                    T / file conforms to the FITS standard',
      'BITPIX  =                    8 / bits per data value',
      'NAXIS   =                    0 / number of axes',
      'EXTEND  =                    T / there may be extensions',
      "ORIGIN  = 'here    '           / there",
    ];
    expect(primaryHeader([['ORIGIN', 'here', 'there']]).encode()).toEqual(headerBytes(records));
  });
});
