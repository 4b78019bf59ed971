import { describe, expect, it } from 'vitest';
import { nearestNames } from './nearest-names.ts';

describe('nearestNames()', () => {
  const columns = ['OBS_ID', 'RA_PNT', 'DEC_PNT', 'RA_OBJ', 'ZEN_PNT', 'LIVETIME', 'QUALITY'];

  it.each([
    ['RA_PTN', 'RA_PNT'],
    ['ra_pnt', 'RA_PNT'],
    ['LIVETIM', 'LIVETIME'],
    ['LIVETIMES', 'LIVETIME'],
    ['QUALTIY', 'QUALITY'],
  ])('takes %s for %s', (wanted, meant) => {
    expect(nearestNames(wanted, columns)[0]).toBe(meant);
  });

  it('takes the beginning of a name for the name', () => {
    expect(nearestNames('Crab', ['Vela X', 'Crab Nebula'])).toEqual(['Crab Nebula']);
  });

  it('names nothing that is far, and no more than asked for', () => {
    expect(nearestNames('SOMETHING', columns)).toEqual([]);
    expect(nearestNames('', columns)).toEqual([]);
    expect(nearestNames('A1', ['A2', 'A3', 'A4', 'A5'], 2)).toHaveLength(2);
  });
});
