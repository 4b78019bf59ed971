import { altitudeDeg, type HorizonDirection, horizonDirection, meanOfDate, type SkyDirection } from '../gadf/index.ts';
import { SITE, sunAltitudeDeg } from './horizon.ts';
import { Random } from './random.ts';
import { offsetDirection } from './sky.ts';
import { SOURCES, type Source } from './sources.ts';
import { metOfUtc, mjdUtcOfMet } from './time.ts';

/** A stretch of time in MET seconds. */
export interface TimeInterval {
  startMet: number;
  stopMet: number;
}

/** One observation: where and when the telescopes looked, and how well. */
export interface Observation extends TimeInterval {
  /** Its place in the store, from 0. */
  position: number;
  obsId: number;
  /** The target, which is also the only source in the field of view. */
  source: Source;
  pointing: SkyDirection;
  /** From the pointing to the source. */
  offsetDeg: number;
  /** Of the pointing, at the middle of the observation. */
  horizon: HorizonDirection;
  /** In time order, apart from each other, within start and stop. */
  goodTime: readonly TimeInterval[];
  /** The sum of the good time. */
  ontimeSeconds: number;
  livetimeSeconds: number;
  /** Livetime over ontime. */
  deadTimeCorrection: number;
  /** The numbers of the telescopes that took part. */
  telescopes: readonly number[];
  /** As QUALITY of GADF: 0 best, 1 medium, 2 bad. */
  quality: number;
}

/** The first night, 2004-10-05: three of the sources can be seen before its morning. */
const FIRST_NIGHT_MJD = 53283;

/** Half-hour slots from 15:00 to 05:00 UTC; the Sun sets and rises within them all year. */
const FIRST_SLOT_SECOND = 15 * 3600;
const SLOT_SECONDS = 1800;
const SLOTS_PER_NIGHT = 28;

/** 28 minutes, as all H.E.S.S. runs. */
const RUN_SECONDS = 1680;

const DARK_SUN_ALTITUDE_DEG = -18;
const LOWEST_ALTITUDE_DEG = 36;

/** North, south, east and west of the source, by turns. */
const WOBBLE_ANGLES_DEG: readonly number[] = [0, 180, 90, 270];

/** The telescopes that are left without one of them, or without none. */
const TELESCOPES_WITHOUT: readonly (readonly number[])[] = [0, 1, 2, 3, 4].map((missing) =>
  [1, 2, 3, 4].filter((telescope) => telescope !== missing),
);

/** How often good time is interrupted, each as likely as another. */
const GAPS: readonly number[] = [0, 0, 0, 0, 0, 0, 0, 1, 1, 2];

/** The purpose of the random numbers used here. */
const PURPOSE = 1;

/**
 * The first observations of a campaign, in time order. Every dark half hour takes a run number, and every night one more
 * for calibration; observations are the half hours in which a source is high enough, so that run numbers have gaps.
 * An observation does not depend on how many follow it.
 *
 * @param firstObsId no run number is smaller
 */
export function planObservations(count: number, seed: number, firstObsId: number): Observation[] {
  const observations: Observation[] = [];
  for (const observation of campaign(seed, firstObsId)) {
    if (observations.length === count) break;
    observations.push(observation);
  }
  return observations;
}

function* campaign(seed: number, firstObsId: number): Generator<Observation, never> {
  const observed = new Map<Source, number>(SOURCES.map((source) => [source, 0]));
  let source: Source | undefined;
  let obsId = firstObsId;
  let position = 0;
  for (let night = FIRST_NIGHT_MJD; ; night++) {
    obsId++;
    const directions = new Map(SOURCES.map((known) => [known, meanOfDate(known.direction, night)]));
    for (const slotMet of darkSlots(night)) {
      const middle = mjdUtcOfMet(slotMet + SLOT_SECONDS / 2);
      source = chooseSource(source, observed, (candidate) => {
        const direction = directions.get(candidate);
        return direction !== undefined && altitudeDeg(direction, middle, SITE) > LOWEST_ALTITUDE_DEG;
      });
      if (source !== undefined) {
        const before = observed.get(source) ?? 0;
        observed.set(source, before + 1);
        yield makeObservation({ position, obsId, source, slotMet, before }, Random.stream(seed, position, PURPOSE));
        position++;
      }
      obsId++;
    }
  }
}

/** The start of each slot of a night (MJD of its evening) that is dark from beginning to end. */
function darkSlots(night: number): number[] {
  const first = metOfUtc(night, FIRST_SLOT_SECOND);
  const firstMjd = mjdUtcOfMet(first);
  const isDark = Array.from(
    { length: SLOTS_PER_NIGHT + 1 },
    (_, i) => sunAltitudeDeg(firstMjd + (i * SLOT_SECONDS) / 86400, SITE) < DARK_SUN_ALTITUDE_DEG,
  );
  const slots: number[] = [];
  for (let i = 0; i < SLOTS_PER_NIGHT; i++) if (isDark[i] && isDark[i + 1]) slots.push(first + i * SLOT_SECONDS);
  return slots;
}

/** Stays on a source until it was seen from all four sides, then turns to the one observed least of those in sight. */
function chooseSource(
  current: Source | undefined,
  observed: ReadonlyMap<Source, number>,
  inSight: (source: Source) => boolean,
): Source | undefined {
  const times = (source: Source): number => observed.get(source) ?? 0;
  if (current !== undefined && times(current) % WOBBLE_ANGLES_DEG.length !== 0 && inSight(current)) return current;
  let least: Source | undefined;
  for (const source of SOURCES) {
    if ((least === undefined || times(source) < times(least)) && inSight(source)) least = source;
  }
  return least;
}

interface Slot {
  position: number;
  obsId: number;
  source: Source;
  slotMet: number;
  /** How often the source was observed before. */
  before: number;
}

function makeObservation({ position, obsId, source, slotMet, before }: Slot, random: Random): Observation {
  const startMet = slotMet + random.integer(20, 100);
  const stopMet = startMet + RUN_SECONDS;
  const offsetDeg = random.uniform() < 0.3 ? 0.7 : 0.5;
  const angleDeg = WOBBLE_ANGLES_DEG[before % WOBBLE_ANGLES_DEG.length] as number;
  const pointing = offsetDirection(source.direction, angleDeg, offsetDeg);
  const gaps = GAPS[random.integer(0, GAPS.length - 1)] as number;
  const goodTime = cutGaps({ startMet, stopMet }, gaps, random);
  const ontimeSeconds = goodTime.reduce((sum, interval) => sum + interval.stopMet - interval.startMet, 0);
  const deadTimeCorrection = 0.92 + 0.04 * random.uniform();
  const missing = random.uniform() < 0.1 ? random.integer(1, 4) : 0;
  return {
    position,
    obsId,
    source,
    startMet,
    stopMet,
    pointing,
    offsetDeg,
    horizon: horizonDirection(pointing, mjdUtcOfMet((startMet + stopMet) / 2), SITE),
    goodTime,
    ontimeSeconds,
    livetimeSeconds: ontimeSeconds * deadTimeCorrection,
    deadTimeCorrection,
    telescopes: TELESCOPES_WITHOUT[missing] as readonly number[],
    quality: random.uniform() < 0.03 ? 2 : gaps === 2 ? 1 : 0,
  };
}

/** What is left of a run without a number of gaps of 40 to 200 s, one in each of as many equal parts of the run. */
function cutGaps({ startMet, stopMet }: TimeInterval, gaps: number, random: Random): TimeInterval[] {
  const good: TimeInterval[] = [];
  const part = (stopMet - startMet) / gaps;
  let from = startMet;
  for (let gap = 0; gap < gaps; gap++) {
    const length = random.integer(40, 200);
    const begin = startMet + gap * part + random.integer(60, part - length - 60);
    good.push({ startMet: from, stopMet: begin });
    from = begin + length;
  }
  good.push({ startMet: from, stopMet });
  return good;
}
