import { join } from 'node:path';
import { readRows, writeTables } from '../../../../test/support/store.ts';
import { type BinTable, buildTable, type CardEntry, type ColumnSpec } from '../../../fits/index.ts';
import type { IndexResult } from '../index-events.ts';
import { type IndexRequest, indexStore } from '../index-store.ts';

export interface TableOptions {
  /** EXTNAME; none if empty. */
  readonly name?: string;
  readonly cards?: Readonly<Record<string, string | number>>;
  /** Leave out HDUCLAS1 and the like. */
  readonly classless?: boolean;
}

const TIME: Readonly<Record<string, string | number>> = {
  MJDREFI: 51910,
  MJDREFF: 0.5,
  TIMEUNIT: 's',
  TIMESYS: 'TT',
};

function entries(cards: Readonly<Record<string, string | number>>): CardEntry[] {
  return Object.entries(cards).map(([keyword, value]) => [keyword, value]);
}

function table(
  name: string,
  columns: readonly string[],
  classes: Readonly<Record<string, string>>,
  { name: given, cards = {}, classless }: TableOptions,
  rowCount = 1,
): BinTable {
  const specs = columns.map((column): ColumnSpec => ({ name: column, form: '1D', values: new Float64Array(rowCount) }));
  return buildTable({
    name: given ?? name,
    rowCount,
    columns: specs,
    cards: entries({ ...(classless ? {} : classes), ...cards }),
  });
}

/** An event list with what an index needs. */
export function events(obsId: number, options: TableOptions & { readonly count?: number } = {}): BinTable {
  const cards = {
    OBS_ID: obsId,
    RA_PNT: 83.5,
    DEC_PNT: 22,
    ALT_PNT: 70,
    TSTART: obsId * 1000,
    TSTOP: obsId * 1000 + 600,
    LIVETIME: 540,
    ...TIME,
    ...options.cards,
  };
  const columns = ['EVENT_ID', 'TIME', 'RA', 'DEC', 'ENERGY'];
  return table('EVENTS', columns, { HDUCLAS1: 'EVENTS' }, { ...options, cards }, options.count ?? 2);
}

export function gti(options: TableOptions = {}): BinTable {
  return table('GTI', ['START', 'STOP'], { HDUCLAS1: 'GTI' }, options);
}

const ENERGY = ['ENERG_LO', 'ENERG_HI', 'THETA_LO', 'THETA_HI'];
const RESPONSES: Readonly<Record<ResponseClass, readonly [string, readonly string[]]>> = {
  aeff_2d: ['EFF_AREA', [...ENERGY, 'EFFAREA']],
  edisp_2d: ['EDISP', [...ENERGY, 'MIGRA_LO', 'MIGRA_HI', 'MATRIX']],
  psf_table: ['RPSF', [...ENERGY, 'RAD_LO', 'RAD_HI', 'RPSF']],
  psf_3gauss: ['RPSF', [...ENERGY, 'SCALE', 'SIGMA_1', 'AMPL_2', 'SIGMA_2', 'AMPL_3', 'SIGMA_3']],
  psf_king: ['RPSF', [...ENERGY, 'GAMMA', 'SIGMA']],
  bkg_3d: ['BKG', ['DETX_LO', 'DETX_HI', 'DETY_LO', 'DETY_HI', 'ENERG_LO', 'ENERG_HI', 'BKG']],
  bkg_2d: ['BKG', [...ENERGY, 'BKG']],
  rad_max_2d: ['RAD_MAX', [...ENERGY, 'RAD_MAX']],
};

export type ResponseClass =
  | 'aeff_2d'
  | 'edisp_2d'
  | 'psf_table'
  | 'psf_3gauss'
  | 'psf_king'
  | 'bkg_3d'
  | 'bkg_2d'
  | 'rad_max_2d';

/** A response whose columns are right and whose values are zero. */
export function response(hduClass: ResponseClass, options: TableOptions = {}): BinTable {
  const [kind, columns] = RESPONSES[hduClass];
  const classes = {
    HDUCLAS1: 'RESPONSE',
    HDUCLAS2: kind,
    HDUCLAS3: 'FULL-ENCLOSURE',
    HDUCLAS4: hduClass.toUpperCase(),
  };
  return table(hduClass.split('_')[0]?.toUpperCase() ?? '', columns, classes, options);
}

/** The four responses that make an observation complete. */
export function responses(options: TableOptions = {}): BinTable[] {
  return (['aeff_2d', 'edisp_2d', 'psf_table', 'bkg_2d'] as const).map((hduClass) => response(hduClass, options));
}

/** Writes files below a folder, by path. */
export async function writeFiles(
  directory: string,
  files: Readonly<Record<string, readonly BinTable[]>>,
): Promise<void> {
  for (const [path, tables] of Object.entries(files)) await writeTables(join(directory, path), tables);
}

/** Indexes a folder that has no index, unless `request` says what becomes of one. */
export function index(directory: string, request: Partial<IndexRequest> = {}): Promise<IndexResult> {
  return indexStore({ directory, existing: 'refuse', program: 'test', ...request });
}

/** The rows of the HDU index as `OBS_ID HDU_CLASS FILE_DIR/FILE_NAME[HDU_NAME]`. */
export async function hduRows(directory: string, name = 'hdu-index.fits.gz'): Promise<string[]> {
  const rows = await readRows(join(directory, name));
  return rows.map((row) => {
    const folder = row['FILE_DIR'] === '' ? '' : `${row['FILE_DIR']}/`;
    return `${row['OBS_ID']} ${row['HDU_CLASS']} ${folder}${row['FILE_NAME']}[${row['HDU_NAME']}]`;
  });
}

/** The rows of the observation index. */
export function obsRows(directory: string, name = 'obs-index.fits.gz'): Promise<Record<string, unknown>[]> {
  return readRows(join(directory, name));
}
