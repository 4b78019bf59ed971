import type { Rule } from '../rule.ts';

export const fitsDuplicateHdu: Rule = {
  code: 'fits-duplicate-hdu',
  severity: 'warning',
  title: 'Two HDUs of a file have the same name and version.',
  detail: 'EXTNAME in any case, with EXTVER (1 if absent) and EXTLEVEL. Programs then find the first one only.',
  clause: 'FITS 4.0 §4.4.2.6 (EXTNAME, EXTVER, EXTLEVEL)',
  checks: {
    file: ({ hdus }, report) => {
      const seen = new Map<string, number>();
      for (const { place, name, index, header } of hdus) {
        if (name === '') continue;
        const key = [name.toUpperCase(), header.get('EXTVER') ?? 1, header.get('EXTLEVEL') ?? 1].join('\n');
        const before = seen.get(key);
        if (before === undefined) seen.set(key, index);
        else
          report(place, {
            card: 'EXTNAME',
            message: `HDU ${before} and HDU ${index} are both named "${name}".`,
            found: name,
          });
      }
    },
  },
};
