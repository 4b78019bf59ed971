import { firstRow, olderColumn } from '../response.ts';
import type { Rule } from '../rule.ts';

/** Parameters that may have any sign: amplitudes of Gaussians that are taken away from one another. */
const SIGNED = new Set(['AMPL_2', 'AMPL_3']);
/** Below this part of the largest value, it is the noise of an interpolation. */
const TINY = 1e-3;
/** Zero everywhere means that there is nothing. */
const NEEDED = new Set(['EFFAREA', 'MATRIX', 'RPSF', 'BKG', 'SCALE', 'RAD_MAX']);

export const responseValues: Rule = {
  code: 'response-values',
  severity: 'error',
  title: 'A response has negative values, or values that are no numbers.',
  detail:
    'EFFAREA, MATRIX, RPSF, BKG, SCALE, SIGMA and RAD_MAX must be finite and not negative (a warning if ' +
    'no value is below -0.001 of the largest one); the amplitudes of PSF_3GAUSS finite. A table of zeros only is a warning. NaN in BKG or RPSF is a warning: some writers leave bins without data so. ' +
    'Not with --fast.',
  clause: 'GADF v0.3 IRFs',
  checks: {
    table: (hdu, table, report) => {
      for (const name of hdu.format?.response?.data ?? []) {
        const column = table.column(name)?.name ?? olderColumn(hdu, table, name)?.name;
        const values = column === undefined ? undefined : firstRow(table, column);
        if (values === undefined || column === undefined) continue;
        let [negative, bad, nonZero, least, most] = [0, 0, false, 0, 0];
        for (let i = 0; i < values.length; i++) {
          const value = values[i] as number;
          if (!Number.isFinite(value)) bad += 1;
          else if (value < 0 && !SIGNED.has(name)) {
            negative += 1;
            least = Math.min(least, value);
          }
          nonZero ||= value !== 0;
          if (value > most) most = value;
        }
        const of = (count: number): string => `${count} of ${values.length} values of ${column}`;
        if (negative > 0) {
          const message = `${of(negative)} are negative, down to ${least}.`;
          report(hdu.place, {
            severity: -least > TINY * most ? 'error' : 'warning',
            column,
            message,
            count: negative,
            found: String(least),
            wanted: '0 or more',
          });
        }
        if (bad > 0) {
          const severity = name === 'BKG' || name === 'RPSF' ? 'warning' : 'error';
          report(hdu.place, { severity, column, message: `${of(bad)} are no numbers.`, count: bad, wanted: 'numbers' });
        }
        if (!nonZero && NEEDED.has(name)) {
          report(hdu.place, { severity: 'warning', column, message: `All values of ${column} are 0.`, found: '0' });
        }
      }
    },
  },
};
