import type { Rule } from '../rule.ts';

export const fitsChecksum: Rule = {
  code: 'fits-checksum',
  severity: 'error',
  title: 'DATASUM or CHECKSUM of an HDU is wrong.',
  detail:
    'A wrong DATASUM means that the data are not those that were written: an error. A wrong CHECKSUM beside a right ' +
    'DATASUM means that the header was edited since: a warning. Not with --fast.',
  clause: 'FITS 4.0 §4.4.2.7, appendix J',
  checks: {
    hdu: ({ place, header, scan: { datasumOk, checksumOk } }, report) => {
      if (datasumOk === false) {
        const message =
          'The data of this HDU do not have the DATASUM that its header gives: they were changed or damaged.';
        report(place, { message, card: 'DATASUM', found: String(header.get('DATASUM')) });
      } else if (checksumOk === false) {
        const message = 'CHECKSUM does not fit this HDU: its header was changed since.';
        const severity = datasumOk === undefined ? 'error' : 'warning';
        report(place, {
          severity,
          message,
          card: 'CHECKSUM',
          found: String(header.get('CHECKSUM')),
          // Without a DATASUM it may be the data that were changed.
          ...(datasumOk === true && { repair: { kind: 'update-checksum' } }),
        });
      }
    },
  },
  repairs: 'CHECKSUM is computed anew, if the DATASUM beside it is right.',
};
