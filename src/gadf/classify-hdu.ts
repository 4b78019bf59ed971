import { type HduHead, isCompressedTable } from '../fits/index.ts';

/** What an HDU index says of an HDU. @see GADF v0.3 hdu-index, HDU_TYPE and HDU_CLASS */
export interface HduClassification {
  readonly type: HduType;
  /** `HDU_CLASS`; a class that the standard does not know is taken from the header as it is. */
  readonly hduClass: string;
}

/** `HDU_TYPE`; `pointing` is what producers write, though the standard does not list it. */
export type HduType = 'events' | 'gti' | 'pointing' | 'aeff' | 'edisp' | 'psf' | 'bkg' | 'rad_max';

/** All types, in the order in which we list the HDUs of an observation. */
export const HDU_TYPES: readonly HduType[] = ['events', 'gti', 'pointing', 'aeff', 'edisp', 'psf', 'bkg', 'rad_max'];

/**
 * What each HDU of a file is: `undefined` for one that no index lists, and for a table that is compressed in tiles.
 *
 * HDUCLAS1, 2 and 4 decide where they are; else the columns do, and at last the name. Older files give HDUCLAS4 as `2D`
 * or `3GAUSS`, or leave it out: then the columns tell the formats of a type apart.
 *
 * @param heads all HDUs of the file: a sky map is told by the table of bins that follows it.
 * @see GADF v0.3 hduclass
 */
export function classifyHdus(heads: readonly HduHead[]): (HduClassification | undefined)[] {
  const byName = new Map(heads.map((head) => [head.name.toUpperCase(), head]));
  return heads.map((head) => {
    const isHidden = isCompressedTable(head.header);
    return classifyMap(head, byName) ?? (isHidden ? undefined : classifyTable(head));
  });
}

/** Whether an HDU is a table that an index would list if it were not compressed in tiles. @see FITS 4.0 §10.3 */
export function isHiddenByCompression(head: HduHead): boolean {
  return isCompressedTable(head.header) && classifyTable(head) !== undefined;
}

const RESPONSE_TYPES: Readonly<Record<string, HduType>> = {
  EFF_AREA: 'aeff',
  AEFF: 'aeff',
  EDISP: 'edisp',
  RPSF: 'psf',
  PSF: 'psf',
  BKG: 'bkg',
  BACKGROUND: 'bkg',
  RAD_MAX: 'rad_max',
};

const OTHER_TYPES: Readonly<Record<string, HduType>> = { EVENTS: 'events', GTI: 'gti', POINTING: 'pointing' };

function classifyTable(head: HduHead): HduClassification | undefined {
  if (head.kind !== 'bintable') return undefined;
  const primary = card(head, 'HDUCLAS1');
  const other = OTHER_TYPES[primary];
  if (other !== undefined) return { type: other, hduClass: other };
  if (primary !== '' && primary !== 'RESPONSE') return undefined;
  const columns = columnNames(head);
  const type = RESPONSE_TYPES[card(head, 'HDUCLAS2')] ?? typeByColumns(columns) ?? typeByName(head.name, primary);
  if (type === undefined) return undefined;
  const hduClass =
    classByCard(type, card(head, 'HDUCLAS4')) ?? classByColumns(type, columns) ?? classByName(type, head);
  return hduClass === undefined ? undefined : { type, hduClass };
}

/** Text of a keyword in capitals; empty where there is none. */
function card({ header }: HduHead, keyword: string): string {
  const value = header.get(keyword);
  return typeof value === 'string' ? value.trim().toUpperCase() : '';
}

function columnNames({ header }: HduHead): ReadonlySet<string> {
  const count = header.get('TFIELDS');
  const names = new Set<string>();
  for (let n = 1; typeof count === 'number' && n <= Math.min(count, 999); n++) {
    const name = header.get(`TTYPE${n}`);
    if (typeof name === 'string') names.add(name.trim().toUpperCase());
  }
  return names;
}

/** What has columns of more than one type is of the first. */
function typeByColumns(columns: ReadonlySet<string>): HduType | undefined {
  const has = (...names: readonly string[]) => names.every((name) => columns.has(name));
  const hasAxis = (...names: readonly string[]) => names.some((name) => has(`${name}_LO`, `${name}_HI`));
  const isResponse = hasAxis('ENERG', 'ETRUE');
  if (has('TIME', 'ENERGY') && (has('RA', 'DEC') || has('ALT', 'AZ') || has('DETX', 'DETY'))) return 'events';
  if (has('START', 'STOP') && columns.size <= 4) return 'gti';
  if (has('TIME', 'RA_PNT', 'DEC_PNT') && !has('ENERGY')) return 'pointing';
  if (!isResponse) return undefined;
  if (has('MATRIX') && hasAxis('MIGRA')) return 'edisp';
  if (has('RPSF') || has('SIGMA_1') || has('GAMMA', 'SIGMA')) return 'psf';
  if ((has('BKG') || has('BGD')) && hasAxis('DETX', 'THETA')) return 'bkg';
  if (has('EFFAREA')) return 'aeff';
  return has('RAD_MAX') && hasAxis('THETA') ? 'rad_max' : undefined;
}

const NAMES: readonly (readonly [RegExp, HduType])[] = [
  [/^EVENTS?(_?LIST)?$/, 'events'],
  [/^GTI$|^GOOD TIME INTERVALS?$/, 'gti'],
  [/^POINTING$/, 'pointing'],
  [/^AEFF(_2D)?$|EFFECTIVE[ _]AREA$/, 'aeff'],
  [/^EDISP(_2D)?$|ENERGY[ _]DISPERSION$/, 'edisp'],
  [/^PSF(_2D)?(_(TABLE|GAUSS|3GAUSS|KING))?$|POINT[ _]SPREAD[ _]FUNCTION$/, 'psf'],
  [/^BKG(_[23]D)?$|^BACKGROUND$/, 'bkg'],
  [/^RAD_MAX(_2D)?$/, 'rad_max'],
];

/** A table that says it is a response, and has columns of none, may still have a telling name; so may one without cards. */
function typeByName(name: string, primary: string): HduType | undefined {
  const found = NAMES.find(([pattern]) => pattern.test(name.trim().toUpperCase()))?.[1];
  const isResponse = found !== undefined && !(found in CLASSLESS);
  return primary === 'RESPONSE' && !isResponse ? undefined : found;
}

/** Types with a single class of the same name. */
const CLASSLESS: Readonly<Record<string, true>> = { events: true, gti: true, pointing: true };

/** HDUCLAS4: `PSF_3GAUSS`, or as older files have it, `3GAUSS`. */
function classByCard(type: HduType, value: string): string | undefined {
  const text = value.toLowerCase().replace(/[^a-z0-9]+/g, '_');
  if (text === '') return undefined;
  if (text.startsWith(`${type}_`)) return text;
  return KNOWN_CLASSES.has(`${type}_${text}`) ? `${type}_${text}` : undefined;
}

const KNOWN_CLASSES: ReadonlySet<string> = new Set([
  'aeff_2d',
  'edisp_2d',
  'psf_table',
  'psf_3gauss',
  'psf_king',
  'psf_gtpsf',
  'bkg_2d',
  'bkg_3d',
  'rad_max_2d',
]);

function classByColumns(type: HduType, columns: ReadonlySet<string>): string | undefined {
  if (type in CLASSLESS) return type;
  if (type === 'psf') {
    if (columns.has('SIGMA_1')) return 'psf_3gauss';
    if (columns.has('GAMMA') && columns.has('SIGMA')) return 'psf_king';
    return columns.has('RPSF') || columns.has('RAD_LO') ? 'psf_table' : undefined;
  }
  if (type === 'bkg') return columns.has('DETX_LO') ? 'bkg_3d' : columns.has('THETA_LO') ? 'bkg_2d' : undefined;
  // A position in the field of view where GADF has an offset: formats to come, as no program may take them for others.
  return columns.has('DETX_LO') ? `${type}_3d` : `${type}_2d`;
}

/** The last resort; a response whose format nothing tells is left out, as no program could read it. */
function classByName(type: HduType, { name }: HduHead): string | undefined {
  const text = name.toUpperCase();
  if (type === 'bkg') return /[23]D/.exec(text)?.[0] === '2D' ? 'bkg_2d' : /3D/.test(text) ? 'bkg_3d' : undefined;
  const format = /TABLE|KING|GAUSS/.exec(text)?.[0];
  if (type !== 'psf' || format === undefined) return undefined;
  return format === 'GAUSS' ? 'psf_3gauss' : `psf_${format.toLowerCase()}`;
}

const MAP_TYPES: Readonly<Record<string, HduType>> = {
  AEFF: 'aeff',
  EXPOSURE: 'aeff',
  EDISP: 'edisp',
  PSF: 'psf',
  BKG: 'bkg',
  BACKGROUND: 'bkg',
};

/** Responses as maps of the sky, as gammapy writes them: the map `PSF` with its axes in `PSF_BANDS`. */
function classifyMap(head: HduHead, byName: ReadonlyMap<string, HduHead>): HduClassification | undefined {
  const name = head.name.trim().toUpperCase();
  const type = MAP_TYPES[name];
  const bands = byName.get(`${name}_BANDS`);
  const isMap = head.kind === 'image' || card(head, 'PIXTYPE') === 'HEALPIX';
  if (type === undefined || bands === undefined || !isMap) return undefined;
  const axes = [...columnNames(bands)].join(' ');
  if (type === 'psf') return { type, hduClass: /ENERGY_TRUE/.test(axes) ? 'psf_map' : 'psf_map_reco' };
  if (type === 'edisp') return { type, hduClass: /MIGRA/.test(axes) ? 'edisp_map' : 'edisp_kernel_map' };
  return { type, hduClass: 'map' };
}
