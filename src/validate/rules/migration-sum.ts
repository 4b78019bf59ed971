import type { BinTable } from '../../fits/index.ts';
import type { HduFacts } from '../facts.ts';
import { headerText } from '../header-values.ts';
import { normalizationFaults } from '../normalization.ts';
import { readResponse, sumsOver } from '../response.ts';
import type { Rule } from '../rule.ts';

export const migrationSum: Rule = {
  code: 'migration-sum',
  severity: 'error',
  title: 'The energy dispersion does not integrate to one.',
  detail:
    'The sum of MATRIX times the width of the MIGRA bins, for each true energy and offset. Bins without any entry are ' +
    'left out: nothing was simulated there. Sums above 1.1 are an error if a tenth of the bins has them and HDUCLASS is GADF, else a warning; ' +
    'sums below 0.9 are a warning, as a part may migrate beyond the axis. Not with --fast.',
  clause: 'GADF v0.3 edisp_2d; IRF components, energy dispersion',
  checks: {
    table: (hdu: HduFacts, table: BinTable, report) => {
      if (hdu.format?.hduClass !== 'edisp_2d') return;
      const response = readResponse(hdu, table, 'MATRIX');
      const axis = response?.axes.find(({ name }) => name === 'MIGRA');
      if (response === undefined || axis === undefined) return;
      const sums = sumsOver(response, 'MIGRA', (bin) => (axis.high[bin] as number) - (axis.low[bin] as number));
      for (const { severity, text, found } of normalizationFaults(
        sums,
        headerText(hdu.header, 'HDUCLASS') === 'GADF',
      )) {
        const message = `The energy dispersion does not integrate to one: ${text}.`;
        report(hdu.place, { severity, column: response.column, message, found, wanted: '1' });
      }
    },
  },
};
