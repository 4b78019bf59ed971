import { headerText } from '../header-values.ts';
import type { Rule } from '../rule.ts';
import { compareUnits, parseUnit } from '../units.ts';

export const gadfUnits: Rule = {
  code: 'gadf-units',
  severity: 'error',
  title: 'The unit of a column is missing, or not the one of the specification.',
  detail:
    'Units are compared by what they mean: "sr^-1" is "1/sr". A unit that can be converted is a warning, as tools ' +
    'differ in whether they do; so is one that is missing, or cannot be read.',
  clause: 'GADF v0.3, columns; FITS 4.0 §4.3',
  checks: {
    hdu: ({ format, header, place, scan }, report) => {
      if (format === undefined || scan.kind !== 'bintable') return;
      const clause = `GADF v0.3 ${format.clause}, columns`;
      const count = header.get('TFIELDS');
      for (let n = 1; n <= (typeof count === 'number' ? Math.min(count, 999) : 0); n += 1) {
        const name = headerText(header, `TTYPE${n}`)?.toUpperCase();
        const spec = format.columns.find((each) => each.name === name || each.older?.includes(name ?? ''));
        if (spec?.unit === undefined || name === undefined) continue;
        const text = headerText(header, `TUNIT${n}`) ?? '';
        const fault = unitFault(text, spec.unit);
        if (fault === undefined || (name === 'SCALE' && text === '')) continue;
        const wanted = spec.unit === '' ? 'none' : spec.unit;
        report(place, {
          severity: fault.severity,
          clause,
          column: name,
          message: `The unit of ${name} in ${format.title} ${fault.text}; needed ${wanted}.`,
          found: text === '' ? 'none' : text,
          wanted,
        });
      }
    },
  },
};

function unitFault(text: string, wanted: string): { severity: 'error' | 'warning'; text: string } | undefined {
  if (text === '') return wanted === '' ? undefined : { severity: 'warning', text: 'is missing' };
  const [unit, needed] = [parseUnit(text), parseUnit(wanted)];
  if (unit === undefined || needed === undefined)
    return { severity: 'warning', text: `is "${text}", which is not known` };
  const comparison = compareUnits(unit, needed);
  if (comparison === 'same') return undefined;
  const severity = comparison === 'convertible' ? 'warning' : 'error';
  return { severity, text: `is "${text}"` };
}
