import { type ModelParameter, parameterElement } from './parameter.ts';
import { log10, power } from './power.ts';
import { type XmlElement, xmlElement } from './xml.ts';

/** The spectrum of a background model before it is fitted: `prefactor` × (E / 1 TeV)^`index`. */
export interface BackgroundSpectrum {
  /** At 1 TeV; 0 or more. */
  readonly prefactor: number;
  readonly index: number;
  /** How many parameters are to be fitted. */
  readonly freeParameters: number;
  /** The prefactor may become so many times smaller or larger; 1 or more. */
  readonly rangeFactor: number;
  /** The energies, in TeV, that the nodes of a node function divide. */
  readonly energiesTev: EnergyRange;
}

/** Energies from `min` to `max`, 0 < `min` < `max`. */
export interface EnergyRange {
  readonly min: number;
  readonly max: number;
}

const MEV_IN_TEV = 1e6;

/** The limits of the index of a power law. */
export const MAX_INDEX = 5;

/** Which shape a spectrum gets: with so many free parameters, and with this index. */
export function shapeOf({
  index,
  freeParameters,
}: Pick<BackgroundSpectrum, 'index' | 'freeParameters'>): 'constant' | 'power-law' | 'nodes' {
  if (index === 0 && freeParameters <= 1) return 'constant';
  return freeParameters <= 2 ? 'power-law' : 'nodes';
}

/** The element `spectrum`. */
export function spectrumElement(spectrum: BackgroundSpectrum): XmlElement {
  const shape = shapeOf(spectrum);
  if (shape === 'constant') return constant(spectrum);
  return shape === 'power-law' ? powerLaw(spectrum) : nodeFunction(spectrum);
}

function constant({ prefactor, rangeFactor, freeParameters }: BackgroundSpectrum): XmlElement {
  const limits = { min: prefactor / rangeFactor, max: prefactor * rangeFactor };
  const free = freeParameters !== 0;
  const normalization = parameterElement({ name: 'Normalization', value: prefactor, scale: 1, ...limits, free });
  return xmlElement('spectrum', [['type', 'Constant']], [normalization]);
}

function powerLaw({ prefactor, index, rangeFactor, freeParameters }: BackgroundSpectrum): XmlElement {
  const parameters = [
    { ...scaled('Prefactor', prefactor, rangeFactor), free: freeParameters !== 0 },
    { name: 'Index', value: index, scale: 1, min: -MAX_INDEX, max: MAX_INDEX, free: freeParameters === 2 },
    { name: 'PivotEnergy', value: 1, scale: MEV_IN_TEV, free: false },
  ];
  return xmlElement('spectrum', [['type', 'PowerLaw']], parameters.map(parameterElement));
}

function nodeFunction(spectrum: BackgroundSpectrum): XmlElement {
  const { prefactor, index, rangeFactor } = spectrum;
  const nodes = nodeEnergiesMev(spectrum.energiesTev, spectrum.freeParameters).map((energyMev) => {
    const intensity = prefactor * power(energyMev / MEV_IN_TEV, index);
    return xmlElement(
      'node',
      [],
      [
        parameterElement({ name: 'Energy', value: energyMev, scale: 1, free: false }),
        parameterElement({ ...scaled('Intensity', intensity, rangeFactor), free: true }),
      ],
    );
  });
  return xmlElement('spectrum', [['type', 'NodeFunction']], nodes);
}

/** A parameter of the value 1 whose scale is the true value; for a true value of 0 the scale stays 1. */
function scaled(name: string, trueValue: number, rangeFactor: number): Omit<ModelParameter, 'free'> {
  const scale = trueValue === 0 ? 1 : trueValue;
  const min = trueValue / rangeFactor / scale;
  return { name, value: trueValue / scale, scale, min, max: (trueValue * rangeFactor) / scale };
}

/**
 * The geometric means of bins of equal width in the logarithm. The order of the operations is gammalib's, so that the
 * last of the 15 digits is the same.
 */
function nodeEnergiesMev({ min, max }: EnergyRange, count: number): number[] {
  const low = log10(roundTripMev(min));
  const width = (log10(roundTripMev(max)) - low) / count;
  const edges = Array.from({ length: count + 1 }, (_, edge) => power(10, edge * width + low));
  return Array.from({ length: count }, (_, bin) => Math.sqrt((edges[bin] ?? 0) * (edges[bin + 1] ?? 0)));
}

/** TeV to MeV by way of MeV and TeV, as the thresholds go in gammalib. */
function roundTripMev(energyTev: number): number {
  return energyTev * MEV_IN_TEV * 1e-6 * MEV_IN_TEV;
}
