import { describe, expect } from 'vitest';
import { askPython } from '../../test/support/python.ts';
import { itNeeds, pythonModule } from '../../test/support/require.ts';
import { angularSeparation } from '../expr/index.ts';
import { Header } from '../fits/index.ts';
import { galacticOfIcrs } from './sky.ts';
import { parseTimeRange, rangeInTable } from './time-range.ts';
import { formatInScale, readTimeReference, timeOfUtc, timeScaleOf, utcOfTime } from './time-reference.ts';
import { formatIsoUtc, taiMinusUtc, type UtcMoment } from './utc.ts';

const withAstropy = itNeeds(pythonModule('astropy'), pythonModule('erfa'));

/** Directions near and at the poles, at 0h, and spread over the sky, each with a neighbour at many distances. */
function directionPairs(): [number, number, number, number][] {
  const pairs: [number, number, number, number][] = [];
  for (const ra of [0, 1e-9, 83.633, 180, 266.4, 359.999999]) {
    for (const dec of [-90, -89.9999, -29, 0, 1e-7, 22.0145, 89.99999, 90]) {
      for (const step of [0, 1e-10, 1e-5, 0.5, 2.5, 90, 179.9999999, 180]) {
        pairs.push([ra, dec, (ra + step) % 360, dec], [ra, dec, ra + 180, -dec + step / 400], [ra, dec, 10, dec / 2]);
      }
    }
  }
  return pairs;
}

describe('angularSeparation()', () => {
  withAstropy('agrees with astropy from 0 to 180 degrees, at the poles and across 0h', () => {
    const pairs = directionPairs();
    const script = `
import json, sys
import numpy as np
from astropy.coordinates import angular_separation
a = np.radians(np.array(json.load(sys.stdin)))
print(json.dumps(np.degrees(angular_separation(*a.T)).tolist()))`;
    const expected = askPython(script, pairs) as number[];
    for (const [i, pair] of pairs.entries()) {
      // Close to 180 degrees the haversine is good to 1e-6 degrees only.
      const tolerance = (expected[i] ?? 0) > 179 ? 2e-6 : 1e-12;
      expect(Math.abs(angularSeparation(...pair) - (expected[i] ?? 0)), `${pair}`).toBeLessThan(tolerance);
    }
  });
});

describe('galacticOfIcrs()', () => {
  withAstropy('agrees with ERFA, and with the frames of astropy to the 20 mas between ICRS and FK5', () => {
    const directions = directionPairs().map(([raDeg, decDeg]) => ({ raDeg, decDeg }));
    const script = `
import json, sys
import erfa
import numpy as np
from astropy.coordinates import SkyCoord
d = json.load(sys.stdin)
ra, dec = np.array([x['raDeg'] for x in d]), np.array([x['decDeg'] for x in d])
g = SkyCoord(ra, dec, unit='deg').galactic
print(json.dumps([np.degrees(erfa.icrs2g(np.radians(ra), np.radians(dec))).tolist(), [g.l.deg.tolist(), g.b.deg.tolist()]]))`;
    const results = askPython(script, directions) as [number[], number[]][];
    for (const [[lon, lat], tolerance] of [
      [results[0] ?? [[], []], 1e-11],
      [results[1] ?? [[], []], 1e-5],
    ] as const) {
      for (const [i, direction] of directions.entries()) {
        const { lonDeg, latDeg } = galacticOfIcrs(direction);
        expect(angularSeparation(lonDeg, latDeg, lon[i] ?? 0, lat[i] ?? 0)).toBeLessThan(tolerance);
      }
    }
  });
});

const REFERENCES = [
  { MJDREFI: 51910, MJDREFF: 0.000742870370370241, TIMESYS: 'TT' },
  { MJDREFI: 51544, MJDREFF: 0.5, TIMESYS: 'TT' },
  { MJDREFI: 53005, MJDREFF: 0.25, TIMESYS: 'TAI' },
  { MJDREFI: 54465, MJDREFF: 0, TIMESYS: 'UTC' },
  { MJDREFI: 58849, MJDREFF: 0.125, TIMESYS: 'UTC' },
] as const;

/** Moments around every leap second and away from them. */
function moments(): UtcMoment[] {
  const found: UtcMoment[] = [];
  for (let mjdDay = 41317; mjdDay < 61000; mjdDay++) {
    if (taiMinusUtc(mjdDay + 1) === taiMinusUtc(mjdDay) && mjdDay % 997 !== 0) continue;
    for (const secondOfDay of [0, 43200.125, 86399.5]) found.push({ mjdDay, secondOfDay });
    if (taiMinusUtc(mjdDay + 1) !== taiMinusUtc(mjdDay)) found.push({ mjdDay, secondOfDay: 86400.5 });
    found.push({ mjdDay: mjdDay + 1, secondOfDay: 0.25 });
  }
  return found;
}

function referenceOf(cards: (typeof REFERENCES)[number]): NonNullable<ReturnType<typeof readTimeReference>> {
  const header = new Header();
  for (const [keyword, value] of Object.entries(cards)) header.set(keyword, value);
  const reference = readTimeReference(header, 'x');
  if (reference === undefined) throw new Error('no reference');
  return reference;
}

describe('timeOfUtc()', () => {
  withAstropy('agrees with astropy around every leap second, and is undone by utcOfTime()', () => {
    const texts = moments().map((moment) => formatIsoUtc(moment)?.replace('Z', '') ?? '');
    const script = `
import json, sys
from astropy.time import Time
references, texts = json.load(sys.stdin)
t = Time(texts, scale='utc')
ref = lambda r: Time(r['MJDREFI'], r['MJDREFF'], format='mjd', scale=r['TIMESYS'].lower())
print(json.dumps([(t.tai - ref(r).tai).sec.tolist() for r in references]))`;
    const expected = askPython(script, [REFERENCES, texts]) as number[][];
    for (const [i, cards] of REFERENCES.entries()) {
      const reference = referenceOf(cards);
      for (const [j, moment] of moments().entries()) {
        const time = timeOfUtc(reference, moment);
        expect(Math.abs(time - (expected[i]?.[j] ?? 0)), `${texts[j]} ${cards.TIMESYS}`).toBeLessThan(2e-6);
        expect(formatIsoUtc(utcOfTime(reference, time))).toBe(`${texts[j]}Z`);
      }
    }
  });
});

describe('formatInScale()', () => {
  withAstropy('writes times as astropy does in the scale that they count in, around leap seconds, too', () => {
    const times = [0, 0.25, 43199.9996, 1e8 + 0.125, 123890826.66];
    for (const { mjdDay, secondOfDay } of moments()) times.push((mjdDay - 51910) * 86400 + secondOfDay);
    const script = `
import json, sys
from astropy.time import Time, TimeDelta
references, times = json.load(sys.stdin)
def texts(r):
    zero = Time(r['MJDREFI'], r['MJDREFF'], format='mjd', scale=r['TIMESYS'].lower())
    return [getattr(zero.tai + TimeDelta(t, format='sec'), zero.scale).isot for t in times]
print(json.dumps([texts(r) for r in references]))`;
    const expected = askPython(script, [REFERENCES, times]) as string[][];
    for (const [i, cards] of REFERENCES.entries()) {
      const reference = referenceOf(cards);
      const scale = timeScaleOf(cards.TIMESYS) ?? 'utc';
      for (const [j, time] of times.entries()) {
        const found = formatInScale(scale, utcOfTime(reference, time));
        const [date, clock] = (expected[i]?.[j] ?? '').split('T');
        const wanted = { date, time: clock?.replace(/\.?0+$/, '') };
        if (!clock?.includes('.')) throw new Error(`no fraction: ${clock}`);
        expect(found, `${time} ${JSON.stringify(cards)}`).toEqual(wanted);
      }
    }
  });
});

describe('parseTimeRange()', () => {
  withAstropy('reads dates and MJD of every scale as astropy does', () => {
    const points: [text: string, scale: string][] = [];
    for (const scale of ['UTC', 'TAI', 'TT']) {
      for (const date of [
        '1999-01-01T00:00:10',
        '2004-12-04T22:08:14.5',
        '2016-12-31T23:59:59',
        '2017-01-01T00:00:36',
      ]) {
        points.push([`${date} ${scale}`, scale]);
      }
      for (const mjd of ['51178.99999', '53343.922395', '57753.5', '57754.0003', '60000']) {
        points.push([`MJD ${mjd} ${scale}`, scale]);
      }
    }
    const script = `
import json, sys
from astropy.time import Time
zero = Time('2001-01-01T00:00:00', scale='utc')
def seconds(text, scale):
    words = text.split()
    t = Time(words[0], scale=scale.lower()) if words[0] != 'MJD' else Time(int(float(words[1])), float('0.' + (words[1] + '.0').split('.')[1]), format='mjd', scale=scale.lower())
    return (t.tai - zero.tai).sec
print(json.dumps([seconds(*p) for p in json.load(sys.stdin)]))`;
    const expected = askPython(script, points) as number[];
    const reference = { zero: { mjdDay: 51910, secondOfDay: 0 }, unitSeconds: 1 };
    for (const [i, [text]] of points.entries()) {
      const { from } = rangeInTable(parseTimeRange(`${text}..`), reference, 'x');
      expect(Math.abs(from - (expected[i] ?? 0)), text).toBeLessThan(2e-6);
    }
  });
});
