import { describe, expect, it } from 'vitest';
import { buildTable } from '../fits/index.ts';
import { HduIndex } from '../gadf/index.ts';
import { idsOf, readIndexRows } from './index-rows.ts';

function indexTable(base?: string) {
  const text = (name: string, value: string) => ({ name, form: `${value.length}A`, values: [value] });
  const columns = [text('OBS_ID', '20136'), text('FILE_DIR', 'data'), text('FILE_NAME', 'a.fits')];
  const table = buildTable({ name: 'HDU_INDEX', columns });
  if (base !== undefined) table.header.set('BASE_DIR', base);
  return table;
}

describe('idsOf()', () => {
  it.each([
    ['20136', 20136],
    ['0', 0],
    ['007', '007'],
    ['run 7', 'run 7'],
    ['9007199254740993', '9007199254740993'],
  ])('takes the text %j for %j, as the other index may have it', (value, wanted) => {
    const table = buildTable({ name: '', columns: [{ name: 'OBS_ID', form: '20A', values: [value] }] });
    expect(idsOf(table, 'x.fits')(0)).toBe(wanted);
  });
});

describe('readIndexRows()', () => {
  const read = (base: string | undefined) => readIndexRows(indexTable(base), 'index/hdu-index.fits', 'hdu-index.fits');

  it.each([
    [undefined, 'index/data/a.fits', undefined],
    ['deeper', 'index/deeper/data/a.fits', undefined],
    ['/fefs/dl3', 'index/data/a.fits', '/fefs/dl3'],
    ['$DATA', 'index/data/a.fits', '$DATA'],
  ])('finds files where HduIndex does, with BASE_DIR %j', (base, path, ignored) => {
    const rows = read(base);
    expect([rows.path(0), rows.ignoredBase]).toEqual([path, ignored]);
    const index = new HduIndex(indexTable(base), 'index/hdu-index.fits', 'hdu-index.fits');
    expect(index.files().paths).toEqual([path]);
  });

  it.each(['/store', '/store/'])('tells what BASE_DIR %j means on this machine', (base) => {
    expect(read(base).absolutePath(0)).toBe('/store/data/a.fits');
    expect(read('deeper').absolutePath(0)).toBeUndefined();
  });
});
