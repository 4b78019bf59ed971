import type { CommonTime } from './common-time.ts';
import type { EventList, FiledHdu } from './event-lists.ts';
import type { CardFact } from './hdu-facts.ts';
import { galacticOfIcrs, separationDeg } from './sky.ts';

/** A cell of an index; absent where headers do not tell. */
export type CellFact = string | number;

/** The cells of an observation by column. */
export type ObservationRow = Readonly<Record<string, CellFact | undefined>>;

/**
 * What the header of an event list, and those of its responses, tell of an observation.
 *
 * What follows from other values is computed where it is not given: galactic coordinates, zenith angle and altitude from
 * each other, OFFSET_OBJ, ONTIME, LIVETIME and DEADC from each other, TMID, and dates from TSTART and TSTOP.
 *
 * @param hdus the HDUs that the observation has.
 * @see GADF v0.3 obs-index
 */
export function observationRow(list: EventList, hdus: readonly FiledHdu[], time: CommonTime): ObservationRow {
  const { cards } = list.hdu;
  const number = (keyword: string): number | undefined => numberOf(cards[keyword]);
  const text = (keyword: string): string | undefined => textOf(cards[keyword]);
  return {
    OBS_ID: list.obsId,
    ...pointing(number),
    ...target(number, text('OBJECT')),
    OBS_MODE: text('OBS_MODE'),
    ...exposure(list, number, time),
    ...dates(list, text, time),
    N_TELS: number('N_TELS'),
    TELLIST: text('TELLIST'),
    QUALITY: number('QUALITY') ?? UNKNOWN_QUALITY,
    EVENT_COUNT: number('NAXIS2'),
    ...Object.fromEntries(PLAIN_NUMBERS.map((keyword) => [keyword, number(keyword)])),
    ...safeEnergies(number, hdus),
    TELESCOP: text('TELESCOP'),
    INSTRUME: text('INSTRUME'),
    EVENT_TYPE: list.eventType || undefined,
    CALDB: text('CALDB'),
    IRF: text('IRF'),
  };
}

/** @see GADF v0.3 obs-index, QUALITY */
export const UNKNOWN_QUALITY = -1;

const PLAIN_NUMBERS = 'MUONEFF TRGRATE ZTRGRATE BROKPIX AIRTEMP PRESSURE RELHUM NSBLEVEL BKG_SCALE'.split(' ');

type Numbers = (keyword: string) => number | undefined;

/** A number, also where a producer has written it as text. */
function numberOf(value: CardFact | undefined): number | undefined {
  const number =
    typeof value === 'string' && /^[+-]?(\d+\.?\d*|\.\d+)([ed][+-]?\d+)?$/i.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function textOf(value: CardFact | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}

function pointing(number: Numbers): ObservationRow {
  const [raDeg, decDeg] = [number('RA_PNT'), number('DEC_PNT')];
  const galactic = raDeg === undefined || decDeg === undefined ? undefined : galacticOfIcrs({ raDeg, decDeg });
  const [zenith, altitude] = [number('ZEN_PNT'), number('ALT_PNT')];
  return {
    RA_PNT: raDeg,
    DEC_PNT: decDeg,
    GLON_PNT: number('GLON_PNT') ?? galactic?.lonDeg,
    GLAT_PNT: number('GLAT_PNT') ?? galactic?.latDeg,
    ZEN_PNT: zenith ?? (altitude === undefined ? undefined : 90 - altitude),
    ALT_PNT: altitude ?? (zenith === undefined ? undefined : 90 - zenith),
    AZ_PNT: number('AZ_PNT'),
  };
}

function target(number: Numbers, object: string | undefined): ObservationRow {
  let [raDeg, decDeg] = [number('RA_OBJ'), number('DEC_OBJ')];
  // GammaLib writes 0, 0 where there is no target.
  if (raDeg === 0 && decDeg === 0) [raDeg, decDeg] = [undefined, undefined];
  const [raPointing, decPointing] = [number('RA_PNT'), number('DEC_PNT')];
  const offset =
    raDeg === undefined || decDeg === undefined || raPointing === undefined || decPointing === undefined
      ? undefined
      : separationDeg(raDeg, decDeg, raPointing, decPointing);
  return { OBJECT: object, RA_OBJ: raDeg, DEC_OBJ: decDeg, OFFSET_OBJ: offset };
}

function exposure(list: EventList, number: Numbers, time: CommonTime): ObservationRow {
  const [start, stop] = startAndStop(list, time);
  const ontime = number('ONTIME') ?? (start === undefined || stop === undefined ? undefined : stop - start);
  const livetime = number('LIVETIME');
  const deadc = number('DEADC');
  return {
    TSTART: start,
    TSTOP: stop,
    // @see GADF v0.3 obs-index, TMID: seconds, relative to the reference as TSTART is.
    TMID: start === undefined || stop === undefined ? undefined : (start + stop) / 2,
    ONTIME: ontime,
    LIVETIME: livetime ?? (deadc === undefined || ontime === undefined ? undefined : deadc * ontime),
    DEADC: deadc ?? (livetime === undefined || !ontime ? undefined : livetime / ontime),
  };
}

function startAndStop(list: EventList, time: CommonTime): [start: number | undefined, stop: number | undefined] {
  const seconds = (keyword: string) => {
    const value = numberOf(list.hdu.cards[keyword]);
    return value === undefined ? undefined : time.secondsOf(list, value);
  };
  return [seconds('TSTART'), seconds('TSTOP')];
}

/**
 * Dates are in the scale of TIMESYS, as the times of the index are: those of a header in another scale are not taken.
 *
 * @see GADF v0.3 time, obs-index; FITS 4.0 §9.2.1
 */
function dates(list: EventList, text: (keyword: string) => string | undefined, time: CommonTime): ObservationRow {
  const [start, stop] = startAndStop(list, time);
  const hasScale = time.hasItsScale(list);
  const row: Record<string, CellFact | undefined> = {};
  for (const [end, seconds] of [
    ['OBS', start],
    ['END', stop],
  ] as const) {
    const given = hasScale ? givenDate(text, end) : undefined;
    const computed = seconds === undefined ? undefined : time.dateOf(seconds);
    const date = given !== undefined && (ISO_DATE.test(given.date) || computed === undefined) ? given : computed;
    row[`DATE-${end}`] = date?.date;
    row[`TIME-${end}`] = date?.time ?? (date?.date === computed?.date ? computed?.time : undefined);
  }
  return row;
}

const ISO_DATE = /^\d{4}-\d\d-\d\d$/;

/**
 * `DATE-OBS` of headers is a date with `TIME-OBS` beside it, or both in one; some have both in `TIME-OBS`, and old ones
 * write `DATE_OBS`. `DATE-BEG` is the same by another name.
 */
function givenDate(
  text: (keyword: string) => string | undefined,
  end: 'OBS' | 'END',
): { date: string; time: string | undefined } | undefined {
  const clock = text(`TIME-${end}`) ?? text(`TIME_${end}`);
  const day = text(`DATE-${end}`) ?? text(`DATE_${end}`) ?? (end === 'OBS' ? text('DATE-BEG') : undefined);
  const [date, time] = (day ?? (clock?.includes('T') ? clock : '')).split(/[T ]+/);
  return date ? { date, time: time || clock?.replace(/^.*T/, '') } : undefined;
}

/** In the event list; else what the effective area says it holds for (H.E.S.S.: LO_THRES, HI_THRES in TeV). */
function safeEnergies(number: Numbers, hdus: readonly FiledHdu[]): ObservationRow {
  const area = hdus.find(({ hdu }) => hdu.type === 'aeff')?.hdu.cards ?? {};
  return {
    SAFE_ENERGY_LO: number('SAFE_ENERGY_LO') ?? number('SAFE_E_LO') ?? numberOf(area['LO_THRES']),
    SAFE_ENERGY_HI: number('SAFE_ENERGY_HI') ?? number('SAFE_E_HI') ?? numberOf(area['HI_THRES']),
  };
}
