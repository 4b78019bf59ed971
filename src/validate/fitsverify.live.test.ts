import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { itNeeds, program } from '../../test/support/require.ts';
import { tempDirectory } from '../../test/support/temp.ts';
import { buildTable } from '../fits/index.ts';
import { LocalSource } from '../storage/index.ts';
import { checkStoreFiles } from './index.ts';
import { CASES } from './testing/cases/index.ts';
import { FIRST_FILE, type StoreEdit, writeEditedStore } from './testing/edited-store.ts';
import { card, withoutCard } from './testing/edits.ts';

const CODES = [
  'fits-unreadable',
  'fits-mandatory-cards',
  'fits-cards',
  'fits-duplicate-card',
  'fits-columns',
  'fits-cells',
  'fits-fill',
  'fits-trailing-bytes',
  'fits-duplicate-hdu',
  'fits-checksum',
];
const LOGICALS = buildTable({ name: 'L', columns: [{ name: 'A', form: '1L', values: [true, false] }] });
LOGICALS.rows[1] = 0x58;
const HEAP = buildTable({ name: 'P', columns: [{ name: 'A', form: 'PJ', values: [[1, 2], [3]] }] });
HEAP.rows[15] = 99;

const FILES = [FIRST_FILE, 'data/simulated_obs_id_100002.fits', 'hdu-index.fits', 'obs-index.fits'];

/** Writes over the bytes at the first place of a text. */
function overwrite(find: string, write: string): StoreEdit {
  return {
    bytes: {
      [FIRST_FILE]: (bytes) => {
        const copy = Buffer.from(bytes);
        const at = copy.indexOf(find, 0, 'latin1');
        expect(at).toBeGreaterThan(0);
        copy.write(write, at, 'latin1');
        return new Uint8Array(copy);
      },
    },
  };
}

/**
 * More faults, of which only the file matters. Two differences are on purpose: fitsverify lets TZERO of text pass, which
 * FITS 4.0 §7.3.2 forbids, and asks for LONGSTRN with CONTINUE, which FITS 4.0 does not.
 */
const MORE: readonly (readonly [fault: string, edit: StoreEdit])[] = [
  ['no fault', {}],
  ['a keyword in lower case', overwrite('TASSIGN = ', 'tassign = ')],
  ['a text without closing quote', overwrite("'iactools'          ", "'iactools           ")],
  ['a TFORM that is none', overwrite("TFORM2  = '1D", "TFORM2  = '1Y")],
  ['a TDIM that is too large', { hdus: { AEFF: card('TDIM5', '(72,11)') } }],
  ['a TDIM that is none', { hdus: { AEFF: card('TDIM5', '72x10') } }],
  ['GCOUNT of 2', overwrite('GCOUNT  =                    1', 'GCOUNT  =                    2')],
  ['BITPIX of 7', overwrite('BITPIX  =                    8', 'BITPIX  =                    7')],
  ['no TTYPE', { hdus: { GTI: withoutCard('TTYPE1') } }],
  ['no TFORM', { hdus: { GTI: withoutCard('TFORM1') } }],
  ['no TFIELDS', { hdus: { GTI: withoutCard('TFIELDS') } }],
  ['a logical that is none', { added: [LOGICALS] }],
  ['an array outside of the heap', { added: [HEAP] }],
  ['HIERARCH', { hdus: { GTI: card('A LONG KEYWORD', 1) } }],
];

const withFitsverify = itNeeds(program('fitsverify'));

describe('the rules of FITS', () => {
  const known = CASES.filter(({ code }) => CODES.includes(code)).map(({ fault, edit }) => [fault, edit] as const);
  for (const [fault, edit] of [...known, ...MORE]) {
    withFitsverify(`find fault with the same files as fitsverify: ${fault}`, async () => {
      const directory = await writeEditedStore(await tempDirectory(), edit);
      const ours = new Set<string>();
      await checkStoreFiles(new LocalSource(directory), 'master.json', {
        onFinding: ({ code: found, uri }) => CODES.includes(found) && ours.add(uri),
        onFailure: () => undefined,
      });
      const theirs = FILES.map((file) => join(directory, file)).filter((path) => {
        const { stdout, status } = spawnSync('fitsverify', ['-q', path], { encoding: 'utf8', timeout: 30_000 });
        return status !== 0 || !stdout.startsWith('verification OK');
      });
      expect([...ours].sort()).toEqual(theirs.sort());
    });
  }
});
