/**
 * The imaginary telescopes: four of them, much like H.E.S.S. phase I. Smooth functions of energy, offset and zenith
 * angle, from which both the IRF tables are filled and the events are drawn.
 */

/** What a response depends on besides energy and offset. */
export interface ResponseConditions {
  /** The zenith angle that the response is valid for. */
  zenithDeg: number;
  /** How many telescopes take part. */
  telescopes: number;
  /** A factor on effective area and background rate. */
  scale: number;
}

/** True and reconstructed energies of the tables, in TeV. Events are simulated from this range of true energies. */
export const ENERGY_RANGE_TEV = { low: 0.1, high: 100 } as const;

/** Reconstructed over true energy of the tables; what falls outside is drawn again. */
export const MIGRATION_RANGE = { low: 0.2, high: 3 } as const;

/** Offsets of the tables; nothing is seen farther out. */
export const FIELD_RADIUS_DEG = 2.5;

/** The largest distance from the source in the PSF table; what falls outside is drawn again. */
export const PSF_RADIUS_DEG = 1;

const DEG = Math.PI / 180;

/** Responses are made for the middle of 5° bands of zenith angle, so that many observations share one. */
export function zenithBandDeg(zenithDeg: number): number {
  return Math.floor(zenithDeg / 5) * 5 + 2.5;
}

/** Where the effective area turns over, in TeV. It grows with the air in the line of sight. */
export function turnoverTev(conditions: ResponseConditions): number {
  return 0.3 * Math.cos(conditions.zenithDeg * DEG) ** -2.5;
}

/** The energy at which the effective area is a tenth of its plateau: LO_THRES of GADF. */
export function lowThresholdTev(conditions: ResponseConditions): number {
  return turnoverTev(conditions) * 9 ** (-1 / 3);
}

/** Effective area in m² for photons of a true energy at an offset from the pointing. */
export function effectiveAreaM2(conditions: ResponseConditions, energyTev: number, offsetDeg: number): number {
  const plateau = (2e5 * conditions.scale * conditions.telescopes) / 4 / Math.cos(conditions.zenithDeg * DEG);
  const turnOn = 1 / (1 + (energyTev / turnoverTev(conditions)) ** -3);
  return plateau * turnOn * Math.exp(-0.5 * (offsetDeg / 1.7) ** 2);
}

/** The logarithm of reconstructed over true energy is normal, cut to {@link MIGRATION_RANGE}. */
export interface Migration {
  meanLog: number;
  sigmaLog: number;
}

/** Energy migration: 10 % resolution at high energies, worse and biased upwards near the threshold. */
export function migration(conditions: ResponseConditions, energyTev: number, offsetDeg: number): Migration {
  const nearThreshold = Math.exp(-energyTev / turnoverTev(conditions));
  const sigmaLog = (0.1 + 0.1 * nearThreshold) * (1 + 0.04 * offsetDeg ** 2);
  return { sigmaLog, meanLog: 0.12 * nearThreshold - 0.5 * sigmaLog ** 2 };
}

/** Two concentric two-dimensional Gaussians of given standard deviations. */
export interface PointSpread {
  coreDeg: number;
  tailDeg: number;
  /** The part of the events in the wider one. */
  tailFraction: number;
}

/** Point spread function: 0.07° at 1 TeV on axis, better at higher energies, worse at the edge of the field. */
export function pointSpread(energyTev: number, offsetDeg: number): PointSpread {
  const coreDeg = (0.03 + 0.04 * energyTev ** -0.35) * (1 + 0.08 * offsetDeg ** 2);
  return { coreDeg, tailDeg: 2.2 * coreDeg, tailFraction: 0.2 };
}

/** The part of the events within a distance, before the cut at {@link PSF_RADIUS_DEG}. */
export function containment(spread: PointSpread, radiusDeg: number): number {
  const core = 1 - Math.exp(-0.5 * (radiusDeg / spread.coreDeg) ** 2);
  const tail = 1 - Math.exp(-0.5 * (radiusDeg / spread.tailDeg) ** 2);
  return core * (1 - spread.tailFraction) + tail * spread.tailFraction;
}
