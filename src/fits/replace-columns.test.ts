import { describe, expect, it } from 'vitest';
import { buildTable } from './build.ts';
import { replaceColumns } from './replace-columns.ts';
import { readTable, tableFile } from './testing/files.ts';

const table = buildTable({
  name: 'T',
  columns: [
    { name: 'A', form: '2A', values: ['ab', 'c'] },
    { name: 'N', form: '1I', nullValue: -1, unit: 'm', values: [1, undefined] },
    { name: 'V', form: 'PE', values: [[1, 2, 3], []] },
    { name: 'Z', form: '1J', values: [7, 8] },
  ],
  cards: [['NOTE', 'stays']],
});

describe('replaceColumns()', () => {
  it('replaceColumns() gives columns another type and width, and leaves all else as it is', async () => {
    const made = replaceColumns(table, [
      { name: 'a', form: '6A', values: ['longer', 'x'] },
      { name: 'N', form: '1D', unit: 's', values: [0.5, 1.5] },
      { name: 'NONE', form: '1D', values: [0, 0] },
    ]);
    const read = await readTable(tableFile(made));
    expect(
      read.columns.map(({ name, form, unit, nullValue }) => [name, form.code, form.repeat, unit, nullValue]),
    ).toEqual([
      ['A', 'A', 6, undefined, undefined],
      ['N', 'D', 1, 's', undefined],
      ['V', 'P', 1, undefined, undefined],
      ['Z', 'J', 1, undefined, undefined],
    ]);
    const text = read.read('A');
    expect(text.kind === 'string' && [text.get(0), text.get(1)]).toEqual(['longer', 'x']);
    expect(read.read('N')).toMatchObject({ values: Float64Array.of(0.5, 1.5) });
    expect(read.read('Z')).toMatchObject({ values: Int32Array.of(7, 8) });
    const arrays = read.read('V');
    expect(arrays.kind === 'array' && arrays.get(0)).toMatchObject({ values: Float32Array.of(1, 2, 3) });
    expect(read.header.get('NOTE')).toBe('stays');
    expect(read.header.cards.map(({ keyword }) => keyword).filter((keyword) => keyword.endsWith('2'))).toEqual([
      'NAXIS2',
      'TTYPE2',
      'TFORM2',
      'TUNIT2',
    ]);
  });

  it('replaceColumns() returns the table itself where nothing is replaced', () => {
    expect(replaceColumns(table, [{ name: 'NONE', form: '1D', values: [0, 0] }])).toBe(table);
  });
});
