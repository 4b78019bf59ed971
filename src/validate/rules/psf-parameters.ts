import { readResponse } from '../response.ts';
import type { Rule } from '../rule.ts';

export const psfParameters: Rule = {
  code: 'psf-parameters',
  severity: 'error',
  title: 'The parameters of a King point spread function are out of their range.',
  detail:
    'GAMMA must be above 1, or the function has no integral, and SIGMA above 0. Bins where both are 0 are left out: ' +
    'nothing was simulated there. Not with --fast.',
  clause: 'GADF v0.3 psf_king',
  checks: {
    table: (hdu, table, report) => {
      if (hdu.format?.hduClass !== 'psf_king') return;
      const [gamma, sigma] = ['GAMMA', 'SIGMA'].map((name) => readResponse(hdu, table, name)?.values);
      if (gamma === undefined || sigma === undefined) return;
      let bad = 0;
      let found = '';
      for (let i = 0; i < gamma.length; i++) {
        const [g, s] = [gamma[i] as number, sigma[i] as number];
        if ((g === 0 && s === 0) || (g > 1 && s > 0)) continue;
        if (bad === 0) found = `GAMMA ${g}, SIGMA ${s}`;
        bad += 1;
      }
      if (bad === 0) return;
      const message = `${bad} of ${gamma.length} bins have parameters that make no point spread function: ${found}.`;
      report(hdu.place, { column: 'GAMMA', message, count: bad, found, wanted: 'GAMMA above 1, SIGMA above 0' });
    },
  },
};
