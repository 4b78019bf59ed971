import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IactError } from '../core/index.ts';
import { verifyChecksum } from './checksum.ts';
import { concatTables } from './concat.ts';
import type { Hdu } from './hdu.ts';
import { BinTable } from './table.ts';
import { readBytes, tableFile } from './testing/files.ts';
import { tableOfManyTypes } from './testing/tables.ts';
import { plainColumn } from './testing/values.ts';

const SOUND = tableOfManyTypes([
  ['LONGTEXT', 'x'.repeat(150)],
  ['CHECKSUM', '0000000000000000'],
  ['DATASUM', '0'],
]);
const FILE = tableFile(SOUND);

/** Does all that can be done with a file; whatever goes wrong must be said by an error of ours. */
async function useFile(bytes: Uint8Array): Promise<void> {
  const hdus = await attempt(() => readBytes(bytes, { sourceBytes: bytes.length }));
  for (const hdu of hdus ?? []) await useHdu(hdu);
}

async function useHdu(hdu: Hdu): Promise<void> {
  await attempt(() => verifyChecksum(hdu));
  const table = await attempt(() => BinTable.fromHdu(hdu, 'x.fits'));
  if (table === undefined) return;
  for (const column of table.columns) await attempt(() => plainColumn(table, column));
  await attempt(() => concatTables([{ table }, { table: SOUND }]));
  await attempt(() => concatTables([{ table: SOUND }, { table }]));
  const copy = await attempt(() => tableFile(table));
  if (copy !== undefined) await attempt(() => readBytes(copy));
}

async function attempt<T>(act: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof IactError && error.code === 'bad-data') return undefined;
    throw error;
  }
}

/** Values that a hostile header may hold. */
const hostileValue = fc.oneof(
  fc.integer({ min: -2, max: 300 }).map(String),
  fc.constantFrom(
    '2147483648',
    '4611686018427387904',
    '9007199254740991',
    '-9223372036854775808',
    '1E300',
    'T',
    '(1,2)',
  ),
  fc
    .constantFrom(
      '1PE(9)',
      '0PJ',
      'QD',
      '99999999999999X',
      '20A7',
      '0A',
      '1000000J',
      '(0)',
      '(999999,999999)',
      '(-1)',
      '',
    )
    .map((text) => `'${text}'`),
  fc.string({ maxLength: 20 }),
);

/** Writes a value into the card at a position of the header. */
function withCard(bytes: Uint8Array, card: number, value: string): Uint8Array {
  const changed = Uint8Array.from(bytes);
  changed.set(Buffer.from(value.padEnd(70).slice(0, 70), 'latin1'), 2880 + 80 * card + 10);
  return changed;
}

describe('readFits() of anything', () => {
  it('readFits() and BinTable fail by IactError alone on files with bytes changed or cut off', async () => {
    const change = fc.tuple(fc.nat(FILE.length - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 20 }), fc.nat(FILE.length), async (changes, length) => {
        const bytes = FILE.slice(0, changes.length % 2 === 0 ? FILE.length : length);
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        await useFile(bytes);
      }),
      { numRuns: 300 },
    );
  });

  it('readFits() and BinTable fail by IactError alone on headers that lie', async () => {
    const cards = SOUND.header.cards.length;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(cards), hostileValue), { minLength: 1, maxLength: 3 }),
        async (changes) => {
          let bytes = FILE;
          for (const [card, value] of changes) bytes = withCard(bytes, card, value);
          await useFile(bytes);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('BinTable fails by IactError alone on data that lie', async () => {
    const [, hdu] = await readBytes(FILE);
    const length = hdu?.dataBytes ?? 0;
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: length, maxLength: length }), async (data) => {
        if (hdu !== undefined) await useHdu({ ...hdu, data });
      }),
      { numRuns: 200 },
    );
  });

  it('readFits() fails by IactError alone on bytes that are no FITS, and on gzip with bytes changed', async () => {
    const packed = Uint8Array.from(gzipSync(FILE));
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 200 }),
        fc.nat(packed.length - 1),
        fc.nat(255),
        async (bytes, at, byte) => {
          await useFile(bytes);
          await useFile(Uint8Array.of(0x1f, 0x8b, ...bytes));
          const changed = Uint8Array.from(packed);
          changed[at] = byte;
          await useFile(changed);
          await useFile(packed.subarray(0, at));
        },
      ),
      { numRuns: 100 },
    );
  });

  it('useFile() reads the sound file whole, so that the tests above reach everything', async () => {
    const hdus = await readBytes(FILE);
    expect(hdus.map((hdu) => hdu.name)).toEqual(['', 'EVENTS']);
    expect(concatTables([{ table: SOUND }, { table: SOUND }]).rowCount).toBe(6);
  });
});
