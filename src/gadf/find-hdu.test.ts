import { describe, expect, it } from 'vitest';
import { buildTable, type ColumnSpec } from '../fits/index.ts';
import { HduFinder, hduKey, isNamedHdu } from './find-hdu.ts';
import { HduIndex } from './hdu-index.ts';

type Row = readonly [id: number, hduClass: string, file: string, hduName: string, dir?: string];

function indexOf(rows: readonly Row[]): HduIndex {
  const text = (name: string, values: string[]): ColumnSpec => ({ name, form: '20A', values });
  const columns = [
    { name: 'OBS_ID', form: '1J', values: rows.map(([id]) => id) },
    text(
      'HDU_CLASS',
      rows.map(([, hduClass]) => hduClass),
    ),
    text(
      'FILE_DIR',
      rows.map(([, , , , dir]) => dir ?? 'data'),
    ),
    text(
      'FILE_NAME',
      rows.map(([, , file]) => file),
    ),
    text(
      'HDU_NAME',
      rows.map(([, , , hduName]) => hduName),
    ),
  ];
  return new HduIndex(buildTable({ name: 'HDU_INDEX', columns }), 'hdu-index.fits', 'store/hdu-index.fits');
}

const finderOf = (rows: readonly Row[], ids: readonly number[]) =>
  new HduFinder(indexOf(rows), new Set(ids), 'store/hdu-index.fits');

describe('HduFinder', () => {
  const rows: Row[] = [
    [1, 'psf_table', 'a', 'PSF'],
    [2, 'psf_king', 'b', 'PSF'],
    [1, 'psf_3gauss', 'c', 'PSF3'],
    [1, 'psf_3gauss', 'd', 'PSF3'],
    [1, 'Events', 'e', 'EVENTS'],
  ];

  it('HduFinder takes the first class of the hierarchy that occurs, and of that class the first row', () => {
    const finder = finderOf(rows, [1]);
    expect(finder.find(1, ['psf_king', 'psf_3gauss', 'psf_table'])).toEqual({
      path: 'data/c',
      hduName: 'PSF3',
      hduClass: 'psf_3gauss',
    });
    expect(finder.find(1, ['psf_table', 'psf_3gauss'])?.path).toBe('data/a');
  });

  it('HduFinder finds nothing of another class, of another case, or of an observation that was not asked for', () => {
    const finder = finderOf(rows, [1]);
    expect([finder.find(1, ['bkg_3d']), finder.find(1, ['events']), finder.find(1, [])]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(finder.find(2, ['psf_king'])).toBeUndefined();
  });

  it('HduFinder passes over rows without a file or without the name of an HDU', () => {
    const finder = finderOf(
      [
        [1, 'events', '', 'EVENTS'],
        [1, 'events', 'a', ''],
        [1, 'events', 'b', 'EVENTS'],
      ],
      [1],
    );
    expect(finder.find(1, ['events'])?.path).toBe('data/b');
  });

  it('HduFinder refuses a path that leaves the store, and names the row', () => {
    const finder = finderOf([[7, 'events', 'a', 'EVENTS', '../..']], [7]);
    expect(() => finder.find(7, ['events'])).toThrow('row 1 (OBS_ID 7)');
  });

  it('HduFinder refuses an index without classes', () => {
    const table = buildTable({
      name: 'HDU_INDEX',
      columns: [
        { name: 'OBS_ID', form: '1J', values: [1] },
        { name: 'HDU_NAME', form: '4A', values: ['X'] },
      ],
    });
    const index = new HduIndex(table, 'x', 'x');
    expect(() => new HduFinder(index, new Set([1]), 'x')).toThrow('HDU index "x" has no column "HDU_CLASS"');
  });
});

describe('isNamedHdu()', () => {
  it.each([
    ['events', true],
    ['EVENTS', true],
    ['EVENT', false],
    ['2', true],
    ['02', true],
    ['1', false],
    ['2x', false],
  ])('isNamedHdu() compares HDU 2 "Events" with %s: %s', (hduName, expected) => {
    expect(isNamedHdu({ index: 2, name: 'Events' }, hduName)).toBe(expected);
  });
});

describe('isNamedHdu() of the first HDU', () => {
  it.each([
    ['', 'PRIMARY'],
    ['', 'primary'],
    ['', '0'],
    ['Sky', 'PRIMARY'],
    ['Sky', 'SKY'],
    ['Primary', 'primary'],
  ])('takes the one named "%s" for %s, as astropy and CFITSIO do, and no other one', (name, hduName) => {
    expect(isNamedHdu({ index: 0, name }, hduName)).toBe(true);
    expect(isNamedHdu({ index: 1, name: '' }, hduName)).toBe(false);
  });
});

describe('hduKey()', () => {
  it('is the same for names of the same HDU only', () => {
    expect(hduKey('01')).toBe(hduKey('1'));
    expect(hduKey('Events')).toBe(hduKey('EVENTS'));
    expect(new Set(['1', '2', 'name 1', 'number 1', ''].map(hduKey)).size).toBe(5);
  });
});
