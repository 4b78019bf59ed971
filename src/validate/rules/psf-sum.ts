import type { BinTable } from '../../fits/index.ts';
import type { HduFacts } from '../facts.ts';
import { headerText } from '../header-values.ts';
import { normalizationFaults } from '../normalization.ts';
import { readResponse, sumsOver } from '../response.ts';
import type { Rule } from '../rule.ts';

const DEG = Math.PI / 180;

export const psfSum: Rule = {
  code: 'psf-sum',
  severity: 'error',
  title: 'The point spread function does not integrate to one.',
  detail:
    'PSF_TABLE: the sum of RPSF times the solid angle of the RAD bins. PSF_3GAUSS: 2 · SCALE · Σ AMPL · SIGMA² with SIGMA ' +
    'in radians. For each energy and offset; bins without any entry are left out. Sums above 1.1 are an error if a tenth ' +
    'of the bins has them and HDUCLASS is GADF, else a warning; sums below 0.9 are a warning, as a part may lie beyond the axis. Not with ' +
    '--fast.',
  clause: 'GADF v0.3 psf_table, psf_3gauss; IRF components, point spread function',
  checks: {
    table: (hdu, table, report) => {
      const sums = hdu.format?.hduClass === 'psf_table' ? tableSums(hdu, table) : gaussSums(hdu, table);
      if (sums === undefined) return;
      for (const { severity, text, found } of normalizationFaults(
        sums,
        headerText(hdu.header, 'HDUCLASS') === 'GADF',
      )) {
        const column = hdu.format?.hduClass === 'psf_table' ? 'RPSF' : 'SCALE';
        const message = `The point spread function does not integrate to one: ${text}.`;
        report(hdu.place, { severity, column, message, found, wanted: '1' });
      }
    },
  },
};

function tableSums(hdu: HduFacts, table: BinTable): Float64Array | undefined {
  const response = readResponse(hdu, table, 'RPSF');
  const axis = response?.axes.find(({ name }) => name === 'RAD');
  if (response === undefined || axis === undefined) return undefined;
  const solidAngle = (bin: number): number =>
    2 * Math.PI * (Math.cos((axis.low[bin] as number) * DEG) - Math.cos((axis.high[bin] as number) * DEG));
  return sumsOver(response, 'RAD', solidAngle);
}

/** The density is SCALE / π · Σ AMPL · exp(−r² / 2 SIGMA²), and the first AMPL is 1. */
function gaussSums(hdu: HduFacts, table: BinTable): Float64Array | undefined {
  if (hdu.format?.hduClass !== 'psf_3gauss') return undefined;
  const names = ['SCALE', 'SIGMA_1', 'AMPL_2', 'SIGMA_2', 'AMPL_3', 'SIGMA_3'];
  const [scale, sigma1, ampl2, sigma2, ampl3, sigma3] = names.map((name) => readResponse(hdu, table, name)?.values);
  if (!scale || !sigma1 || !ampl2 || !sigma2 || !ampl3 || !sigma3) return undefined;
  const part = (amplitude: number | undefined, sigma: number | undefined): number =>
    amplitude === 0 ? 0 : (amplitude ?? 0) * ((sigma ?? 0) * DEG) ** 2;
  return Float64Array.from(scale, (value, i) => {
    return 2 * value * (part(1, sigma1[i]) + part(ampl2[i], sigma2[i]) + part(ampl3[i], sigma3[i]));
  });
}
