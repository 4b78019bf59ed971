import { describe, expect, it } from 'vitest';
import { SITE, sunAltitudeDeg } from './horizon.ts';
import { planObservations } from './schedule.ts';
import { separationDeg } from './testing/separation.ts';
import { mjdUtcOfMet } from './time.ts';

const observations = planObservations(2000, 5, 100000);

describe('planObservations()', () => {
  it('begins the same however many are asked for', () => {
    expect(planObservations(30, 5, 100000)).toEqual(observations.slice(0, 30));
  });

  it('depends on the seed', () => {
    expect(planObservations(30, 6, 100000)).not.toEqual(observations.slice(0, 30));
  });

  it('goes forward in time and run number, without overlap', () => {
    for (const [i, observation] of observations.entries()) {
      const before = observations[i - 1];
      expect(observation.position).toBe(i);
      if (before === undefined) continue;
      expect(observation.obsId).toBeGreaterThan(before.obsId);
      expect(observation.startMet).toBeGreaterThan(before.stopMet);
    }
    expect(observations[0]!.obsId).toBeGreaterThanOrEqual(100000);
  });

  it('observes in the dark, high enough, half or 0.7 degrees beside the source', () => {
    for (const { startMet, stopMet, horizon, pointing, source, offsetDeg } of observations) {
      expect(sunAltitudeDeg(mjdUtcOfMet(startMet), SITE)).toBeLessThan(-17.9);
      expect(sunAltitudeDeg(mjdUtcOfMet(stopMet), SITE)).toBeLessThan(-17.9);
      expect(horizon.altDeg).toBeGreaterThan(34);
      expect([0.5, 0.7]).toContain(offsetDeg);
      expect(separationDeg(pointing, source.direction)).toBeCloseTo(offsetDeg, 9);
    }
  });

  it('has good time inside the run, in order and apart, in some runs interrupted', () => {
    const gaps = new Map<number, number>();
    for (const { startMet, stopMet, goodTime, ontimeSeconds, livetimeSeconds, deadTimeCorrection } of observations) {
      const moments = goodTime.flatMap((interval) => [interval.startMet, interval.stopMet]);
      expect(moments).toEqual([...moments].sort((a, b) => a - b));
      expect(new Set(moments).size).toBe(moments.length);
      expect([moments[0], moments.at(-1)]).toEqual([startMet, stopMet]);
      const lengths = goodTime.map((interval) => interval.stopMet - interval.startMet);
      expect(ontimeSeconds).toBe(lengths.reduce((sum, length) => sum + length, 0));
      expect(livetimeSeconds).toBeCloseTo(ontimeSeconds * deadTimeCorrection, 9);
      gaps.set(goodTime.length - 1, (gaps.get(goodTime.length - 1) ?? 0) + 1);
    }
    expect([...gaps.keys()].sort()).toEqual([0, 1, 2]);
    expect(gaps.get(0)).toBeGreaterThan(1200);
  });

  it('visits three sources within the first twenty observations, and all four in a year', () => {
    const names = (count: number): Set<string> => new Set(observations.slice(0, count).map((o) => o.source.name));
    expect(names(20).size).toBe(3);
    expect(names(2000).size).toBe(4);
  });
});
