import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { setChecksum, verifyChecksum } from './checksum.ts';
import type { Hdu, HduOutput } from './hdu.ts';
import { Header } from './header.ts';
import { joinBytes, readBytes } from './testing/files.ts';
import { primaryHeader, writeFits } from './write.ts';

function hduOf(data: readonly Uint8Array[], xtension = 'IMAGE'): HduOutput {
  const header = new Header();
  header.set('XTENSION', xtension);
  header.set('BITPIX', 8);
  header.set('NAXIS', 1);
  header.set(
    'NAXIS1',
    data.reduce((sum, piece) => sum + piece.length, 0),
  );
  return { header, data };
}

async function written(hdu: HduOutput): Promise<{ bytes: Uint8Array; hdu: Hdu }> {
  const bytes = joinBytes(writeFits([{ header: primaryHeader() }, hdu]));
  const read = (await readBytes(bytes))[1];
  if (read === undefined) throw new Error('no HDU');
  return { bytes: bytes.subarray(2880), hdu: read };
}

/** The sum as appendix J defines it, one byte at a time. */
function naiveSum(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 4) {
    sum += new DataView(bytes.buffer, bytes.byteOffset).getUint32(i);
    if (sum > 0xffffffff) sum -= 0xffffffff;
  }
  return sum;
}

describe('setChecksum()', () => {
  it('setChecksum() makes the words of the whole HDU add to minus zero, however the data are cut in pieces', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ max: 255, maxLength: 23 }), { maxLength: 12 }),
        fc.constantFrom('IMAGE', 'TABLE'),
        async (pieces, kind) => {
          const output = hduOf(pieces, kind);
          setChecksum(output);
          const { bytes, hdu } = await written(output);
          expect(naiveSum(bytes)).toBe(0xffffffff);
          expect(hdu.header.get('DATASUM')).toBe(String(naiveSum(bytes.subarray(2880))));
          expect(hdu.header.get('CHECKSUM')).toMatch(/^[0-9A-Za-z]{16}$/);
          expect(verifyChecksum(hdu)).toEqual({ datasum: 'ok', checksum: 'ok' });
        },
      ),
    );
  });

  it('setChecksum() folds the carries of long data', async () => {
    const output = hduOf([new Uint8Array(9_000_001).fill(0xff)]);
    setChecksum(output);
    const { bytes, hdu } = await written(output);
    expect(naiveSum(bytes)).toBe(0xffffffff);
    expect(verifyChecksum(hdu)).toEqual({ datasum: 'ok', checksum: 'ok' });
  });

  it('setChecksum() replaces older sums in their place', () => {
    const output = hduOf([Uint8Array.of(1)]);
    output.header.set('CHECKSUM', 'old', 'mine');
    output.header.set('LAST', 1);
    setChecksum(output);
    setChecksum(output);
    expect(output.header.cards.map((card) => card.keyword).slice(4)).toEqual(['CHECKSUM', 'LAST', 'DATASUM']);
  });
});

describe('verifyChecksum()', () => {
  it('verifyChecksum() sees a byte that changed in data or header', async () => {
    const output = hduOf([Uint8Array.from({ length: 100 }, (_, i) => i)]);
    setChecksum(output);
    const { hdu } = await written(output);
    const data = Uint8Array.from(hdu.data ?? []);
    data[50] = 0;
    expect(verifyChecksum({ ...hdu, data })).toEqual({ datasum: 'wrong', checksum: 'wrong' });
    const header = hdu.header.clone();
    header.comment('changed');
    expect(verifyChecksum({ ...hdu, header })).toEqual({ datasum: 'ok', checksum: 'wrong' });
  });

  it('verifyChecksum() takes empty sums as absent, and refuses data that were not loaded', async () => {
    const { hdu } = await written(hduOf([Uint8Array.of(1)]));
    expect(verifyChecksum(hdu)).toEqual({ datasum: 'absent', checksum: 'absent' });
    const header = hdu.header.clone();
    header.set('DATASUM', '');
    header.set('CHECKSUM', '');
    expect(verifyChecksum({ ...hdu, header })).toEqual({ datasum: 'absent', checksum: 'absent' });
    expect(() => verifyChecksum({ ...hdu, data: undefined })).toThrow(/were not loaded/);
  });
});
