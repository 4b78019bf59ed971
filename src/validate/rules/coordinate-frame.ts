import { headerNumber, headerText } from '../header-values.ts';
import type { Rule } from '../rule.ts';

export const coordinateFrame: Rule = {
  code: 'coordinate-frame',
  severity: 'warning',
  title: 'The coordinate frame is not ICRS or FK5 of J2000.',
  detail:
    'RADECSYS (or RADESYS) and EQUINOX of event headers. Tools take all positions as ICRS; FK5 of J2000 is the same to ' +
    '0.1". An error if RADECSYS and RADESYS name different frames.',
  clause: 'GADF v0.3 events, RADECSYS, EQUINOX; FITS 4.0 §8.3',
  checks: {
    hdu: ({ format, header, place }, report) => {
      if (format?.type !== 'events') return;
      const [older, newer] = [headerText(header, 'RADECSYS'), headerText(header, 'RADESYS')];
      if (older !== undefined && newer !== undefined && older.toUpperCase() !== newer.toUpperCase()) {
        const message = `RADECSYS is "${older}", but RADESYS is "${newer}".`;
        report(place, { severity: 'error', card: 'RADECSYS', message, found: older, wanted: newer });
      }
      const frame = older ?? newer;
      if (frame !== undefined && !['ICRS', 'FK5'].includes(frame.toUpperCase())) {
        const card = older === undefined ? 'RADESYS' : 'RADECSYS';
        report(place, { card, message: `${card} is "${frame}".`, found: frame, wanted: 'ICRS or FK5' });
      }
      const equinox = headerNumber(header, 'EQUINOX');
      if (equinox === undefined || equinox === 2000 || frame?.toUpperCase() === 'ICRS') return;
      report(place, { card: 'EQUINOX', message: `EQUINOX is ${equinox}.`, found: String(equinox), wanted: '2000' });
    },
  },
};
