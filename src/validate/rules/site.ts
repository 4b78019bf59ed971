import { headerNumber } from '../header-values.ts';
import type { Rule } from '../rule.ts';

export const site: Rule = {
  code: 'site',
  severity: 'warning',
  title: 'The place of the observatory is not on Earth, or its altitude is not in metres.',
  detail:
    'GEOLAT beyond ±90°, GEOLON beyond ±360° (errors); an ALTITUDE between 0 and 10, which looks like kilometres; 0, 0 for ' +
    'longitude and latitude is a note: nobody filled them in.',
  clause: 'GADF v0.3 coordinates, Earth location',
  checks: {
    hdu: ({ format, header, place }, report) => {
      if (format === undefined) return;
      const [lon, lat, altitude] = ['GEOLON', 'GEOLAT', 'ALTITUDE'].map((name) => headerNumber(header, name));
      if (lon === 0 && lat === 0) {
        report(place, { severity: 'note', card: 'GEOLON', message: 'GEOLON and GEOLAT are 0.', found: '0, 0' });
      }
      for (const [card, value, limit] of [
        ['GEOLON', lon, 360],
        ['GEOLAT', lat, 90],
      ] as const) {
        if (value === undefined || Math.abs(value) <= limit) continue;
        report(place, {
          severity: 'error',
          card,
          message: `${card} is ${value}°.`,
          found: String(value),
          wanted: `±${limit}`,
        });
      }
      if (altitude !== undefined && altitude > 0 && altitude < 10) {
        const message = `ALTITUDE is ${altitude}: it must be in metres, and looks like kilometres.`;
        report(place, { card: 'ALTITUDE', message, found: String(altitude), wanted: String(altitude * 1000) });
      }
    },
  },
};
