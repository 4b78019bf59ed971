import type { SkyDirection } from '../gadf/index.ts';
import { logAxis } from './axis.ts';
import { BACKGROUND_SHAPES, type BackgroundClass, backgroundDensity } from './background.ts';
import { Random } from './random.ts';
import {
  ENERGY_RANGE_TEV,
  effectiveAreaM2,
  MIGRATION_RANGE,
  migration,
  PSF_RADIUS_DEG,
  pointSpread,
  type ResponseConditions,
} from './response.ts';
import type { Observation, TimeInterval } from './schedule.ts';
import { fromField, offsetDirection, toField } from './sky.ts';
import { differentialFlux } from './sources.ts';
import { TabulatedDensity } from './tabulated-density.ts';

/** How many events an observation should and does have. */
export interface EventCounts {
  /** The mean number of events from the source: flux · effective area · livetime, over all energies. */
  expectedSource: number;
  /** The mean number of background events: rate · ontime (GADF v0.3 background, notes). */
  expectedBackground: number;
  source: number;
  background: number;
}

/** The events of an observation in time order; all arrays have one element per event. */
export interface EventList {
  count: number;
  /** Growing, no two the same, within the good time. */
  timeMet: Float64Array;
  raDeg: Float32Array;
  decDeg: Float32Array;
  /** Reconstructed energy. */
  energyTev: Float32Array;
  fieldLonDeg: Float32Array;
  fieldLatDeg: Float32Array;
  /** 1 for an event from the source, 0 for background. */
  isSource: Uint8Array;
}

const CM2_PER_M2 = 1e4;

/** The purposes of the random numbers used here. */
const COUNTS = 2;
const EVENTS = 3;

/** Energies at which the spectrum of detected photons is tabulated: fine enough for an integral good to 1e-4. */
const DETECTED_ENERGIES: readonly number[] = logAxis(ENERGY_RANGE_TEV.low, ENERGY_RANGE_TEV.high, 480).edges;

/**
 * Draws the events of observations. The numbers come first and from a stream of their own, so that an index can be
 * written without drawing the events.
 */
export class EventSimulator {
  readonly #seed: number;
  readonly #backgroundClass: BackgroundClass;
  readonly #sourceSpectra = new Map<string, TabulatedDensity>();
  readonly #backgroundSpectra = new Map<string, TabulatedDensity>();

  constructor(seed: number, backgroundClass: BackgroundClass) {
    this.#seed = seed;
    this.#backgroundClass = backgroundClass;
  }

  /** The numbers of events of an observation under a response. */
  counts(observation: Observation, conditions: ResponseConditions): EventCounts {
    const random = Random.stream(this.#seed, observation.position, COUNTS);
    const { solidAngleSr } = BACKGROUND_SHAPES[this.#backgroundClass];
    const expectedSource = this.#sourceSpectrum(observation, conditions).total * observation.livetimeSeconds;
    const expectedBackground = this.#backgroundSpectrum(conditions).total * solidAngleSr * observation.ontimeSeconds;
    const source = random.poisson(expectedSource);
    return { expectedSource, expectedBackground, source, background: random.poisson(expectedBackground) };
  }

  /** So many events of an observation. */
  events(observation: Observation, conditions: ResponseConditions, counts: EventCounts): EventList {
    const random = Random.stream(this.#seed, observation.position, EVENTS);
    const count = counts.source + counts.background;
    const list = emptyList(count);
    const times = drawTimes(observation.goodTime, count, random);
    // Times do not depend on the rest, so the events may be drawn in any order and dealt out over the sorted times.
    const places = shuffled(count, random);
    const sourceSpectrum = this.#sourceSpectrum(observation, conditions);
    const backgroundSpectrum = this.#backgroundSpectrum(conditions);
    const shape = BACKGROUND_SHAPES[this.#backgroundClass];
    for (let i = 0; i < count; i++) {
      const place = places[i] as number;
      list.timeMet[place] = times[place] as number;
      if (i < counts.source) {
        const trueTev = sourceSpectrum.draw(random);
        list.isSource[place] = 1;
        list.energyTev[place] = trueTev * drawMigration(conditions, trueTev, observation.offsetDeg, random);
        setDirection(list, place, drawAroundSource(observation, trueTev, random), observation.pointing);
      } else {
        list.energyTev[place] = backgroundSpectrum.draw(random);
        setDirection(list, place, fromField(shape.draw(random), observation.pointing), observation.pointing);
      }
    }
    return list;
  }

  /** Detected photons of the source in s⁻¹ TeV⁻¹ of true energy. */
  #sourceSpectrum({ source, offsetDeg }: Observation, conditions: ResponseConditions): TabulatedDensity {
    return remember(this.#sourceSpectra, `${source.name}/${offsetDeg}/${keyOf(conditions)}`, () => {
      const rate = (energy: number): number =>
        differentialFlux(source.spectrum, energy) * effectiveAreaM2(conditions, energy, offsetDeg) * CM2_PER_M2;
      return new TabulatedDensity(DETECTED_ENERGIES, DETECTED_ENERGIES.map(rate));
    });
  }

  #backgroundSpectrum(conditions: ResponseConditions): TabulatedDensity {
    return remember(this.#backgroundSpectra, keyOf(conditions), () => backgroundDensity(conditions));
  }
}

/** Conditions as the key of a map. */
export function keyOf({ zenithDeg, telescopes, scale }: ResponseConditions): string {
  return `${zenithDeg}/${telescopes}/${scale}`;
}

/** The value kept under a key, made if there is none yet. */
export function remember<V>(known: Map<string, V>, key: string, make: () => V): V {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  known.set(key, made);
  return made;
}

function emptyList(count: number): EventList {
  return {
    count,
    timeMet: new Float64Array(count),
    raDeg: new Float32Array(count),
    decDeg: new Float32Array(count),
    energyTev: new Float32Array(count),
    fieldLonDeg: new Float32Array(count),
    fieldLatDeg: new Float32Array(count),
    isSource: new Uint8Array(count),
  };
}

/** Reconstructed over true energy. */
function drawMigration(conditions: ResponseConditions, trueTev: number, offsetDeg: number, random: Random): number {
  const { meanLog, sigmaLog } = migration(conditions, trueTev, offsetDeg);
  for (;;) {
    const ratio = Math.exp(meanLog + sigmaLog * random.normal());
    if (ratio >= MIGRATION_RANGE.low && ratio <= MIGRATION_RANGE.high) return ratio;
  }
}

/** A reconstructed direction of a photon of the source. */
function drawAroundSource({ source, offsetDeg }: Observation, trueTev: number, random: Random): SkyDirection {
  const spread = pointSpread(trueTev, offsetDeg);
  for (;;) {
    const width = random.uniform() < spread.tailFraction ? spread.tailDeg : spread.coreDeg;
    const distanceDeg = width * random.rayleigh();
    if (distanceDeg <= PSF_RADIUS_DEG) return offsetDirection(source.direction, 360 * random.uniform(), distanceDeg);
  }
}

/** Field coordinates follow from the right ascension and declination as stored, not from more precise ones. */
function setDirection(list: EventList, place: number, direction: SkyDirection, pointing: SkyDirection): void {
  const ra = Math.fround(direction.raDeg);
  const raDeg = ra >= 360 ? 0 : ra;
  const decDeg = Math.fround(direction.decDeg);
  const field = toField({ raDeg, decDeg }, pointing);
  list.raDeg[place] = raDeg;
  list.decDeg[place] = decDeg;
  list.fieldLonDeg[place] = field.lonDeg;
  list.fieldLatDeg[place] = field.latDeg;
}

/** Sorted times, uniform in the good time, no two the same. */
function drawTimes(goodTime: readonly TimeInterval[], count: number, random: Random): Float64Array {
  const times = new Float64Array(count);
  for (let i = 0; i < count; i++) times[i] = drawTime(goodTime, random);
  for (;;) {
    times.sort();
    let repeated = false;
    for (let i = 1; i < count; i++) {
      if (times[i] !== times[i - 1]) continue;
      times[i] = drawTime(goodTime, random);
      repeated = true;
    }
    if (!repeated) return times;
  }
}

function drawTime(goodTime: readonly TimeInterval[], random: Random): number {
  let left = random.uniform() * goodTime.reduce((sum, { startMet, stopMet }) => sum + stopMet - startMet, 0);
  for (const { startMet, stopMet } of goodTime) {
    if (left < stopMet - startMet) return startMet + left;
    left -= stopMet - startMet;
  }
  return goodTime.at(-1)?.stopMet ?? 0;
}

/** The numbers 0 … count − 1 in random order (Fisher and Yates). */
function shuffled(count: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const other = random.integer(0, i);
    const kept = order[i] as number;
    order[i] = order[other] as number;
    order[other] = kept;
  }
  return order;
}
