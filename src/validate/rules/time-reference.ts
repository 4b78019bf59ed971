import { TIME_KEYWORD_SPECS } from '../formats/index.ts';
import { headerNumber, headerText } from '../header-values.ts';
import type { Rule } from '../rule.ts';

/** @see FITS 4.0 tables 30 and 31; LOCAL is the default of GADF */
const SCALES = ['TT', 'TAI', 'UTC', 'TDB', 'TCB', 'TCG', 'UT1', 'GPS', 'TDT', 'ET', 'IAT', 'GMT', 'UT', 'LOCAL'];
const PLACES = ['TOPOCENTER', 'GEOCENTER', 'BARYCENTER', 'HELIOCENTER', 'RELOCATABLE', 'CUSTOM', 'LOCAL'];
const OLDER_PLACES = ['GEOCENTRIC', 'HELIOCENTRIC', 'SOLARSYSTEM'];

export const timeReference: Rule = {
  code: 'time-reference',
  severity: 'error',
  title: 'The keywords of the time reference have values that mean nothing.',
  detail:
    'TIMESYS must be a scale of the FITS standard. TIMEUNIT other than s, and MJDREFF outside of 0 to 1, are a warning: ' +
    'tools differ in whether they look at them. TIMEREF that is not in the standard is a note. That they are there at ' +
    'all is asked for by gadf-keywords.',
  clause: 'GADF v0.3 time; FITS 4.0 §9.2',
  checks: {
    hdu: ({ format, header, place, scan }, report) => {
      if (
        scan.kind !== 'bintable' ||
        !format?.keywords.includes(TIME_KEYWORD_SPECS[0] as (typeof TIME_KEYWORD_SPECS)[number])
      )
        return;
      const scale = headerText(header, 'TIMESYS');
      if (scale !== undefined && !SCALES.includes(scale.toUpperCase())) {
        const message = `TIMESYS is "${scale}", which is no time scale.`;
        report(place, { card: 'TIMESYS', message, found: scale, wanted: SCALES.slice(0, 7).join(', ') });
      }
      const unit = headerText(header, 'TIMEUNIT');
      if (unit !== undefined && unit !== 's') {
        report(place, {
          severity: 'warning',
          card: 'TIMEUNIT',
          message: `TIMEUNIT is "${unit}".`,
          found: unit,
          wanted: 's',
        });
      }
      const fraction = headerNumber(header, 'MJDREFF');
      if (fraction !== undefined && !(fraction >= 0 && fraction < 1)) {
        const message = `MJDREFF is ${fraction}, which is no fraction of a day.`;
        report(place, { severity: 'warning', card: 'MJDREFF', message, found: String(fraction), wanted: '0 to 1' });
      }
      const where = headerText(header, 'TIMEREF')?.toUpperCase();
      if (where === undefined || PLACES.includes(where) || OLDER_PLACES.includes(where)) return;
      report(place, {
        severity: 'note',
        card: 'TIMEREF',
        message: `TIMEREF is "${where}".`,
        found: where,
        wanted: PLACES.join(', '),
      });
    },
  },
};
