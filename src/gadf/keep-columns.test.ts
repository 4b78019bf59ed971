import { describe, expect, it } from 'vitest';
import { buildTable } from '../fits/index.ts';
import { keepColumns } from './keep-columns.ts';

/** Whether the dates of an index in one scale are kept in one that is in another. */
function keepsDates(older: string | undefined, newer: string | undefined): boolean {
  const scale = (name: string | undefined) => (name === undefined ? [] : [['TIMESYS', name] as const]);
  const table = buildTable({
    name: 'OBS_INDEX',
    columns: [
      { name: 'OBS_ID', form: '1K', values: [1] },
      { name: 'DATE-OBS', form: '10A', values: ['2004-12-31'] },
    ],
    cards: scale(older),
  });
  const observations = [{ obsId: 1, row: { OBS_ID: 1 }, hdus: [] }];
  const kept = keepColumns(table, 'obs-index.fits', { observations, cards: scale(newer) });
  return kept.observations[0]?.row['DATE-OBS'] === '2004-12-31';
}

describe('keepColumns()', () => {
  it.each([
    ['TT', 'TT', true],
    ['TDT', 'TT', true],
    [undefined, 'utc', true],
    ['', 'UTC', true],
    ['TDB', 'tdb', true],
    ['TT', 'UTC', false],
    ['TDB', 'LOCAL', false],
    ['TDB', undefined, false],
  ])('keeps dates of the same scale only: %j and %j', (older, newer, wanted) => {
    expect(keepsDates(older, newer)).toBe(wanted);
  });
});
