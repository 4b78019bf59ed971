import { headerText } from '../header-values.ts';
import type { Rule } from '../rule.ts';

const KNOWN = new Set(['0.1', '0.2', '0.3']);

export const gadfVersion: Rule = {
  code: 'gadf-version',
  severity: 'note',
  title: 'HDUVERS is no version of the specification that is known here.',
  detail:
    'Such HDUs are checked as v0.3, without what only v0.3 asks for. HDUs whose HDUCLASS is not GADF are left out.',
  clause: 'GADF v0.3 hduclass',
  checks: {
    hdu: ({ format, header, place }, report) => {
      const found = headerText(header, 'HDUVERS');
      if (format === undefined || headerText(header, 'HDUCLASS') !== 'GADF') return;
      if (found === undefined || KNOWN.has(found.replace(/^v/i, ''))) return;
      report(place, { card: 'HDUVERS', message: `HDUVERS is "${found}".`, found, wanted: '0.2 or 0.3' });
    },
  },
};
