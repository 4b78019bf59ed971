import { describe, expect, it } from 'vitest';
import { tempDirectory } from '../../test/support/temp.ts';
import type { CardValue } from '../fits/index.ts';
import { LocalSource } from '../storage/index.ts';
import { checkStoreFiles, SEVERITIES, type Severity } from './index.ts';
import { type EditedHdu, type StoreEdit, writeEditedStore } from './testing/edited-store.ts';
import { all, card, cells, column, repeatRows, text, withoutCard } from './testing/edits.ts';

const ONTIME = 1680;

/** What programs write that people analyse data of; some of it is against the specification, and none makes a result wrong. */
const HABITS: readonly (readonly [string, StoreEdit, Readonly<Record<string, Severity>>])[] = [
  [
    'gammapy, which simulates events: an epoch for EQUINOX, ALT_PNT as text, no telescopes',
    {
      hdus: {
        EVENTS: cards({
          EQUINOX: 'J2000',
          RADECSYS: 'icrs',
          TIMESYS: 'tt',
          TIMEREF: 'LOCAL',
          ALT_PNT: '66.1',
          AZ_PNT: '10.2',
          N_TELS: '',
          TELLIST: '',
          OBS_MODE: '',
          HDUVERS: '0.2',
        }),
      },
    },
    { 'gadf-keywords': 'warning' },
  ],
  [
    'pyirf and lstchain: a cut in words, other modes',
    {
      hdus: {
        EVENTS: all(
          cards({ HDUVERS: '0.2', OBS_MODE: 'WOBBLE', TELLIST: 'LST-1' }),
          withoutCard('RADECSYS', 'EQUINOX'),
        ),
        AEFF: cards({ HDUCLAS3: 'POINT-LIKE', RAD_MAX: '0.2 deg' }),
        OBS_INDEX: ({ header }) => header.set('EXTNAME', 'OBS INDEX'),
      },
    },
    { 'gadf-keywords': 'warning', 'rad-max': 'warning', 'index-values': 'note', 'index-table': 'note' },
  ],
  [
    'V2DL3 (VERITAS): names in lower case, a mean right ascension below 0',
    {
      hdus: {
        EVENTS: all(
          cards({ TIMESYS: 'tt', TIMEREF: 'topocenter', RADECSYS: 'fk5', TELLIST: 'T1,T2,T3,T4', HDUVERS: '0.2' }),
          withoutCard('OBS_MODE', 'RADESYS'),
          ({ header }) => header.set('RA_PNT', (header.number('RA_PNT') ?? 0) - 360),
        ),
      },
    },
    { 'coordinate-range': 'note', 'index-values': 'note' },
  ],
  [
    'V2DL3 for a cut in direction: point-like responses, and no point spread function',
    {
      options: { observations: 1, withoutHdus: ['psf'] },
      hdus: {
        AEFF: cards({ HDUCLAS3: 'POINT-LIKE', RAD_MAX: 0.1 }),
        EDISP: cards({ HDUCLAS3: 'POINT-LIKE', RAD_MAX: 0.1 }),
      },
    },
    {},
  ],
  [
    'an array of tanks (HAWC): drift mode before v0.3, for months, without pointing',
    {
      hdus: {
        EVENTS: all(
          cards({ OBS_MODE: 'DRIFT', HDUVERS: '0.2' }),
          withoutCard('RA_PNT', 'DEC_PNT', 'ALT_PNT', 'AZ_PNT'),
          ({ header }) => header.set('TSTOP', (header.number('TSTOP') ?? 0) + 1e7),
          withoutCard('DATE-OBS', 'DATE-END', 'TELAPSE'),
        ),
        OBS_INDEX: all(
          cards({ HDUVERS: '0.2' }),
          text('OBS_MODE', () => 'DRIFT'),
          ...['RA', 'DEC', 'ALT', 'AZ'].map((name) => column(`${name}_PNT`, 'TTYPE', `${name}_MEAN`)),
          cells('TSTOP', (time, row) => (row === 0 ? time + 1e7 : time)),
          column('DATE_END', 'TTYPE', 'DATE_OF_END'),
        ),
      },
    },
    { 'gadf-keywords': 'warning', 'gadf-columns': 'warning' },
  ],
  [
    'an array of tanks (SWGO): drift mode, with its pointing in the horizon',
    {
      options: { observations: 1 },
      hdus: {
        EVENTS: all(cards({ OBS_MODE: 'DRIFT', ALT_PNT: 90, AZ_PNT: 0 }), withoutCard('RA_PNT', 'DEC_PNT')),
        OBS_INDEX: all(
          text('OBS_MODE', () => 'DRIFT'),
          cells('ALT_PNT', () => 90),
          cells('AZ_PNT', () => 0),
          cells('ZEN_PNT', () => 0),
          ...['RA', 'DEC'].map((name) => column(`${name}_PNT`, 'TTYPE', `${name}_MEAN`)),
        ),
      },
    },
    {},
  ],
  ['gammapy in drift mode before v0.3: the mean pointing in the sky, and no other', drifting('0.2'), {}],
  [
    'ctapipe: a version with a "v", which asks for as much as that without',
    { options: { observations: 1 }, hdus: { EVENTS: cards({ HDUVERS: 'v0.3', OBS_MODE: 'TRACK' }) } },
    { 'obs-mode': 'warning' },
  ],
  [
    'those who do not select events: ALL of OGIP',
    { options: { observations: 1 }, hdus: { EVENTS: cards({ HDUCLAS2: 'ALL' }) } },
    {},
  ],
  ['drift mode with a version that is a number', drifting(0.2), { 'gadf-keywords': 'warning' }],
  [
    'whole numbers as floats in columns that are not asked for, rates in s-1',
    {
      hdus: {
        EVENTS: all(column('DETX', 'TTYPE', 'MULTIP'), column('MULTIP', 'TUNIT', '')),
        OBS_INDEX: all(column('DEADC', 'TTYPE', 'TRGRATE'), column('TRGRATE', 'TUNIT', 's-1')),
      },
    },
    { 'gadf-columns': 'warning' },
  ],
  [
    'intervals and bins that overlap by the rounding of their edges',
    {
      hdus: {
        GTI: all(
          repeatRows(0),
          cells('START', (time, row) => (row === 0 ? time : time + 600)),
          cells('STOP', (time, row) => (row === 0 ? time - ONTIME + 600.0001 : time)),
        ),
        EDISP: cells('MIGRA_LO', (edge, _, bin) => (bin === 0 ? -1e-8 : edge)),
      },
    },
    {},
  ],
];

describe('checkStoreFiles()', () => {
  it('leaves it to the writer whether events were selected', async () => {
    const edit = { options: { observations: 1 }, hdus: { EVENTS: cards({ HDUCLAS2: 'REJECTED' }) } };
    const repairs: unknown[] = [];
    await checkStoreFiles(new LocalSource(await writeEditedStore(await tempDirectory(), edit)), 'master.json', {
      onFinding: ({ code, severity, repair }) => repairs.push([code, severity, repair]),
      onFailure: ({ code, message }) => expect.fail(`${code}: ${message}`),
    });
    expect(repairs).toEqual([['gadf-classes', 'warning', undefined]]);
  });

  it.each(HABITS)('finds no errors in what is written by %s', async (_, edit, wanted) => {
    const found = new Map<string, Severity>();
    await checkStoreFiles(new LocalSource(await writeEditedStore(await tempDirectory(), edit)), 'master.json', {
      onFinding: ({ code, severity }) => {
        const worst = SEVERITIES.find((each) => each === severity || each === found.get(code));
        found.set(code, worst ?? severity);
      },
      onFailure: ({ code, message }) => expect.fail(`${code}: ${message}`),
    });
    expect(Object.fromEntries(found)).toEqual(wanted);
  });
});

/** A drift with the mean pointing in the sky, and none in the horizon. */
function drifting(version: CardValue): StoreEdit {
  return {
    options: { observations: 1 },
    hdus: {
      EVENTS: all(cards({ OBS_MODE: 'DRIFT', HDUVERS: version }), withoutCard('ALT_PNT', 'AZ_PNT')),
      OBS_INDEX: all(
        cards({ HDUVERS: version }),
        text('OBS_MODE', () => 'DRIFT'),
        ...['ALT', 'AZ'].map((name) => column(`${name}_PNT`, 'TTYPE', `${name}_MEAN`)),
      ),
    },
  };
}

function cards(values: Readonly<Record<string, CardValue>>): (hdu: EditedHdu) => void {
  return all(...Object.entries(values).map(([keyword, value]) => card(keyword, value)));
}
