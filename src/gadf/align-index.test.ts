import { describe, expect, it } from 'vitest';
import { type BinTable, buildTable, type ColumnSpec } from '../fits/index.ts';
import { alignTimes } from './align-index.ts';

type Cards = Readonly<Record<string, string | number>>;

const TT: Cards = { MJDREFI: 53005, MJDREFF: 0.5, TIMESYS: 'TT', TIMEUNIT: 's' };
const UTC: Cards = { MJDREFI: 53005, MJDREFF: 0, TIMESYS: 'UTC', TIMEUNIT: 's' };

function table(cards: Cards, columns: readonly ColumnSpec[]): BinTable {
  return buildTable({ name: 'OBS_INDEX', rowCount: 2, columns, cards: Object.entries(cards) });
}

const times = (values: readonly (number | undefined)[], unit?: string): ColumnSpec => ({
  name: 'TSTART',
  form: '1D',
  unit,
  values: [...values],
});

function numbers(aligned: BinTable, name = 'TSTART'): number[] {
  const data = aligned.read(name);
  return data.kind === 'number' ? [...data.values] : [];
}

function texts(aligned: BinTable, name: string): string[] {
  const data = aligned.read(name);
  return data.kind === 'string' ? [0, 1].map((row) => data.get(row)) : [];
}

describe('alignTimes()', () => {
  it('converts time 0 and leaves nulls, and takes over the cards', () => {
    // 2004-01-01T00:00:00 UTC is 64.184 s later in TT (IERS Bulletin C 26, 32 leap seconds).
    const aligned = alignTimes(table(UTC, [times([0, undefined])]), table(TT, [times([0, 0])]));
    expect(numbers(aligned)).toEqual([expect.closeTo(64.184 - 43200, 6), Number.NaN]);
    expect(Object.keys(TT).map((keyword) => aligned.header.get(keyword))).toEqual(Object.values(TT));
  });

  it('gives back the same table where the references are the same, and the same bits where they are written in another way', () => {
    const own = table(TT, [times([0.1 + 0.2, 1 / 3])]);
    expect(alignTimes(own, table(TT, [times([0, 0])]))).toBe(own);
    const { TIMEUNIT: _, ...rest } = TT;
    const aligned = alignTimes(
      table(rest, [times([0.1 + 0.2, 1 / 3])]),
      table({ ...TT, TIMEUNIT: 'd' }, [times([0, 0], 's')]),
    );
    expect(numbers(aligned)).toEqual([0.1 + 0.2, 1 / 3]);
    expect([aligned.column('TSTART')?.unit, aligned.header.get('TIMEUNIT')]).toEqual(['s', 'd']);
  });

  it('converts units, of the column before those of the header', () => {
    const main = table(TT, [times([0, 0], 's')]);
    expect(numbers(alignTimes(table({ ...TT, TIMEUNIT: 'd' }, [times([1, 2])]), main))).toEqual([86400, 172800]);
    expect(numbers(alignTimes(table({ ...TT, TIMEUNIT: 'd' }, [times([1, 2], 'h')]), main))).toEqual([3600, 7200]);
  });

  it('takes a table without a reference to be like the other one, and leaves it where the other has none', () => {
    const bare = table({}, [times([1, 2])]);
    const main = table(TT, [times([0, 0])]);
    const aligned = alignTimes(bare, main);
    expect([numbers(aligned), aligned.header.get('MJDREFI')]).toEqual([[1, 2], 53005]);
    expect(alignTimes(main, bare)).toBe(main);
  });

  it('does not read a reference that both write in the same way', () => {
    const odd = { ...TT, TIMESYS: 'TDB' };
    const own = table(odd, [times([1, 2])]);
    expect(alignTimes(own, table(odd, [times([0, 0])]))).toBe(own);
    expect(() => alignTimes(own, table(TT, [times([0, 0])]))).toThrow(/TIMESYS is "TDB"/);
  });

  it.each([
    ['one column', { 'DATE-OBS': '2004-12-31T23:59:30' }, { 'DATE-OBS': '2005-01-01T00:00:34.184' }],
    ['a blank between them', { 'DATE-END': '2004-12-31 23:59:30.5' }, { 'DATE-END': '2005-01-01 00:00:34.684' }],
    [
      'the date and the time in both columns',
      { 'DATE-OBS': '2004-12-31T23:59:30', 'TIME-OBS': '2004-12-31T23:59:30' },
      { 'DATE-OBS': '2005-01-01T00:00:34.184', 'TIME-OBS': '2005-01-01T00:00:34.184' },
    ],
    [
      'the time in both columns',
      { 'DATE-OBS': '2004-12-31T23:59:30', 'TIME-OBS': '23:59:30' },
      { 'DATE-OBS': '2005-01-01T00:00:34.184', 'TIME-OBS': '00:00:34.184' },
    ],
    [
      'the date in both columns',
      { 'DATE-OBS': '2004-12-31', 'TIME-OBS': '2004-12-31T23:59:30' },
      { 'DATE-OBS': '2005-01-01', 'TIME-OBS': '2005-01-01T00:00:34.184' },
    ],
    [
      'older names',
      { DATE_OBS: '2004-12-31', TIME_OBS: '23:59:30' },
      { DATE_OBS: '2005-01-01', TIME_OBS: '00:00:34.184' },
    ],
    ['no time', { 'DATE-OBS': '2004-12-31' }, { 'DATE-OBS': '2004-12-31' }],
    ['a letter too many', { 'DATE-OBS': '2004-12-31T23:59:30Z' }, { 'DATE-OBS': '2004-12-31T23:59:30Z' }],
  ])('converts dates and writes them as they were: %s', (_, given, wanted) => {
    const columns = Object.entries(given).map(
      ([name, value]): ColumnSpec => ({ name, form: `${value.length}A`, values: [value, ''] }),
    );
    const aligned = alignTimes(table(UTC, [times([0, 0]), ...columns]), table(TT, [times([0, 0])]));
    const found = Object.keys(wanted).map((name) => [name, texts(aligned, name)]);
    expect(found).toEqual(Object.entries(wanted).map(([name, value]) => [name, [value, '']]));
  });

  it('brings dates into the time scale of the other table, and leaves what is no date', () => {
    const dates: ColumnSpec[] = [
      { name: 'DATE-OBS', form: '10A', values: ['2004-12-31', ''] },
      { name: 'TIME-OBS', form: '12A', values: ['23:59:30', 'noon'] },
    ];
    const aligned = alignTimes(table(UTC, [times([0, 0]), ...dates]), table(TT, [times([0, 0])]));
    expect([texts(aligned, 'DATE-OBS'), texts(aligned, 'TIME-OBS')]).toEqual([
      ['2005-01-01', ''],
      ['00:00:34.184', 'noon'],
    ]);
    const back = alignTimes(aligned, table(UTC, [times([0, 0])]));
    expect([texts(back, 'DATE-OBS')[0], texts(back, 'TIME-OBS')[0]]).toEqual(['2004-12-31', '23:59:30']);
    const same = alignTimes(table({ ...TT, MJDREFI: 53004 }, [times([0, 0]), ...dates]), table(TT, [times([0, 0])]));
    expect(texts(same, 'TIME-OBS')).toEqual(['23:59:30', 'noon']);
  });
});
