import type { EventCounts } from './events.ts';
import { SITE, type Site } from './horizon.ts';
import type { SimulateSettings } from './options.ts';
import type { Observation, TimeInterval } from './schedule.ts';
import { SOURCES, type Source } from './sources.ts';

/** What is true of one observation. */
export interface ObservationTruth extends EventCounts, TimeInterval {
  obsId: number;
  object: string;
  raPointingDeg: number;
  decPointingDeg: number;
  goodTime: readonly TimeInterval[];
  ontimeSeconds: number;
  livetimeSeconds: number;
}

/** What is true of a simulated store; may be written as JSON. */
export interface SimulationTruth {
  seed: number;
  site: Site;
  /** All sources of the sky, observed or not. */
  sources: readonly Source[];
  /** In the order of the store. */
  observations: readonly ObservationTruth[];
}

/** The truth of observations and the numbers of their events, which go in pairs. */
export function makeTruth(
  { seed }: SimulateSettings,
  observations: readonly Observation[],
  counts: readonly EventCounts[],
): SimulationTruth {
  return {
    seed,
    site: SITE,
    sources: SOURCES,
    observations: observations.map((observation, i) => ({
      obsId: observation.obsId,
      object: observation.source.name,
      raPointingDeg: observation.pointing.raDeg,
      decPointingDeg: observation.pointing.decDeg,
      startMet: observation.startMet,
      stopMet: observation.stopMet,
      goodTime: observation.goodTime,
      ontimeSeconds: observation.ontimeSeconds,
      livetimeSeconds: observation.livetimeSeconds,
      ...(counts[i] as EventCounts),
    })),
  };
}
