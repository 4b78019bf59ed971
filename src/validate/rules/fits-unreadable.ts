import type { Rule } from '../rule.ts';

export const fitsUnreadable: Rule = {
  code: 'fits-unreadable',
  severity: 'error',
  title: 'A file cannot be read, is no FITS file, or is broken from some place on.',
  detail:
    'The system refuses it; it does not begin with SIMPLE; its compression is damaged; a header has no END or does not ' +
    'give the size of its data; it ends too early. What comes before that place is checked all the same.',
  clause: 'FITS 4.0 §3, §4.4.1',
  checks: {
    file: ({ place, fault, unreadable, info }, report) => {
      if (unreadable !== undefined) report(place, { message: unreadable });
      if (fault !== undefined) {
        report(place, {
          message: `This file cannot be read: ${fault.message}.`,
          found: `${info?.sizeBytes ?? 0} bytes`,
        });
      }
    },
    hdu: ({ place, tableFault, header }, report) => {
      if (tableFault !== undefined && header.get('XTENSION') === 'BINTABLE') {
        report(place, { message: tableFault, clause: 'FITS 4.0 §7.3' });
      }
    },
  },
};
