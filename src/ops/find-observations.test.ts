import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { obsIndexTable, writeTables } from '../../test/support/store.ts';
import { tempDirectory } from '../../test/support/temp.ts';
import { buildTable, type CardEntry } from '../fits/index.ts';
import { parseTimeRange } from '../gadf/index.ts';
import { findObservations } from './find-observations.ts';
import { readObservationColumn } from './observation-column.ts';
import type { ObservationIndex } from './observation-index.ts';
import { type ObservationQuery, planSearch } from './plan-search.ts';
import { parseSortKeys } from './sort-observations.ts';
import { doubles, integers, observationIndex, texts } from './testing/observation-store.ts';

const search = (index: ObservationIndex, query: ObservationQuery) => findObservations(index, planSearch(index, query));
const idsOf = async (index: ObservationIndex, query: ObservationQuery) => (await search(index, query)).ids;

const cone = (raDeg: number, decDeg: number, radiusDeg: number): ObservationQuery => ({
  near: { centre: { raDeg, decDeg }, radiusDeg },
});

/** The angle between directions by cross and dot product, which has no weak spot. */
function trueSeparation(ra1: number, dec1: number, ra2: number, dec2: number): number {
  const vector = (ra: number, dec: number): [number, number, number] => {
    const [a, d] = [(ra * Math.PI) / 180, (dec * Math.PI) / 180];
    return [Math.cos(d) * Math.cos(a), Math.cos(d) * Math.sin(a), Math.sin(d)];
  };
  const [[x1, y1, z1], [x2, y2, z2]] = [vector(ra1, dec1), vector(ra2, dec2)];
  const cross = Math.hypot(y1 * z2 - z1 * y2, z1 * x2 - x1 * z2, x1 * y2 - y1 * x2);
  return (Math.atan2(cross, x1 * x2 + y1 * y2 + z1 * z2) * 180) / Math.PI;
}

describe('findObservations() in a cone', () => {
  const ra = fc.oneof(fc.double({ min: 0, max: 360, noNaN: true }), fc.constantFrom(0, 1e-7, 359.9999999, 360));
  const dec = fc.oneof(fc.double({ min: -90, max: 90, noNaN: true }), fc.constantFrom(-90, 90, 89.99999, -89.99999, 0));

  it('finds what is inside, around the poles and across 0h, for any centre and radius', async () => {
    const directions = fc.sample(fc.tuple(ra, dec), { numRuns: 500, seed: 7 });
    const pointings = [
      doubles(
        'RA_PNT',
        directions.map(([r]) => r),
      ),
      doubles(
        'DEC_PNT',
        directions.map(([, d]) => d),
      ),
    ];
    const index = await observationIndex(pointings);
    await fc.assert(
      fc.asyncProperty(ra, dec, fc.double({ min: 1e-3, max: 179, noNaN: true }), async (raDeg, decDeg, radiusDeg) => {
        const separations = directions.map(([r, d]) => trueSeparation(raDeg, decDeg, r, d));
        const found = new Set(await idsOf(index, cone(raDeg, decDeg, radiusDeg)));
        for (const [position, separation] of separations.entries()) {
          // What is at the edge to the last digits may fall to either side.
          if (Math.abs(separation - radiusDeg) > 1e-6) expect(found.has(position + 1)).toBe(separation < radiusDeg);
        }
      }),
      { numRuns: 60, seed: 3 },
    );
  });

  it('includes the edge, and leaves out pointings that are null', async () => {
    const index = await observationIndex([doubles('RA_PNT', [10, 10, undefined]), doubles('DEC_PNT', [0, 2.5, 0])]);
    expect(await idsOf(index, cone(10, 0, 2.5))).toEqual([1, 2]);
    expect(await idsOf(index, cone(10, 0, 0))).toEqual([1]);
    expect(await idsOf(index, cone(370, 0, 2.4999999))).toEqual([1]);
    expect(await idsOf(index, {})).toEqual([1, 2, 3]);
  });

  it('refuses what is no cone, and an index without pointings', async () => {
    const index = await observationIndex([doubles('RA_PNT', [1]), doubles('DEC', [1])]);
    for (const [raDeg, decDeg, radiusDeg] of [
      [1, 90.1, 1],
      [Number.NaN, 0, 1],
      [1, 1, -1],
      [1, 1, 181],
      [1, 1, Number.NaN],
    ] as const) {
      await expect(async () => search(index, cone(raDeg, decDeg, radiusDeg))).rejects.toMatchObject({ code: 'usage' });
    }
    await expect(async () => search(index, cone(1, 1, 1))).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('has no column "DEC_PNT", which a search around a position needs.'),
    });
  });
});

describe('findObservations() of an object', () => {
  const OBJECTS = texts('OBJECT', ['Crab Nebula', 'crabnebula', 'Mrk 421', 'Mrk 421', '']);

  it('takes the mean of its positions, across 0h, whatever the case and the blanks', async () => {
    const index = await observationIndex([
      OBJECTS,
      doubles('RA_OBJ', [359.9, 0.1, 166, undefined, undefined]),
      doubles('DEC_OBJ', [22, 22, 38, 38, undefined]),
      doubles('RA_PNT', [0, 0.4, 166, 166, 0]),
      doubles('DEC_PNT', [22.5, 22, 38.5, 37, 0]),
    ]);
    const plan = planSearch(index, { near: { centre: { object: 'CRAB nebula' }, radiusDeg: 0.5 } });
    expect(plan.cone).toEqual({ raDeg: expect.closeTo(0, 9), decDeg: expect.closeTo(22, 4), radiusDeg: 0.5 });
    expect(plan.notes).toEqual(['"Crab Nebula" is at 0.0000, 22.0000, the mean of the positions of 2 observations.']);
    expect(await idsOf(index, { near: { centre: { object: 'mrk421' }, radiusDeg: 0.6 } })).toEqual([3]);
  });

  it('takes pointings where there is no position, and says how far apart they are', async () => {
    const index = await observationIndex([
      OBJECTS,
      doubles('RA_PNT', [80, 84, 1, 1, 1]),
      doubles('DEC_PNT', [0, 0, 1, 1, 1]),
    ]);
    const { cone: found, notes } = planSearch(index, { near: { centre: { object: 'crabnebula' }, radiusDeg: 1 } });
    expect(found?.raDeg).toBeCloseTo(82, 9);
    expect(notes[0]).toContain('the mean of the pointings of 2 observations; they are up to 2.0 degrees from it.');
  });

  it('names what may have been meant', async () => {
    const index = await observationIndex([
      OBJECTS,
      doubles('RA_PNT', [1, 1, 1, 1, 1]),
      doubles('DEC_PNT', [1, 1, 1, 1, 1]),
    ]);
    const messageOf = (object: string): string => {
      try {
        planSearch(index, { near: { centre: { object }, radiusDeg: 1 } });
        return 'found';
      } catch (error) {
        return String(error);
      }
    };
    expect(messageOf('Mrk 422')).toContain('Did you mean "Mrk 421"?');
    expect(messageOf('Nebul')).toContain('Did you mean "Crab Nebula"?');
    expect(messageOf('Vela')).toContain('It has "Crab Nebula", "crabnebula", "Mrk 421".');
    const without = await observationIndex([doubles('X', [1])]);
    expect(() => planSearch(without, { near: { centre: { object: 'x' }, radiusDeg: 1 } })).toThrow(
      'no column "OBJECT"',
    );
  });
});

describe('findObservations() by quality', () => {
  it('takes the best up to a limit, and leaves out nulls', async () => {
    const index = await observationIndex([integers('QUALITY', [0, 1, 2, undefined])]);
    expect(await idsOf(index, { maxQuality: 0 })).toEqual([1]);
    expect(await idsOf(index, { maxQuality: 1 })).toEqual([1, 2]);
    expect(planSearch(index, { maxQuality: 1 }).notes).toEqual([]);
  });

  it('searches an index without QUALITY all the same, and says so', async () => {
    const index = await observationIndex([integers('N_TELS', [4, 3])]);
    const plan = planSearch(index, { maxQuality: 0 });
    expect(plan.maxQuality).toBeUndefined();
    expect(plan.notes).toEqual([expect.stringContaining('has no column "QUALITY": observations of any quality')]);
    expect((await findObservations(index, plan)).ids).toEqual([1, 2]);
  });
});

describe('findObservations() in time', () => {
  // Half-hour runs from the beginning of 2017 on, in TT: 69.184 s ahead of UTC.
  const REFERENCE: CardEntry[] = [
    ['MJDREFI', 57754],
    ['MJDREFF', 69.184 / 86400],
    ['TIMESYS', 'TT'],
  ];
  const TIMES = [doubles('TSTART', [-1800, 0, 1800, undefined], 's'), doubles('TSTOP', [0, 1800, 3600, 9999], 's')];

  it('finds observations of which a part is in the range', async () => {
    const index = await observationIndex(TIMES, REFERENCE);
    const at = (text: string) => idsOf(index, { time: parseTimeRange(text) });
    expect(await at('2017-01-01T00:00..2017-01-01T00:30')).toEqual([2]);
    // Nobody knows when the last one began; that it ended later is enough here.
    expect(await at('2017-01-01T00:29:59..')).toEqual([2, 3, 4]);
    expect(await at('..2017-01-01')).toEqual([1, 2, 3]);
    expect(await at('2016-12-31')).toEqual([1]);
    expect(await at('2017-01-01T00:10..2017-01-01T00:10')).toEqual([2]);
    expect(await at('2017-01-01T00:01:09.184 TT..2017-01-01T00:01:09.185 TT')).toEqual([2]);
    expect(await at('2016-12-31T23:59:60..2016-12-31T23:59:60')).toEqual([1]);
    expect(await at('MJD 57754.01..MET 1801')).toEqual([2, 3]);
  });

  it('needs a reference for dates, and columns with times', async () => {
    const index = await observationIndex(TIMES);
    expect(await idsOf(index, { time: parseTimeRange('MET 1800..MET 1801') })).toEqual([3]);
    expect(() => planSearch(index, { time: parseTimeRange('2017-01-01..') })).toThrow('does not tell what its times');
    const without = await observationIndex([TIMES[0] as (typeof TIMES)[number]]);
    expect(() => planSearch(without, { time: parseTimeRange('MET 1..') })).toThrow(
      'has no column "TSTOP", which a search in time needs.',
    );
  });
});

describe('findObservations() with an expression', () => {
  it('holds it together with all else, and counts rows of the whole index', async () => {
    const index = await observationIndex([integers('QUALITY', [0, 0, 1, 0])]);
    expect(await idsOf(index, { maxQuality: 0, where: 'OBS_ID == 1 || OBS_ID == 3' })).toEqual([1]);
    expect(await idsOf(index, { maxQuality: 0, where: '#ROW == 4' })).toEqual([4]);
    expect(await idsOf(index, { maxQuality: 0, where: 'QUALITY{-1} == 1' })).toEqual([4]);
    await expect(idsOf(index, { maxQuality: 0, where: 'F) || (T' })).rejects.toMatchObject({ code: 'usage' });
  });

  it('reads the files that it names, where that is allowed', async () => {
    const index = await observationIndex([doubles('RA_PNT', [10, 20]), doubles('DEC_PNT', [0, 0])]);
    const filesFrom = await tempDirectory();
    await writeFile(join(filesFrom, 'field.reg'), 'circle(20, 0, 1)\n');
    const where = 'regfilter("field.reg", RA_PNT, DEC_PNT)';
    expect(await idsOf(index, { where, filesFrom })).toEqual([2]);
    const nights = buildTable({ name: 'NIGHT_GTI', columns: [doubles('START', [19.5]), doubles('STOP', [30])] });
    await writeTables(join(filesFrom, 'nights.fits.gz'), [obsIndexTable([1]), nights]);
    for (const name of ['nights.fits.gz', 'nights.fits.gz[night_gti]', 'nights.fits.gz[2]', 'nights.fits.gz+2']) {
      expect(await idsOf(index, { where: `gtioverlap("${name}", RA_PNT, RA_PNT + 1) > 0.9`, filesFrom })).toEqual([2]);
    }
    await expect(idsOf(index, { where: 'gtifilter("nights.fits.gz[3]", RA_PNT)', filesFrom })).rejects.toThrow(
      'holds no table "3"',
    );
    await expect(idsOf(index, { where })).rejects.toThrow('Other files cannot be named here.');
    await expect(idsOf(index, { where: 'gtifilter("none.fits", RA_PNT)', filesFrom })).rejects.toThrow(
      'does not exist.',
    );
    await expect(idsOf(index, { where: 'gtifilter("", RA_PNT)', filesFrom })).rejects.toThrow(
      'holds no table whose name contains GTI',
    );
  });
});

describe('findObservations() in order', () => {
  const INDEX = [
    texts('OBJECT', ['b', 'a', 'b', 'a']),
    doubles('ZEN_PNT', [10, undefined, 30, 20]),
    { name: 'LONG_ID', form: '1K', values: [9007199254740993n, 1n, 9007199254740992n, -1n] },
  ] as const;

  it('sorts by several columns, up and down, with nulls last in both', async () => {
    const index = await observationIndex(INDEX);
    const sorted = (keys: string) => idsOf(index, { sort: parseSortKeys(keys) });
    expect(await sorted('OBJECT,-ZEN_PNT')).toEqual([4, 2, 3, 1]);
    expect(await sorted('zen_pnt')).toEqual([1, 4, 3, 2]);
    expect(await sorted('-ZEN_PNT')).toEqual([3, 4, 1, 2]);
    expect(await sorted('-LONG_ID')).toEqual([1, 3, 2, 4]);
    expect(await sorted('OBJECT')).toEqual([2, 4, 1, 3]);
  });

  it('takes the first ones of the sorted, and tells how many there are', async () => {
    const index = await observationIndex(INDEX);
    expect(await search(index, { sort: parseSortKeys('-ZEN_PNT'), limit: 2 })).toMatchObject({ ids: [3, 4], total: 4 });
    expect(await search(index, { limit: 0 })).toMatchObject({ ids: [], total: 4 });
    expect(() => planSearch(index, { limit: 1.5 })).toThrow('The limit 1.5 is no whole number');
  });

  it('names what may have been meant by a column that is not there', async () => {
    const index = await observationIndex(INDEX);
    await expect(idsOf(index, { sort: parseSortKeys('ZENPNT') })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('has no column "ZENPNT". Did you mean "ZEN_PNT"?'),
    });
    expect(() => parseSortKeys('A,,B')).toThrow('a column name is missing');
  });
});

describe('readObservationColumn()', () => {
  it('computes the separation and the times in UTC of what was found', async () => {
    const index = await observationIndex(
      [doubles('RA_PNT', [1, 3]), doubles('DEC_PNT', [0, 0]), doubles('TSTART', [0, undefined], 's')],
      [
        ['MJDREFI', 57754],
        ['TIMESYS', 'UTC'],
      ],
    );
    const found = await search(index, cone(0, 0, 5));
    const column = (name: string) => readObservationColumn(found, name);
    expect([column('separation').at(0), column('SEPARATION').at(1)]).toEqual([
      expect.closeTo(1, 12),
      expect.closeTo(3, 12),
    ]);
    expect([column('START_UTC').at(0), column('START_UTC').at(1)]).toEqual(['2017-01-01T00:00:00Z', null]);
    expect(() => column('STOP_UTC')).toThrow(
      'has no column "STOP_UTC". It has OBS_ID, RA_PNT, DEC_PNT, TSTART, SEPARATION, START_UTC.',
    );
  });
});
