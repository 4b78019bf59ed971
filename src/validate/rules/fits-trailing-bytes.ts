import type { Rule } from '../rule.ts';

export const fitsTrailingBytes: Rule = {
  code: 'fits-trailing-bytes',
  severity: 'warning',
  title: 'There are bytes behind the last HDU.',
  detail: 'What follows the last HDU does not begin with XTENSION, and no program reads it.',
  clause: 'FITS 4.0 §3.5',
  checks: {
    file: ({ place, trailingBytes }, report) => {
      if (trailingBytes === 0) return;
      report(place, {
        message: `${trailingBytes} bytes follow the last HDU of this file.`,
        found: `${trailingBytes} bytes`,
        wanted: 'none',
      });
    },
  },
};
