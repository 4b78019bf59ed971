import { isShownByColumns } from '../class-by-columns.ts';
import { headerText } from '../header-values.ts';
import type { Rule } from '../rule.ts';

export const gadfClasses: Rule = {
  code: 'gadf-classes',
  severity: 'warning',
  title: 'HDUCLASS or HDUCLASn do not say what the HDU is.',
  detail:
    'HDUCLASS is GADF (OGIP, as v0.2 also writes, is a note), HDUCLASn are those of the format of the HDU. For point ' +
    'spread functions both PSF and RPSF are taken, as the specification uses both. Missing ones are told by ' +
    'gadf-keywords, contradictions to the index by hdu-class.',
  clause: 'GADF v0.3 hduclass',
  checks: {
    hdu: (hdu, report) => {
      const { format, header, place, scan } = hdu;
      if (format === undefined || scan.kind !== 'bintable') return;
      const hduclass = headerText(header, 'HDUCLASS');
      if (hduclass !== undefined && hduclass !== 'GADF') {
        const severity = hduclass === 'OGIP' ? 'note' : 'warning';
        report(place, {
          severity,
          card: 'HDUCLASS',
          message: `HDUCLASS is "${hduclass}".`,
          found: hduclass,
          wanted: 'GADF',
        });
      }
      for (const [position, values] of format.classes.entries()) {
        const card = `HDUCLAS${position + 1}`;
        const found = headerText(header, card);
        if (found === undefined || values.includes(found.toUpperCase())) continue;
        const wanted = values.join(' or ');
        const message = `${card} of ${format.title} is "${found}", needed ${wanted}.`;
        const [only = ''] = values;
        const isCertain = values.length === 1 && isShownByColumns(hdu);
        report(place, {
          card,
          message,
          found,
          wanted,
          ...(isCertain && { repair: { kind: 'set-cards', cards: [{ keyword: card, found, value: only }] } }),
        });
      }
    },
  },
  // HDUCLASS tells which conventions the values follow, too: that is for the writer to say.
  repairs:
    'HDUCLASn become those of the format, if it has one of them only, and the columns of the table are of this format.',
};
