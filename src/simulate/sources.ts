import type { SkyDirection } from '../gadf/index.ts';

/** dN/dE = amplitude · (E / reference)^−index, constant in time. */
export interface PowerLaw {
  index: number;
  /** Differential flux at the reference energy, in cm⁻² s⁻¹ TeV⁻¹. */
  amplitude: number;
  referenceTev: number;
}

/** A point source with a power-law spectrum: what the simulation knows to be true. */
export interface Source {
  name: string;
  direction: SkyDirection;
  spectrum: PowerLaw;
}

/** The sources of every simulated store; positions and spectra are rounded from the H.E.S.S. publications. */
export const SOURCES: readonly Source[] = [
  source('Crab Nebula', 83.633083, 22.0145, 2.63, 3.45e-11),
  source('PKS 2155-304', 329.716938, -30.225588, 3.32, 1.9e-12),
  source('HESS J1745-290', 266.41485, -29.00974, 2.27, 2.4e-12),
  source('Centaurus A', 201.365063, -43.019113, 2.7, 2.5e-13),
];

/** dN/dE of a power law in cm⁻² s⁻¹ TeV⁻¹. */
export function differentialFlux(spectrum: PowerLaw, energyTev: number): number {
  return spectrum.amplitude * (energyTev / spectrum.referenceTev) ** -spectrum.index;
}

function source(name: string, raDeg: number, decDeg: number, index: number, amplitude: number): Source {
  return { name, direction: { raDeg, decDeg }, spectrum: { index, amplitude, referenceTev: 1 } };
}
