import { IactError } from '../../core/index.ts';
import { parameterElement } from './parameter.ts';
import { type EnergyRange, MAX_INDEX, shapeOf, spectrumElement } from './spectrum.ts';
import { type XmlElement, xmlElement } from './xml.ts';

/** Where the shape of a background comes from: the background IRF, the effective area, or a Gaussian around the axis. */
export type BackgroundType = 'irf' | 'aeff' | 'gauss';

/** What the user says about background models. */
export interface BackgroundSettings {
  /** Number of free parameters of each spectrum. 3 and more make a node function; a negative number counts as 1. */
  readonly freeParameters: number;
  /** The spectrum times the effective area; at 1 TeV, per cm2 s MeV sr. */
  readonly aeff: SpectrumSettings;
  /** The spectrum of a Gaussian; `sigma` in square degrees, as gammalib has it. */
  readonly gauss: SpectrumSettings & { readonly sigma: number };
  /** A fit may change a normalisation by this factor. */
  readonly rangeFactor: number;
}

export interface SpectrumSettings {
  readonly norm: number;
  readonly index: number;
}

/** More nodes than any spectrum has energies for: a slip of the finger, which would fill the memory. */
const MAX_FREE_PARAMETERS = 1000;

/** The smallest sigma that gammalib takes. */
const MIN_SIGMA = 7.71728e-8;

const ELEMENT_TYPE: Readonly<Record<BackgroundType, string>> = {
  irf: 'CTAIrfBackground',
  aeff: 'CTAAeffBackground',
  gauss: 'RadialAcceptance',
};

/** Whether a word names a type of background model. */
export function isBackgroundType(word: string): word is BackgroundType {
  return Object.hasOwn(ELEMENT_TYPE, word);
}

/**
 * Refuses settings that make no valid model of one of the types in question.
 *
 * @throws {IactError} `usage`
 */
export function checkBackgroundSettings(settings: BackgroundSettings, types: readonly BackgroundType[]): void {
  const { freeParameters, rangeFactor, gauss } = settings;
  const refuse = (fault: string): never => {
    throw new IactError('usage', `Cannot make background models: ${fault}.`);
  };
  if (!(freeParameters <= MAX_FREE_PARAMETERS)) {
    refuse(`${freeParameters} free parameters are wanted, at most ${MAX_FREE_PARAMETERS} are possible`);
  }
  if (!(rangeFactor >= 1)) refuse(`the range factor is ${rangeFactor}, it must be at least 1`);
  for (const type of types) {
    const { norm, index } = spectrumOf(type, settings);
    if (norm < 0) refuse(`the normalisation of "${type}" is ${norm}, it must not be negative`);
    const shape = shapeOf({ index, freeParameters });
    if (norm === 0 && shape === 'nodes') refuse(`the normalisation of "${type}" is 0, a node function needs more`);
    if (shape === 'power-law' && Math.abs(index) > MAX_INDEX) {
      refuse(`the index of "${type}" is ${index}, it must lie between -${MAX_INDEX} and ${MAX_INDEX}`);
    }
  }
  if (types.includes('gauss') && !(gauss.sigma >= MIN_SIGMA)) {
    refuse(`the sigma of "gauss" is ${gauss.sigma}, it must be at least ${MIN_SIGMA}`);
  }
}

/** The background model of one observation. */
export interface BackgroundModel {
  readonly type: BackgroundType;
  /** Observation ID as the run list has it. */
  readonly run: string;
  readonly instrument: string;
  /** Factor on the prefactor; 0 or more. */
  readonly scale: number;
  readonly energiesTev: EnergyRange;
}

/** The name of the background model of an observation. */
export function backgroundModelName(run: string): string {
  return `bkg_${run}`;
}

/**
 * The element `source` of a background model. Sigma is free whatever the number of free parameters, as in ctools.
 *
 * @throws {IactError} `bad-data` for a scale of 0 in a node function.
 */
export function backgroundModelElement(model: BackgroundModel, settings: BackgroundSettings): XmlElement {
  const { type, run, instrument, scale, energiesTev } = model;
  const { freeParameters, rangeFactor, gauss } = settings;
  const { norm, index } = spectrumOf(type, settings);
  if (scale * norm === 0 && shapeOf({ index, freeParameters }) === 'nodes') {
    const remedy = 'Ask for at most 2 free parameters, or do without background scales';
    throw new IactError(
      'bad-data',
      `The background of observation "${run}" is scaled to 0: no node function. ${remedy}.`,
    );
  }
  const spectrum = { prefactor: scale * norm, index, freeParameters, rangeFactor, energiesTev };
  const sigma = { name: 'Sigma', value: gauss.sigma, scale: 1, min: MIN_SIGMA, free: true };
  const radial = xmlElement('radialModel', [['type', 'Gaussian']], [parameterElement(sigma)]);
  const attributes = [
    ['name', backgroundModelName(run)],
    ['type', ELEMENT_TYPE[type]],
    ['instrument', instrument || undefined],
    ['id', run],
    ['tscalc', '0'],
  ] as const;
  const children = [spectrumElement(spectrum), ...(type === 'gauss' ? [radial] : [])];
  return xmlElement('source', attributes, children);
}

function spectrumOf(type: BackgroundType, settings: BackgroundSettings): SpectrumSettings {
  return type === 'irf' ? { norm: 1, index: 0 } : settings[type];
}
