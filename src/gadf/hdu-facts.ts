import type { HduHead } from '../fits/index.ts';
import { classifyHdus, type HduType, isHiddenByCompression } from './classify-hdu.ts';
import { type IndexKind, isIndex } from './index-table.ts';

/** A value of a header as JSON holds it. */
export type CardFact = string | number | boolean;

/** What an index needs to know of one HDU: no more than its header tells, and fit for JSON. */
export interface HduFacts {
  /** 0 is the primary HDU. */
  readonly index: number;
  /** EXTNAME; empty where there is none. */
  readonly name: string;
  readonly type: HduType;
  readonly hduClass: string;
  /** The cards that an index can use, by keyword. */
  readonly cards: Readonly<Record<string, CardFact>>;
}

/** What an index needs to know of one file. */
export interface FileFacts {
  /** Relative to the root of the store. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Hexadecimal digits, where it was asked for. */
  readonly md5?: string | undefined;
  /** The HDUs that an index lists. */
  readonly hdus: readonly HduFacts[];
  /** Which index tables the file holds; then it is no data file. */
  readonly indexKinds?: readonly IndexKind[] | undefined;
  /** Tables that an index would list are compressed in tiles. */
  readonly compressed?: true | undefined;
}

/** Cards of any HDU that tie it to an observation, or tell it from its like. */
const LINK_KEYWORDS = ['OBS_ID', 'HDUCLAS3', 'LO_THRES', 'HI_THRES'];

/** Cards that tell which of several selections of the same observation this is. */
export const CLASS_KEYWORDS: readonly string[] = ['EVENT_CLASS', 'EV_CLASS', 'EVTCLASS', 'EVCLASS', 'EVENT_CL'];
export const TYPE_KEYWORDS: readonly string[] = ['EVENT_TYPE', 'EV_TYPE', 'EVT_TYPE', 'EVTTYPE', 'EVTYPE', 'EVENT_TY'];

/** Cards of an event list that a column of the observation index, or its header, is made of. */
const EVENT_KEYWORDS = [
  'HDUCLASS HDUVERS',
  'NAXIS2 OBJECT RA_OBJ DEC_OBJ OBS_MODE RA_PNT DEC_PNT GLON_PNT GLAT_PNT ZEN_PNT ALT_PNT AZ_PNT',
  'ONTIME LIVETIME DEADC TELAPSE TSTART TSTOP DATE-OBS DATE_OBS DATE-BEG TIME-OBS TIME_OBS DATE-END DATE_END TIME-END TIME_END',
  'N_TELS TELLIST QUALITY MUONEFF TRGRATE ZTRGRATE BROKPIX AIRTEMP PRESSURE RELHUM NSBLEVEL BKG_SCALE',
  'SAFE_ENERGY_LO SAFE_ENERGY_HI SAFE_E_LO SAFE_E_HI TELESCOP INSTRUME CALDB IRF',
  'MJDREFI MJDREFF MJDREF TIMEUNIT TIMESYS TIMEREF GEOLON GEOLAT ALTITUDE OBSGEO-L OBSGEO-B OBSGEO-H',
].flatMap((line) => line.split(' '));

const COMMON_KEYWORDS = [...LINK_KEYWORDS, ...CLASS_KEYWORDS, ...TYPE_KEYWORDS];
const ALL_KEYWORDS = [...COMMON_KEYWORDS, ...EVENT_KEYWORDS];

/** What an index needs to know of the HDUs of a file. */
export function hduFacts(heads: readonly HduHead[]): Pick<FileFacts, 'hdus' | 'indexKinds' | 'compressed'> {
  const classes = classifyHdus(heads);
  const hdus = heads.flatMap((head, position): HduFacts[] => {
    const found = classes[position];
    if (found === undefined) return [];
    return [{ index: head.index, name: head.name, ...found, cards: cardsOf(head, found.type) }];
  });
  const indexKinds = hdus.length > 0 ? [] : [...new Set(heads.flatMap(indexKindOf))];
  if (indexKinds.length > 0) return { hdus: [], indexKinds };
  return heads.some(isHiddenByCompression) ? { hdus, compressed: true } : { hdus };
}

/** Many tables have a column OBS_ID: an observation index also says that it is one, or has a start or a pointing. */
function indexKindOf(head: HduHead): IndexKind[] {
  if (isIndex(head, 'hdu')) return ['hdu'];
  if (!isIndex(head, 'obs')) return [];
  const text = (keyword: string) => String(head.header.get(keyword) ?? '').toUpperCase();
  const saysSo = text('HDUCLAS1') === 'INDEX' || /^OBS.?INDEX$/.test(head.name.toUpperCase());
  const columns = head.header.cards
    .filter(({ keyword }) => keyword.startsWith('TTYPE'))
    .map(({ value }) => String(value));
  return saysSo || columns.some((name) => ['TSTART', 'RA_PNT'].includes(name.toUpperCase())) ? ['obs'] : [];
}

function cardsOf({ header }: HduHead, type: HduType): Record<string, CardFact> {
  const cards: Record<string, CardFact> = {};
  for (const keyword of type === 'events' ? ALL_KEYWORDS : COMMON_KEYWORDS) {
    const value = header.get(keyword);
    if (typeof value === 'string' ? value.trim() !== '' : typeof value === 'number' || typeof value === 'boolean') {
      cards[keyword] = typeof value === 'string' ? value.trim() : (value as CardFact);
    } else if (typeof value === 'bigint') cards[keyword] = String(value);
  }
  return cards;
}
