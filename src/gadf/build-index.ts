import { directoryOf, fileNameOf } from '../core/index.ts';
import { type BinTable, buildTable, type CardEntry, type ColumnSpec } from '../fits/index.ts';
import { asciiText } from './ascii-text.ts';
import type { FormatVersion } from './format-version.ts';
import type { IndexedObservation, PlannedIndex } from './plan-index.ts';

/** Columns beyond those that headers fill. */
export interface HduIndexOptions {
  /** Path of the index in the store: FILE_DIR counts from its folder. */
  readonly path: string;
  /** Add SIZE, the size of the file in bytes. */
  readonly withSize: boolean;
  /** Add MD5 of the file. */
  readonly withMd5: boolean;
}

/** @see GADF v0.3 hduclass */
function classCards(kind: 'HDU' | 'OBS', version: FormatVersion): CardEntry[] {
  return [
    ['HDUCLASS', 'GADF', 'format of this HDU'],
    ['HDUDOC', 'https://github.com/open-gamma-ray-astro/gamma-astro-data-formats'],
    ['HDUVERS', version, 'version of the format'],
    ['HDUCLAS1', 'INDEX'],
    ['HDUCLAS2', kind],
    ['CREATOR', 'iactools index'],
  ];
}

/** The HDU index of these observations. @see GADF v0.3 hdu-index */
export function buildHduIndex(observations: readonly IndexedObservation[], options: HduIndexOptions): BinTable {
  const rows = observations.flatMap(({ obsId, hdus }) => hdus.map((each) => ({ obsId, ...each })));
  const folder = directoryOf(options.path);
  const text = (name: string, of: (row: (typeof rows)[number]) => string): ColumnSpec => textColumn(name, rows.map(of));
  return buildTable({
    name: 'HDU_INDEX',
    rowCount: rows.length,
    columns: [
      integerColumn(
        'OBS_ID',
        rows.map(({ obsId }) => obsId),
      ),
      text('HDU_TYPE', ({ hdu }) => hdu.type),
      text('HDU_CLASS', ({ hdu }) => asciiText(hdu.hduClass)),
      text('FILE_DIR', ({ file }) => relativePath(folder, directoryOf(file.path))),
      text('FILE_NAME', ({ file }) => fileNameOf(file.path)),
      text('HDU_NAME', ({ hdu }) => asciiText(hdu.name) || String(hdu.index)),
      ...(options.withSize
        ? [
            {
              ...integerColumn(
                'SIZE',
                rows.map(({ file }) => file.sizeBytes),
              ),
              unit: 'byte',
            },
          ]
        : []),
      ...(options.withMd5 ? [text('MD5', ({ file }) => file.md5 ?? '')] : []),
    ],
    cards: classCards('HDU', '0.3'),
  });
}

/** From one folder to another, both relative to the same root; `''` if they are the same. */
export function relativePath(from: string, to: string): string {
  const [here, there] = [from, to].map((path) => path.split('/').filter((step) => step !== '')) as [string[], string[]];
  let common = 0;
  while (common < here.length && common < there.length && here[common] === there[common]) common++;
  return [...here.slice(common).map(() => '..'), ...there.slice(common)].join('/');
}

type ColumnKind = 'integer' | 'number' | 'text';

/** Columns of the observation index in their order: kind and unit; those marked are there in any case. */
const OBSERVATION_COLUMNS: readonly (readonly [
  name: string,
  kind: ColumnKind,
  unit?: string | undefined,
  always?: true,
])[] = [
  ['OBS_ID', 'integer', undefined, true],
  ['RA_PNT', 'number', 'deg', true],
  ['DEC_PNT', 'number', 'deg', true],
  ['GLON_PNT', 'number', 'deg'],
  ['GLAT_PNT', 'number', 'deg'],
  ['ZEN_PNT', 'number', 'deg'],
  ['ALT_PNT', 'number', 'deg'],
  ['AZ_PNT', 'number', 'deg'],
  ['OBJECT', 'text'],
  ['RA_OBJ', 'number', 'deg'],
  ['DEC_OBJ', 'number', 'deg'],
  ['OFFSET_OBJ', 'number', 'deg'],
  ['OBS_MODE', 'text'],
  ['ONTIME', 'number', 's'],
  ['LIVETIME', 'number', 's'],
  ['DEADC', 'number'],
  ['TSTART', 'number', 's', true],
  ['TSTOP', 'number', 's', true],
  ['TMID', 'number', 's', true],
  ['DATE-OBS', 'text'],
  ['TIME-OBS', 'text'],
  ['DATE-END', 'text'],
  ['TIME-END', 'text'],
  ['N_TELS', 'integer'],
  ['TELLIST', 'text'],
  ['QUALITY', 'integer', undefined, true],
  ['EVENT_COUNT', 'integer'],
  ['MUONEFF', 'number'],
  ['TRGRATE', 'number', 'Hz'],
  ['ZTRGRATE', 'number', 'Hz'],
  ['BROKPIX', 'number'],
  ['AIRTEMP', 'number', 'deg C'],
  ['PRESSURE', 'number', 'hPa'],
  ['RELHUM', 'number'],
  ['NSBLEVEL', 'number'],
  ['BKG_SCALE', 'number'],
  ['SAFE_ENERGY_LO', 'number', 'TeV'],
  ['SAFE_ENERGY_HI', 'number', 'TeV'],
  ['TELESCOP', 'text'],
  ['INSTRUME', 'text'],
  ['EVENT_TYPE', 'text'],
  ['CALDB', 'text'],
  ['IRF', 'text'],
];

/** Whether the observation index has such a column, if headers tell of it. */
export function isObservationColumn(name: string): boolean {
  return OBSERVATION_COLUMNS.some(([known]) => known === name);
}

/**
 * The observation index of these observations, with the columns that any of them fills.
 *
 * @param more columns that headers do not fill, a value for each observation.
 * @see GADF v0.3 obs-index
 */
export function buildObservationIndex(
  { observations, cards, version }: Pick<PlannedIndex, 'observations' | 'cards' | 'version'>,
  more: readonly ColumnSpec[] = [],
): BinTable {
  const columns = OBSERVATION_COLUMNS.flatMap(([name, kind, unit, always]): ColumnSpec[] => {
    const values = observations.map(({ row }) => row[name]);
    if (!always && values.every((value) => value === undefined)) return [];
    return [{ ...columnOf(name, kind, values), unit }];
  });
  const rowCount = observations.length;
  return buildTable({
    name: 'OBS_INDEX',
    rowCount,
    columns: [...columns, ...more],
    cards: [...classCards('OBS', version), ...cards],
  });
}

function columnOf(name: string, kind: ColumnKind, values: readonly (string | number | undefined)[]): ColumnSpec {
  if (kind === 'text')
    return textColumn(
      name,
      values.map((value) => (value === undefined ? '' : asciiText(String(value)))),
    );
  const numbers = values.map((value) => (typeof value === 'number' ? value : undefined));
  const isWhole = numbers.every((value) => value === undefined || Number.isSafeInteger(value));
  return kind === 'integer' && isWhole ? integerColumn(name, numbers) : { name, form: '1D', values: numbers };
}

/** 64 bits, as the published indexes have them. Nulls are -1, as gammapy has it, unless that is a value. */
function integerColumn(name: string, values: readonly (number | undefined)[]): ColumnSpec {
  const spec: ColumnSpec = { name, form: '1K', values };
  if (!values.includes(undefined)) return spec;
  return { ...spec, nullValue: values.includes(-1) ? -(2n ** 63n) : -1 };
}

/** A text column as wide as its longest value. */
export function textColumn(name: string, values: readonly string[]): ColumnSpec {
  const width = values.reduce((most, value) => Math.max(most, value.length), 1);
  return { name, form: `${width}A`, values };
}
