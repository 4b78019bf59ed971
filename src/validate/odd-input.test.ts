import { describe, expect, it } from 'vitest';
import { tempDirectory } from '../../test/support/temp.ts';
import { BinTable, buildTable, type CardValue } from '../fits/index.ts';
import { LocalSource } from '../storage/index.ts';
import { checkStoreFiles } from './index.ts';
import { GOOD_RESPONSES } from './testing/cases/index.ts';
import { type EditedHdu, type StoreEdit, writeEditedStore } from './testing/edited-store.ts';
import { columns } from './testing/edits.ts';

type Edit = (hdu: EditedHdu) => void;

const HDUS = ['EVENTS', 'GTI', 'AEFF', 'EDISP', 'PSF', 'BKG', 'HDU_INDEX', 'OBS_INDEX'];

/** What rules fail at, with the store that they fail at. */
async function failuresAt(edit: StoreEdit, fast = false): Promise<string[]> {
  const failures: string[] = [];
  const directory = await writeEditedStore(await tempDirectory(), edit);
  await checkStoreFiles(new LocalSource(directory), 'master.json', {
    fast,
    onFinding: () => undefined,
    onFailure: ({ code, place, message }) => failures.push(`${code} at ${place.hdu?.name}: ${message}`),
  });
  return failures;
}

/** Takes the bytes of each column for something else. */
const FORMS: readonly (readonly [elementBytes: number, code: string])[] = [
  [1, 'A'],
  [1, 'B'],
  [1, 'L'],
  [1 / 8, 'X'],
  [2, 'I'],
  [4, 'J'],
  [4, 'E'],
  [8, 'K'],
  [8, 'D'],
  [8, 'C'],
  [16, 'M'],
  [8, 'PE'],
  [8, 'PA'],
  [16, 'QJ'],
];

function reform(elementBytes: number, code: string): Edit {
  return (hdu) => {
    for (const { index, form } of tableOf(hdu).columns) {
      const repeat = form.bytes / elementBytes;
      if (!Number.isInteger(repeat) || (/[PQ]/.test(code) && repeat !== 1)) continue;
      hdu.header.set(`TFORM${index + 1}`, `${repeat}${code}`);
      hdu.header.remove(`TDIM${index + 1}`);
    }
  };
}

const ODD_VALUES: readonly CardValue[] = [
  '',
  'text',
  '0.2 deg',
  'NaN',
  true,
  -1,
  0,
  1e300,
  2n ** 70n,
  { re: 1, im: 2 },
];
const OF_COLUMNS = /^(?:TTYPE|TFORM|TUNIT|TDIM|CREF)\d+$/;
const STRUCTURAL =
  /^(?:XTENSION|SIMPLE|BITPIX|NAXIS\d*|[PG]COUNT|TFIELDS|EXTNAME|DATASUM|CHECKSUM|COMMENT|HISTORY)$|^$/;

function everyCard(value: CardValue, isWanted: (keyword: string) => boolean): Edit {
  return ({ header }) => {
    for (const { keyword } of [...header.cards]) if (isWanted(keyword)) header.set(keyword, value);
  };
}

const isPlain = (keyword: string): boolean => !STRUCTURAL.test(keyword) && !OF_COLUMNS.test(keyword);

const EDITS: readonly (readonly [string, Edit])[] = [
  ...FORMS.map(([bytes, code]) => [`columns of type ${code}`, reform(bytes, code)] as const),
  ['arrays that are not in the heap', arraysNowhere],
  ['no rows', (hdu) => setRows(hdu, 0)],
  ['one row', (hdu) => setRows(hdu, 1)],
  ['columns without names', ({ header }) => removeCards(header, /^TTYPE/)],
  ['no columns', noColumns],
  ['no keywords', ({ header }) => removeCards(header, /^(?!TTYPE|TFORM)/)],
  ['all bytes 255', ({ data }) => data.fill(255)],
  ['all bytes 0', ({ data }) => data.fill(0)],
  ['scaled columns', (hdu) => eachColumn(hdu, 'TSCAL', 0)],
  ['shifted columns', (hdu) => eachColumn(hdu, 'TZERO', 32768)],
  ['columns whose zeros are null', (hdu) => eachColumn(hdu, 'TNULL', 0)],
  ['columns of another shape', (hdu) => eachColumn(hdu, 'TDIM', '(1,1)')],
  ['columns without a shape', ({ header }) => removeCards(header, /^TDIM/)],
  ...ODD_VALUES.map((value) => [`keywords of value ${textOf(value)}`, everyCard(value, isPlain)] as const),
  ...ODD_VALUES.map((value) => [`CREF and TUNIT of value ${textOf(value)}`, everyCard(value, isCrefOrUnit)] as const),
];

describe('checkStoreFiles()', () => {
  it.each(EDITS)('fails in no rule: %s', async (_, change) => {
    for (const name of HDUS) {
      const edit = { hdus: { [name]: change }, ...(name === 'PSF' && { added: GOOD_RESPONSES }) };
      expect(await failuresAt(edit), name).toEqual([]);
    }
  });

  it('fails in no rule: everything at once', async () => {
    for (const [, change] of EDITS) {
      const hdus = Object.fromEntries(HDUS.filter((name) => !name.includes('INDEX')).map((name) => [name, change]));
      expect(await failuresAt({ hdus }, true)).toEqual([]);
    }
  });
});

function tableOf({ header, data }: EditedHdu): BinTable {
  return BinTable.fromHdu({ index: 1, kind: 'bintable', name: '', header, dataBytes: data.length, data }, 'memory');
}

/** Descriptors of arrays, and no heap that they point into. */
function arraysNowhere(hdu: EditedHdu): void {
  const { columns: before, rowCount } = tableOf(hdu);
  const values = Array.from({ length: rowCount }, () => [1, 2]);
  columns(
    (spec) => buildTable({ name: '', ...spec }),
    before.map(({ name }) => ({ name, form: '1PE', values })),
  )(hdu);
}

function setRows(hdu: EditedHdu, count: number): void {
  const { rowBytes, rows } = tableOf(hdu);
  hdu.data = rows.slice(0, rowBytes * count);
  hdu.header.set('NAXIS2', hdu.data.length / rowBytes);
}

function noColumns(hdu: EditedHdu): void {
  removeCards(hdu.header, OF_COLUMNS);
  hdu.header.set('TFIELDS', 0);
  hdu.header.set('NAXIS1', 0);
  hdu.header.set('NAXIS2', 0);
  hdu.data = new Uint8Array(0);
}

function removeCards(header: EditedHdu['header'], keywords: RegExp): void {
  for (const { keyword } of [...header.cards]) {
    if (keywords.test(keyword) && !STRUCTURAL.test(keyword)) header.remove(keyword);
  }
}

function eachColumn(hdu: EditedHdu, keyword: string, value: CardValue): void {
  for (const { index } of tableOf(hdu).columns) hdu.header.set(`${keyword}${index + 1}`, value);
}

function isCrefOrUnit(keyword: string): boolean {
  return /^(?:CREF|TUNIT)\d+$/.test(keyword);
}

function textOf(value: CardValue): string {
  return typeof value === 'object' ? 'complex' : `${typeof value} ${String(value)}`;
}
