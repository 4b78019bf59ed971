import { headerNumber, headerText } from '../header-values.ts';
import type { Rule } from '../rule.ts';

export const radMax: Rule = {
  code: 'rad-max',
  severity: 'error',
  title: 'A point-like response does not say how large the region is that it holds for.',
  detail:
    'HDUCLAS3 POINT-LIKE asks for the keyword RAD_MAX or, for the same observation, a RAD_MAX_2D table that the HDU index ' +
    'lists in the same file: a warning, as the table may be in another file. A RAD_MAX that is not above 0 is ' +
    'an error; one that is a text, as "0.2 deg", a warning.',
  clause: 'GADF v0.3 point-like IRFs, RAD_MAX',
  checks: {
    file: ({ hdus, complete }, report) => {
      const hasTable = hdus.some(({ format }) => format?.type === 'rad_max');
      for (const { format, header, place } of hdus) {
        const isPointLike = headerText(header, 'HDUCLAS3')?.toUpperCase() === 'POINT-LIKE';
        if (format?.response === undefined || !isPointLike || format.type === 'rad_max') continue;
        const value = headerNumber(header, 'RAD_MAX');
        if (value !== undefined && value > 0) continue;
        if (value !== undefined) {
          report(place, { card: 'RAD_MAX', message: `RAD_MAX is ${value}°.`, found: String(value), wanted: 'above 0' });
        } else if (headerText(header, 'RAD_MAX') !== undefined) {
          const found = headerText(header, 'RAD_MAX');
          const message = `RAD_MAX is '${found}', needed a number in degrees.`;
          report(place, { severity: 'warning', card: 'RAD_MAX', message, found, wanted: 'a number' });
        } else if (!hasTable && complete) {
          const message = `${format.title} is point-like, but has no RAD_MAX, and there is no RAD_MAX_2D table beside it.`;
          report(place, { severity: 'warning', card: 'RAD_MAX', message, found: 'none', wanted: 'RAD_MAX' });
        }
      }
    },
  },
};
