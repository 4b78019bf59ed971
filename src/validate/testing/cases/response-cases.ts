import { type BinTable, buildTable } from '../../../fits/index.ts';
import { all, card, cells, column } from '../edits.ts';
import type { FaultCase } from './case.ts';

/** A response of one energy and one offset that the simulation does not make. */
function response(
  name: string,
  classes: readonly string[],
  data: Readonly<Record<string, readonly [number, string?]>>,
): BinTable {
  return buildTable({
    name,
    columns: [
      { name: 'ENERG_LO', form: '1E', unit: 'TeV', values: [0.1] },
      { name: 'ENERG_HI', form: '1E', unit: 'TeV', values: [100] },
      { name: 'THETA_LO', form: '1E', unit: 'deg', values: [0] },
      { name: 'THETA_HI', form: '1E', unit: 'deg', values: [2.5] },
      ...Object.entries(data).map(([each, [value, unit]]) => ({
        name: each,
        form: '1E',
        unit,
        dim: [1, 1],
        values: [value],
      })),
    ],
    cards: [
      ['HDUCLASS', 'GADF'],
      ['HDUDOC', 'https://github.com/open-gamma-ray-astro/gamma-astro-data-formats'],
      ['HDUVERS', '0.3'],
      ...classes.map((each, i) => [`HDUCLAS${i + 1}`, each] as const),
    ],
  });
}

const KING = ['RESPONSE', 'RPSF', 'FULL-ENCLOSURE', 'PSF_KING'];

/** Responses of formats that the simulation does not make, without a fault. */
export const GOOD_RESPONSES: readonly BinTable[] = [
  response('KING', KING, { GAMMA: [2.5], SIGMA: [0.05, 'deg'] }),
  response('RAD_MAX', ['RESPONSE', 'RAD_MAX', 'POINT-LIKE', 'RAD_MAX_2D'], { RAD_MAX: [0.1, 'deg'] }),
];

/** Faults of responses. */
export const RESPONSE_CASES: readonly FaultCase[] = [
  {
    code: 'response-shape',
    fault: 'axes in another order',
    edit: { hdus: { AEFF: card('TDIM5', '(10,72)') } },
    severity: 'error',
    message: /TDIM of EFFAREA is \(10,72\), but its axes ENERG, THETA have \(72,10\) bins/,
  },
  {
    code: 'response-shape',
    fault: 'no TDIM',
    edit: { hdus: { AEFF: ({ header }) => header.remove('TDIM5') } },
    severity: 'warning',
    message: /EFFAREA has no TDIM/,
  },
  {
    code: 'response-axes',
    fault: 'energies that fall',
    edit: {
      hdus: {
        BKG: all(
          cells('ENERG_LO', (energy) => 10 / energy),
          cells('ENERG_HI', (energy) => 10 / energy),
        ),
      },
    },
    severity: 'error',
    message: /The axis ENERG has an upper edge below the lower one/,
  },
  {
    code: 'response-axes',
    fault: 'bins that overlap',
    edit: { hdus: { BKG: cells('DETX_HI', (angle, _, bin) => (bin === 3 ? angle + 0.1 : angle)) } },
    severity: 'error',
    message: /The axis DETX has bins that overlap: bin 5/,
  },
  {
    code: 'response-axes',
    fault: 'a gap',
    edit: { hdus: { BKG: cells('DETX_HI', (angle, _, bin) => (bin === 3 ? angle - 0.1 : angle)) } },
    severity: 'warning',
    message: /The axis DETX has a gap before a bin: bin 5/,
  },
  {
    code: 'response-axes',
    fault: 'a negative energy',
    edit: { hdus: { BKG: cells('ENERG_LO', (energy, _, bin) => (bin === 0 ? -1 : energy)) } },
    severity: 'error',
    message: /The axis ENERG has energies that are not positive: bin 1 is -1/,
  },
  {
    code: 'response-values',
    fault: 'a negative area',
    edit: { hdus: { AEFF: cells('EFFAREA', (area, _, i) => (i === 700 ? -1e5 : area)) } },
    severity: 'error',
    message: /1 of 720 values of EFFAREA are negative, down to -100000/,
  },
  {
    code: 'response-values',
    fault: 'an area that is no number',
    edit: { hdus: { AEFF: cells('EFFAREA', (area, _, i) => (i === 700 ? Number.NaN : area)) } },
    severity: 'error',
    message: /1 of 720 values of EFFAREA are no numbers/,
  },
  {
    code: 'response-values',
    fault: 'nothing but zeros',
    edit: { hdus: { BKG: cells('BKG', () => 0) } },
    severity: 'warning',
    message: /All values of BKG are 0/,
  },
  {
    code: 'response-thresholds',
    fault: 'in GeV',
    edit: { hdus: { AEFF: card('HI_THRES', 30000) } },
    severity: 'warning',
    message: /HI_THRES is 30000 TeV, but the axis has/,
  },
  {
    code: 'response-thresholds',
    fault: 'exchanged',
    edit: { hdus: { AEFF: all(card('LO_THRES', 50), card('HI_THRES', 0.5)) } },
    severity: 'error',
    message: /LO_THRES is 50 and HI_THRES is 0.5/,
  },
  {
    code: 'migration-sum',
    fault: 'counts instead of densities',
    edit: { hdus: { EDISP: cells('MATRIX', (density) => density * 30) } },
    severity: 'error',
    message: /120 of 120 integrals are above 1.1, up to 30/,
  },
  {
    code: 'migration-sum',
    fault: 'too little',
    edit: { hdus: { EDISP: cells('MATRIX', (density) => density / 2) } },
    severity: 'warning',
    message: /120 of 120 integrals are below 0.9, down to 0.5/,
  },
  {
    code: 'psf-sum',
    fault: 'per square degree',
    edit: { hdus: { PSF: cells('RPSF', (density) => density / 3282.8) } },
    severity: 'warning',
    message: /120 of 120 integrals are below 0.9/,
  },
  {
    code: 'psf-sum',
    fault: 'three Gaussians of twice the scale',
    edit: { options: { psf: 'psf_3gauss' }, hdus: { PSF: cells('SCALE', (scale) => 2 * scale) } },
    severity: 'error',
    message: /120 of 120 integrals are above 1.1, up to 2/,
  },
  {
    code: 'psf-parameters',
    fault: 'a King function without integral',
    edit: { added: [response('KING', KING, { GAMMA: [0.5], SIGMA: [0.05, 'deg'] })] },
    severity: 'error',
    message: /1 of 1 bins have parameters that make no point spread function: GAMMA 0.5/,
  },
  {
    code: 'rad-max',
    fault: 'no radius of a point-like response',
    edit: { hdus: { AEFF: card('HDUCLAS3', 'POINT-LIKE') } },
    severity: 'warning',
    message: /AEFF_2D is point-like, but has no RAD_MAX/,
  },
  {
    code: 'rad-max',
    fault: 'a region in words',
    edit: { hdus: { AEFF: all(card('HDUCLAS3', 'POINT-LIKE'), card('RAD_MAX', '0.2 deg')) } },
    severity: 'warning',
    message: /RAD_MAX is '0.2 deg', needed a number in degrees/,
  },
  {
    code: 'rad-max',
    fault: 'a radius of 0',
    edit: { hdus: { AEFF: all(card('HDUCLAS3', 'POINT-LIKE'), card('RAD_MAX', 0)) } },
    severity: 'error',
    message: /RAD_MAX is 0°/,
  },
  {
    code: 'gadf-units',
    fault: 'radii of a point spread function in radians',
    edit: { hdus: { PSF: all(column('RAD_LO', 'TUNIT', 'rad'), column('RAD_HI', 'TUNIT', 'rad')) } },
    severity: 'warning',
    message: /The unit of RAD_LO in PSF_TABLE is "rad"; needed deg/,
  },
];
