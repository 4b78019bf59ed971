import { buildTable } from '../../../fits/index.ts';
import { all, card, cell, cells, column } from '../edits.ts';
import type { FaultCase } from './case.ts';

const POINTING = buildTable({
  name: 'POINTING',
  columns: [
    { name: 'TIME', form: '1D', unit: 's', values: [10, 5] },
    ...['RA_PNT', 'DEC_PNT', 'ALT_PNT', 'AZ_PNT'].map((name) => ({ name, form: '1E', unit: 'deg', values: [10, 11] })),
  ],
  cards: [
    ['HDUCLASS', 'GADF'],
    ['HDUDOC', 'https://github.com/open-gamma-ray-astro/gamma-astro-data-formats'],
    ['HDUVERS', '0.3'],
    ['HDUCLAS1', 'POINTING'],
    ['MJDREFI', 51910],
    ['MJDREFF', 7.428703703703703e-4],
    ['TIMEUNIT', 's'],
    ['TIMESYS', 'TT'],
    ['TIMEREF', 'TOPOCENTER'],
    ['GEOLON', 16.5],
    ['GEOLAT', -23.3],
    ['ALTITUDE', 1835],
  ],
});

/** Faults of directions and of the values of events. */
export const DIRECTION_CASES: readonly FaultCase[] = [
  {
    code: 'coordinate-range',
    fault: 'a declination of 95',
    edit: { hdus: { EVENTS: cells('DEC', (dec, row) => (row === 0 ? 95 : dec)) } },
    severity: 'error',
    message: /DEC is not -90 to 90 in 1 of \d+ rows \(row 1\): 95/,
    also: ['event-field'],
  },
  {
    code: 'coordinate-range',
    fault: 'negative right ascensions',
    edit: { hdus: { EVENTS: cells('RA', (ra) => ra - 360) } },
    severity: 'note',
    message: /RA is not 0 to 360/,
  },
  {
    code: 'coordinate-range',
    fault: 'a target beyond the pole',
    edit: { hdus: { EVENTS: card('DEC_OBJ', -120) } },
    severity: 'error',
    message: /DEC_OBJ is -120°/,
    also: ['index-values'],
  },
  {
    code: 'coordinate-frame',
    fault: 'FK4',
    edit: { hdus: { EVENTS: all(card('RADECSYS', 'FK4'), card('RADESYS', 'FK4'), card('EQUINOX', 1950)) } },
    severity: 'warning',
    message: /RADECSYS is "FK4"/,
  },
  {
    code: 'coordinate-frame',
    fault: 'two frames',
    edit: { hdus: { EVENTS: card('RADECSYS', 'FK5') } },
    severity: 'error',
    message: /RADECSYS is "FK5", but RADESYS is "ICRS"/,
  },
  {
    code: 'galactic',
    fault: 'a galactic pointing elsewhere',
    edit: { hdus: { EVENTS: all(card('GLON_PNT', 0), card('GLAT_PNT', 0)) } },
    severity: 'warning',
    message: /GLON_PNT and GLAT_PNT \(0, 0\) are .*° off RA_PNT and DEC_PNT/,
  },
  {
    code: 'galactic',
    fault: 'galactic events elsewhere',
    edit: { hdus: { EVENTS: all(column('DETX', 'TTYPE', 'GLON'), column('DETY', 'TTYPE', 'GLAT')) } },
    severity: 'warning',
    message: /GLON and GLAT do not fit RA and DEC/,
    also: ['coordinate-range'],
  },
  {
    code: 'zenith',
    fault: 'the altitude twice',
    edit: { hdus: { OBS_INDEX: cell('ZEN_PNT', 80) } },
    severity: 'warning',
    message: /ZEN_PNT \+ ALT_PNT is not 90 in 1 of 2 rows/,
  },
  {
    code: 'horizon',
    fault: 'azimuth from south to west',
    edit: {
      hdus: {
        EVENTS: ({ header }) => header.set('AZ_PNT', (Number(header.get('AZ_PNT')) + 180) % 360),
        OBS_INDEX: cells('AZ_PNT', (az, row) => (row === 0 ? (az + 180) % 360 : az)),
      },
    },
    severity: 'warning',
    message: /ALT_PNT .*, AZ_PNT .* is .*° from where the pointing stood/,
  },
  {
    code: 'site',
    fault: 'an altitude in kilometres',
    edit: { hdus: { EVENTS: card('ALTITUDE', 1.835) } },
    severity: 'warning',
    message: /ALTITUDE is 1.835: it must be in metres/,
  },
  {
    code: 'site',
    fault: 'a latitude of 123',
    edit: { hdus: { OBS_INDEX: card('GEOLAT', -123) } },
    severity: 'error',
    message: /GEOLAT is -123°/,
  },
  {
    code: 'event-values',
    fault: 'a negative energy and a NaN',
    edit: { hdus: { EVENTS: cells('ENERGY', (energy, row) => [-1, Number.NaN][row] ?? energy) } },
    severity: 'error',
    message: /ENERGY is not a number above 0 in 2 of \d+ rows \(row 1, 2\): -1, NaN/,
  },
  {
    code: 'event-id',
    fault: 'an ID twice',
    edit: { hdus: { EVENTS: cells('EVENT_ID', (id, row) => (row === 1 ? 1 : id)) } },
    severity: 'warning',
    message: /1 events have an EVENT_ID that another one has, for example 1/,
  },
  {
    code: 'event-field',
    fault: 'an event on the other side of the sky',
    edit: { hdus: { EVENTS: all(cells('RA', (ra, row) => (row === 0 ? (ra + 180) % 360 : ra))) } },
    severity: 'warning',
    message: /1 of \d+ rows \(row 1\): the event is more than 15° from the pointing/,
  },
  {
    code: 'event-field',
    fault: 'all events elsewhere',
    edit: { hdus: { EVENTS: cells('RA', (ra) => (ra + 180) % 360) } },
    severity: 'error',
    message: /the event is more than 15° from the pointing/,
  },
  {
    code: 'pointing-table',
    fault: 'rows in the wrong order',
    edit: { added: [POINTING] },
    severity: 'error',
    message: /1 of 2 rows \(row 2\): TIME is before that of the row above/,
  },
];
