import { describe, expect, it } from 'vitest';
import { EventSimulator } from './events.ts';
import type { ResponseConditions } from './response.ts';
import { type Observation, planObservations } from './schedule.ts';
import { offsetDirection, toField } from './sky.ts';
import { separationDeg } from './testing/separation.ts';

const conditions: ResponseConditions = { zenithDeg: 22.5, telescopes: 4, scale: 30 };
const simulator = new EventSimulator(11, 'bkg_3d');
const observations = planObservations(400, 11, 1);
const crab = observations.find(({ source }) => source.name === 'Crab Nebula')!;
const counts = simulator.counts(crab, conditions);
const events = simulator.events(crab, conditions, counts);
const indices = Array.from({ length: events.count }, (_, i) => i);
const fromSource = indices.filter((i) => events.isSource[i] === 1);
const fromBackground = indices.filter((i) => events.isSource[i] === 0);

/** Index of a power law above an energy by maximum likelihood (Hill), and its error. */
function fitIndex(energies: readonly number[], lowTev: number): { index: number; error: number } {
  const above = energies.filter((energy) => energy > lowTev);
  const slope = above.length / above.reduce((sum, energy) => sum + Math.log(energy / lowTev), 0);
  return { index: slope + 1, error: slope / Math.sqrt(above.length) };
}

function distanceFromSource(i: number, { source }: Observation): number {
  return separationDeg({ raDeg: events.raDeg[i]!, decDeg: events.decDeg[i]! }, source.direction);
}

describe('EventSimulator', () => {
  it('counts() scatter about their means as Poisson numbers do', () => {
    let [sum, squares] = [0, 0];
    for (const observation of observations) {
      const found = simulator.counts(observation, { ...conditions, scale: 1 });
      for (const [number, mean] of [
        [found.source, found.expectedSource],
        [found.background, found.expectedBackground],
      ] as const) {
        sum += (number - mean) / Math.sqrt(mean);
        squares += (number - mean) ** 2 / mean;
      }
    }
    const n = 2 * observations.length;
    expect(Math.abs(sum / Math.sqrt(n))).toBeLessThan(4);
    expect(Math.abs(squares - n)).toBeLessThan(4 * Math.sqrt(2 * n));
  });

  it('counts() expect the Crab Nebula at the rate that its spectrum, area and livetime give', () => {
    // ∫ 3.45e-11 E^-2.63 · A dE by brute force over ln E, with the area written out here.
    let rate = 0;
    const cosine = Math.cos((22.5 * Math.PI) / 180);
    const falloff = Math.exp(-(crab.offsetDeg ** 2) / (2 * 1.7 ** 2));
    for (let x = Math.log(0.1) + 0.0005; x < Math.log(100); x += 0.001) {
      const energy = Math.exp(x);
      const area = ((30 * 2e9) / cosine / (1 + (energy / (0.3 * cosine ** -2.5)) ** -3)) * falloff;
      rate += 3.45e-11 * energy ** -2.63 * area * energy * 0.001;
    }
    expect(counts.expectedSource / (rate * crab.livetimeSeconds)).toBeCloseTo(1, 3);
  });

  it('events() is the same for the same seed and another for another', () => {
    const few = { ...counts, source: 100, background: 100 };
    const once = simulator.events(crab, conditions, few);
    expect(simulator.events(crab, conditions, few)).toEqual(once);
    expect(new EventSimulator(12, 'bkg_3d').events(crab, conditions, few)).not.toEqual(once);
  });

  it('events() has the numbers asked for', () => {
    expect(fromSource).toHaveLength(counts.source);
    expect(fromBackground).toHaveLength(counts.background);
  });

  it('events() follow the index of the source where the area is flat', () => {
    const { index, error } = fitIndex(
      fromSource.map((i) => events.energyTev[i]!),
      2,
    );
    expect(error).toBeLessThan(0.08);
    expect(Math.abs(index - 2.63)).toBeLessThan(3 * error);
  });

  it('events() follow the index of the background', () => {
    const { index, error } = fitIndex(
      fromBackground.map((i) => events.energyTev[i]!),
      3,
    );
    expect(error).toBeLessThan(0.08);
    expect(Math.abs(index - 2.7)).toBeLessThan(3 * error);
  });

  it('events() are spread about the source like two Gaussians', () => {
    // At 1 TeV and half a degree off axis: 0.07° (80 %) and 0.154° (20 %), both times 1.02.
    const near = fromSource.filter((i) => events.energyTev[i]! > 0.9 && events.energyTev[i]! < 1.1);
    const inside = (radius: number): number =>
      near.filter((i) => distanceFromSource(i, crab) < radius).length / near.length;
    const widening = 1 + 0.08 * crab.offsetDeg ** 2;
    for (const radius of [0.06, 0.1, 0.2, 0.4]) {
      const part = (sigma: number): number => 1 - Math.exp(-((radius / (sigma * widening)) ** 2) / 2);
      const expected = 0.8 * part(0.07) + 0.2 * part(0.154);
      const error = Math.sqrt((expected * (1 - expected)) / near.length);
      expect(Math.abs(inside(radius) - expected)).toBeLessThan(4 * error + 0.003);
    }
  });

  it('events() of the background are brighter in the north and alike in east and west', () => {
    const north = fromBackground.filter((i) => events.fieldLatDeg[i]! > 0).length;
    const east = fromBackground.filter((i) => events.fieldLonDeg[i]! > 0).length;
    const n = fromBackground.length;
    expect(Math.abs(east - n / 2)).toBeLessThan(2 * Math.sqrt(n));
    // The mean distance of a half Gaussian cut at 2.5° is 0.966°, times the gradient of 0.08 per degree.
    expect(Math.abs(north / n - 0.5 - 0.5 * 0.08 * 0.966)).toBeLessThan(4 * Math.sqrt(0.25 / n));
  });

  it('events() are in time order, within the good time, no two at once', () => {
    const times = events.timeMet;
    expect(indices.every((i) => i === 0 || times[i]! > times[i - 1]!)).toBe(true);
    const isGood = (time: number): boolean =>
      crab.goodTime.some(({ startMet, stopMet }) => time >= startMet && time <= stopMet);
    expect(times.every(isGood)).toBe(true);
  });

  it('events() spread evenly over interrupted good time', () => {
    const interrupted = observations.find(({ goodTime }) => goodTime.length === 3)!;
    const found = simulator.events(interrupted, conditions, { ...counts, source: 20_000, background: 0 });
    for (const { startMet, stopMet } of interrupted.goodTime) {
      const expected = (20_000 * (stopMet - startMet)) / interrupted.ontimeSeconds;
      const inside = found.timeMet.filter((time) => time >= startMet && time <= stopMet).length;
      expect(Math.abs(inside - expected)).toBeLessThan(4 * Math.sqrt(expected));
    }
  });

  it('events() mix source and background in time', () => {
    const mean = (list: readonly number[]): number => list.reduce((sum, i) => sum + i, 0) / list.length;
    const error = events.count / Math.sqrt(12 * fromSource.length);
    expect(Math.abs(mean(fromSource) - events.count / 2)).toBeLessThan(4 * error);
  });

  it('events() have field coordinates of their stored directions, also across 0h', () => {
    const source = { ...crab.source, direction: { raDeg: 0.1, decDeg: -50 } };
    const observation = { ...crab, source, pointing: offsetDirection(source.direction, 270, crab.offsetDeg) };
    const found = simulator.events(observation, conditions, { ...counts, source: 500, background: 500 });
    const sides = { low: 0, high: 0 };
    for (let i = 0; i < found.count; i++) {
      const [raDeg, decDeg] = [found.raDeg[i]!, found.decDeg[i]!];
      expect(raDeg >= 0 && raDeg < 360).toBe(true);
      sides[raDeg < 180 ? 'low' : 'high']++;
      const field = toField({ raDeg, decDeg }, observation.pointing);
      expect(found.fieldLonDeg[i]).toBeCloseTo(field.lonDeg, 5);
      expect(found.fieldLatDeg[i]).toBeCloseTo(field.latDeg, 5);
    }
    expect(Math.min(sides.low, sides.high)).toBeGreaterThan(100);
  });
});
