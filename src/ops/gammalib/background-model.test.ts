import { describe, expect, it } from 'vitest';
import {
  type BackgroundModel,
  type BackgroundSettings,
  backgroundModelElement,
  checkBackgroundSettings,
} from './background-model.ts';
import { formatXml } from './xml.ts';

// The files of ctools themselves are compared in test/e2e/csiactobs-samples.live.test.ts; here is what they do not show.

const settings: BackgroundSettings = {
  freeParameters: 1,
  aeff: { norm: 1e-14, index: -2 },
  gauss: { norm: 1e-8, index: -2, sigma: 2.5 },
  rangeFactor: 100,
};
const model: BackgroundModel = {
  type: 'irf',
  run: '7',
  instrument: 'HESS',
  scale: 1,
  energiesTev: { min: 0.01, max: 100 },
};

function lines(change: Partial<BackgroundModel>, other: Partial<BackgroundSettings> = {}): string[] {
  const element = backgroundModelElement({ ...model, ...change }, { ...settings, ...other });
  return [...formatXml(element)].slice(1).map((line) => line.trim());
}

describe('backgroundModelElement()', () => {
  it.each([
    [500, 'value="500" error="0" scale="1" min="5" max="50000" free="1"'],
    [0.001, 'value="0.001" error="0" scale="1" min="1e-05" max="0.1" free="1"'],
    [0, 'value="0" error="0" scale="1" min="0" max="0" free="1"'],
    [
      0.699999988079071,
      'value="0.699999988079071" error="0" scale="1" min="0.00699999988079071" max="69.9999988079071"',
    ],
  ])('backgroundModelElement() sets the limits of a constant after its value: scale %d', (scale, expected) => {
    expect(lines({ scale })[2]).toContain(`name="Normalization" ${expected}`);
  });

  it('backgroundModelElement() makes a constant also of an effective area with the index 0', () => {
    const other = { aeff: { norm: 2e-14, index: 0 } };
    expect(lines({ type: 'aeff' }, other).slice(1, 3)).toEqual([
      '<spectrum type="Constant">',
      '<parameter name="Normalization" value="2e-14" error="0" scale="1" min="2e-16" max="2e-12" free="1" />',
    ]);
    expect(lines({ type: 'aeff' }, { ...other, freeParameters: 2 })[1]).toBe('<spectrum type="PowerLaw">');
  });

  it('backgroundModelElement() counts a negative number of free parameters as 1', () => {
    expect(lines({}, { freeParameters: -3 })).toEqual(lines({}));
    expect(lines({ type: 'gauss' }, { freeParameters: -3 })).toEqual(lines({ type: 'gauss' }));
  });

  it('backgroundModelElement() scales a power law, and keeps one of 0', () => {
    const prefactor = (scale: number): string | undefined => lines({ type: 'aeff', scale })[2];
    expect(prefactor(0.7)).toContain('value="1" error="0" scale="7e-15" min="0.01" max="100" free="1"');
    expect(prefactor(0)).toContain('value="0" error="0" scale="1" min="0" max="0" free="1"');
  });

  it('backgroundModelElement() divides the energies evenly in the logarithm', () => {
    const nodes = lines({ energiesTev: { min: 1, max: 1000 } }, { freeParameters: 3 });
    const energies = nodes.filter((line) => line.includes('"Energy"')).map((line) => /value="([^"]+)"/.exec(line)?.[1]);
    expect(energies).toEqual(['3162277.66016838', '31622776.6016838', '316227766.016838']);
  });

  it('backgroundModelElement() leaves out an instrument that nobody knows', () => {
    expect(lines({ instrument: '' })[0]).toBe('<source name="bkg_7" type="CTAIrfBackground" id="7" tscalc="0">');
  });

  it('backgroundModelElement() refuses a node function of nothing, and names the observation', () => {
    expect(() => lines({ scale: 0 }, { freeParameters: 3 })).toThrow('observation "7" is scaled to 0');
  });
});

describe('checkBackgroundSettings()', () => {
  const check = (other: Partial<BackgroundSettings>) => () =>
    checkBackgroundSettings({ ...settings, ...other }, ['irf', 'aeff', 'gauss']);

  it('checkBackgroundSettings() takes the defaults, and every number of free parameters up to 1000', () => {
    for (const freeParameters of [-1, 0, 1, 2, 3, 1000]) check({ freeParameters })();
  });

  it.each<[string, Partial<BackgroundSettings>]>([
    ['range factor is 0,', { rangeFactor: 0 }],
    ['range factor is 0.5,', { rangeFactor: 0.5 }],
    ['1001 free parameters', { freeParameters: 1001 }],
    ['normalisation of "aeff" is -1,', { aeff: { norm: -1, index: 0 } }],
    ['index of "gauss" is -5.1,', { gauss: { norm: 1, index: -5.1, sigma: 1 } }],
    ['sigma of "gauss" is 0,', { gauss: { norm: 1, index: 1, sigma: 0 } }],
    ['normalisation of "aeff" is 0, a node function needs more', { aeff: { norm: 0, index: -2 }, freeParameters: 3 }],
  ])('checkBackgroundSettings() refuses: %s', (message, other) => {
    expect(check(other)).toThrow(message);
  });

  it('checkBackgroundSettings() asks nothing of a type that is not used', () => {
    checkBackgroundSettings({ ...settings, gauss: { norm: -1, index: 9, sigma: -1 } }, ['irf']);
  });
});
