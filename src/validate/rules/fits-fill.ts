import type { Rule } from '../rule.ts';

export const fitsFill: Rule = {
  code: 'fits-fill',
  severity: 'warning',
  title: 'A block of 2880 bytes is not filled up as it must be.',
  detail:
    'Blanks behind END, zeros behind data (blanks behind those of ASCII tables), up to whole blocks, also at the end ' +
    'of the file.',
  clause: 'FITS 4.0 §3.3.2, §4.1.1, §7.2.3',
  checks: {
    hdu: ({ place, scan: { headerFillFaults, fill } }, report) => {
      if (headerFillFaults > 0) {
        report(place, {
          message: `${headerFillFaults} bytes behind the END of the header are no blanks.`,
          wanted: 'blanks',
        });
      }
      if (fill.faults > 0) {
        report(place, {
          message: `${fill.faults} bytes that fill the last block of the data are wrong.`,
          wanted: 'zeros',
        });
      }
      if (fill.missing > 0) {
        report(place, {
          message: `The file ends ${fill.missing} bytes before the last block of the data does.`,
          wanted: 'whole blocks of 2880 bytes',
        });
      }
    },
  },
};
