import { type BinTable, buildTable } from '../fits/index.ts';
import { type CardSpec, classCards, OBS_MODE, ORIGIN_CARDS, SITE_CARDS, TIME_CARDS } from './cards.ts';
import type { EventList } from './events.ts';
import { SITE } from './horizon.ts';
import type { Observation } from './schedule.ts';
import { formatTt } from './time.ts';

/** The EVENTS table of an observation. @see GADF v0.3 events */
export function makeEventsTable(observation: Observation, events: EventList): BinTable {
  return buildTable({
    name: 'EVENTS',
    rowCount: events.count,
    columns: [
      { name: 'EVENT_ID', form: '1K', values: BigInt64Array.from({ length: events.count }, (_, i) => BigInt(i + 1)) },
      { name: 'TIME', form: '1D', unit: 's', values: events.timeMet },
      { name: 'RA', form: '1E', unit: 'deg', values: events.raDeg },
      { name: 'DEC', form: '1E', unit: 'deg', values: events.decDeg },
      { name: 'ENERGY', form: '1E', unit: 'TeV', values: events.energyTev },
      { name: 'DETX', form: '1E', unit: 'deg', values: events.fieldLonDeg },
      { name: 'DETY', form: '1E', unit: 'deg', values: events.fieldLatDeg },
    ],
    cards: [
      ...classCards('EVENTS', 'ACCEPTED'),
      ...ORIGIN_CARDS,
      ...SITE_CARDS,
      ...observationCards(observation),
      ...timeSpanCards(observation),
      ...pointingCards(observation),
    ],
  });
}

/** The GTI table of an observation. @see GADF v0.3 gti */
export function makeGoodTimeTable(observation: Observation): BinTable {
  const { goodTime } = observation;
  return buildTable({
    name: 'GTI',
    rowCount: goodTime.length,
    columns: [
      { name: 'START', form: '1D', unit: 's', values: goodTime.map((interval) => interval.startMet) },
      { name: 'STOP', form: '1D', unit: 's', values: goodTime.map((interval) => interval.stopMet) },
    ],
    cards: [
      ...classCards('GTI'),
      ...ORIGIN_CARDS,
      ['OBS_ID', observation.obsId, 'observation (run) number'],
      ...timeSpanCards(observation),
    ],
  });
}

function observationCards({ obsId, source, telescopes }: Observation): CardSpec[] {
  return [
    ['OBS_ID', obsId, 'observation (run) number'],
    ['OBSERVER', 'iactools'],
    ['OBJECT', source.name, 'target'],
    ['RA_OBJ', source.direction.raDeg, '[deg] right ascension of the target'],
    ['DEC_OBJ', source.direction.decDeg, '[deg] declination of the target'],
    ['OBS_MODE', OBS_MODE, 'a fixed direction of the sky'],
    ['EV_CLASS', 'std'],
    ['N_TELS', telescopes.length, 'number of telescopes'],
    ['TELLIST', telescopes.join(','), 'their numbers'],
    ['TASSIGN', SITE.name, 'place of time reference'],
  ];
}

function timeSpanCards(observation: Observation): CardSpec[] {
  const start = formatTt(observation.startMet);
  const stop = formatTt(observation.stopMet);
  return [
    ...TIME_CARDS,
    ['TSTART', observation.startMet, '[s] start of the observation'],
    ['TSTOP', observation.stopMet, '[s] end of the observation'],
    ['DATE-OBS', `${start.date}T${start.time}`, 'start of the observation (TT)'],
    ['DATE-END', `${stop.date}T${stop.time}`, 'end of the observation (TT)'],
    ['TELAPSE', observation.stopMet - observation.startMet, '[s] TSTOP - TSTART'],
    ['ONTIME', observation.ontimeSeconds, '[s] sum of the good time intervals'],
    ['LIVETIME', observation.livetimeSeconds, '[s] ONTIME * DEADC'],
    ['DEADC', observation.deadTimeCorrection, 'dead time correction'],
  ];
}

function pointingCards({ pointing, horizon }: Observation): CardSpec[] {
  return [
    ['RA_PNT', pointing.raDeg, '[deg] right ascension of the pointing'],
    ['DEC_PNT', pointing.decDeg, '[deg] declination of the pointing'],
    ['ALT_PNT', horizon.altDeg, '[deg] its altitude at mid-time'],
    ['AZ_PNT', horizon.azDeg, '[deg] its azimuth at mid-time'],
    // FITS 4.0 §8.3 has renamed RADECSYS, GADF v0.3 still requires the old name.
    ['RADECSYS', 'ICRS'],
    ['RADESYS', 'ICRS'],
    ['EQUINOX', 2000],
    ['FOVALIGN', 'RADEC', 'DETX grows to the east, DETY to the north'],
  ];
}
