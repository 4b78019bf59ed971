import { type Axis, logAxis, logCentres } from './axis.ts';
import type { Random } from './random.ts';
import { ENERGY_RANGE_TEV, FIELD_RADIUS_DEG, type ResponseConditions, turnoverTev } from './response.ts';
import { type FieldDirection, fieldAt } from './sky.ts';
import { TabulatedDensity } from './tabulated-density.ts';

const DEG = Math.PI / 180;

/** The width of the background on the field of view. */
const SIGMA_DEG = 1.4;

/** How much the rate grows per degree to the north, in the model that is not round. */
const GRADIENT_PER_DEG = 0.08;

/** Reconstructed energies of the background tables. */
export const BACKGROUND_ENERGY_AXIS: Axis = logAxis(ENERGY_RANGE_TEV.low, ENERGY_RANGE_TEV.high, 24);

/** The formats of GADF v0.3 for background models. */
export type BackgroundClass = 'bkg_3d' | 'bkg_2d';

/** How the background is spread over the field of view, apart from its energies. */
export interface BackgroundShape {
  /** Relative rate at a field direction; 1 in the centre, 0 outside of the table. */
  value(direction: FieldDirection): number;
  /** The integral of {@link value} over the field. */
  solidAngleSr: number;
  draw(random: Random): FieldDirection;
}

/** The round shape of BKG_2D and the square one, brighter in the north, of BKG_3D. */
export const BACKGROUND_SHAPES: Readonly<Record<BackgroundClass, BackgroundShape>> = {
  bkg_2d: roundShape(),
  bkg_3d: squareShape(),
};

/** The background rate in s⁻¹ TeV⁻¹ sr⁻¹ in the centre of the field, at each bin of {@link BACKGROUND_ENERGY_AXIS}. */
export function backgroundSpectrum(conditions: ResponseConditions): number[] {
  const rate = (73 * conditions.scale * conditions.telescopes) / 4;
  const turnover = turnoverTev(conditions);
  return logCentres(BACKGROUND_ENERGY_AXIS).map((energy) => (rate * energy ** -2.7) / (1 + (energy / turnover) ** -3));
}

/** {@link backgroundSpectrum} as a density over the whole axis; the outer half bins go on as their neighbours. */
export function backgroundDensity(conditions: ResponseConditions): TabulatedDensity {
  const values = backgroundSpectrum(conditions).map(Math.log);
  const energies = [ENERGY_RANGE_TEV.low, ...logCentres(BACKGROUND_ENERGY_AXIS), ENERGY_RANGE_TEV.high];
  const nodes = [halfBinBeyond(values, 0, 1), ...values, halfBinBeyond(values, values.length - 1, values.length - 2)];
  return new TabulatedDensity(energies, nodes.map(Math.exp));
}

function halfBinBeyond(values: readonly number[], end: number, neighbour: number): number {
  const value = values[end] as number;
  return value + (value - (values[neighbour] as number)) / 2;
}

function roundShape(): BackgroundShape {
  const profile = (offsetDeg: number): number => Math.exp(-0.5 * (offsetDeg / SIGMA_DEG) ** 2);
  const ring = (offsetDeg: number): number => 2 * Math.PI * Math.sin(offsetDeg * DEG) * DEG * profile(offsetDeg);
  return {
    value: ({ lonDeg, latDeg }) => {
      const offsetDeg = Math.acos(Math.cos(lonDeg * DEG) * Math.cos(latDeg * DEG)) / DEG;
      return offsetDeg <= FIELD_RADIUS_DEG ? profile(offsetDeg) : 0;
    },
    solidAngleSr: integrate(ring, 0, FIELD_RADIUS_DEG),
    draw: (random) => {
      for (;;) {
        const offsetDeg = SIGMA_DEG * random.rayleigh();
        // A ring on the sphere is smaller than in the plane by sin(r)/r.
        const keep = Math.sin(offsetDeg * DEG) / (offsetDeg * DEG);
        if (offsetDeg <= FIELD_RADIUS_DEG && random.uniform() < keep) return fieldAt(360 * random.uniform(), offsetDeg);
      }
    },
  };
}

function squareShape(): BackgroundShape {
  const gauss = (angleDeg: number): number => Math.exp(-0.5 * (angleDeg / SIGMA_DEG) ** 2);
  const inside = (angleDeg: number): boolean => Math.abs(angleDeg) <= FIELD_RADIUS_DEG;
  const slope = (latDeg: number): number => 1 + GRADIENT_PER_DEG * latDeg;
  const row = (latDeg: number): number => gauss(latDeg) * slope(latDeg) * Math.cos(latDeg * DEG) * DEG;
  return {
    value: ({ lonDeg, latDeg }) =>
      inside(lonDeg) && inside(latDeg) ? gauss(lonDeg) * gauss(latDeg) * slope(latDeg) : 0,
    solidAngleSr:
      integrate(gauss, -FIELD_RADIUS_DEG, FIELD_RADIUS_DEG) * DEG * integrate(row, -FIELD_RADIUS_DEG, FIELD_RADIUS_DEG),
    draw: (random) => {
      for (;;) {
        const lonDeg = SIGMA_DEG * random.normal();
        const latDeg = SIGMA_DEG * random.normal();
        const keep = (slope(latDeg) * Math.cos(latDeg * DEG)) / slope(FIELD_RADIUS_DEG);
        if (inside(lonDeg) && inside(latDeg) && random.uniform() < keep) return { lonDeg, latDeg };
      }
    },
  };
}

/** Simpson's rule; the integrands here are smooth. */
function integrate(integrand: (x: number) => number, low: number, high: number): number {
  const steps = 200;
  const width = (high - low) / steps;
  let sum = integrand(low) + integrand(high);
  for (let i = 1; i < steps; i++) sum += (i % 2 === 0 ? 2 : 4) * integrand(low + i * width);
  return (sum * width) / 3;
}
