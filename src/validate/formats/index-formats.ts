import {
  CLASS_KEYWORDS,
  type ColumnSpec,
  type HduFormat,
  type KeywordSpec,
  PLACE_KEYWORDS,
  TIME_KEYWORD_SPECS,
  type ValueKind,
} from './format.ts';

const columns = (
  kind: ValueKind,
  unit: string | undefined,
  missing: ColumnSpec['missing'],
  ...names: string[]
): ColumnSpec[] =>
  names.map((name) => ({ name, kind, ...(unit !== undefined && { unit }), ...(missing !== undefined && { missing }) }));

const INDEX_KEYWORDS: readonly KeywordSpec[] = [
  ...CLASS_KEYWORDS,
  ...['HDUCLAS1', 'HDUCLAS2'].map((name) => ({ name, kind: 'text' as const, missing: 'warning' as const })),
];

/** @see GADF v0.3 hdu-index */
export const HDU_INDEX: HduFormat = {
  title: 'the HDU index',
  type: '',
  hduClass: '',
  classes: [['INDEX'], ['HDU']],
  keywords: INDEX_KEYWORDS,
  columns: [
    ...columns('int', undefined, 'error', 'OBS_ID'),
    ...columns('text', undefined, 'error', 'HDU_TYPE', 'HDU_CLASS', 'FILE_DIR', 'FILE_NAME', 'HDU_NAME'),
    ...columns('int', undefined, undefined, 'SIZE'),
    ...columns('float', undefined, undefined, 'MTIME'),
    ...columns('text', undefined, undefined, 'MD5'),
  ],
  clause: 'hdu-index',
};

/** @see GADF v0.3 obs-index */
export const OBS_INDEX: HduFormat = {
  title: 'the observation index',
  type: '',
  hduClass: '',
  classes: [['INDEX'], ['OBS']],
  keywords: [...INDEX_KEYWORDS, ...TIME_KEYWORD_SPECS, ...PLACE_KEYWORDS],
  columns: [
    ...columns('int', undefined, 'error', 'OBS_ID'),
    { name: 'OBS_MODE', kind: 'text', missing: 'warning', since: '0.3' },
    ...columns('float', 'deg', 'error', 'RA_PNT', 'DEC_PNT'),
    ...columns('double', 's', 'error', 'TSTART', 'TSTOP'),
    ...columns('float', 'deg', undefined, 'ZEN_PNT', 'ALT_PNT', 'AZ_PNT', 'GLON_PNT', 'GLAT_PNT', 'RA_OBJ', 'DEC_OBJ'),
    ...columns('float', 's', undefined, 'ONTIME', 'LIVETIME'),
    ...columns('float', '', undefined, 'DEADC', 'BKG_SCALE'),
    ...columns('text', undefined, undefined, 'DATE-OBS', 'TIME-OBS', 'DATE-END', 'TIME-END', 'TELLIST', 'OBJECT'),
    ...columns('text', undefined, undefined, 'DATE_OBS', 'TIME_OBS', 'DATE_END', 'TIME_END', 'TMID_STR'),
    ...columns('int', undefined, undefined, 'N_TELS', 'QUALITY', 'EVENT_COUNT'),
    ...columns('double', 's', undefined, 'TMID'),
    ...columns('float', 'deg', undefined, 'EVENT_RA_MEDIAN', 'EVENT_DEC_MEDIAN'),
    ...columns('double', 's', undefined, 'EVENT_TIME_MIN', 'EVENT_TIME_MAX'),
    ...columns('float', 'Hz', undefined, 'TRGRATE', 'ZTRGRATE'),
    ...columns('float', undefined, undefined, 'MUONEFF', 'BROKPIX', 'AIRTEMP', 'PRESSURE', 'NSBLEVEL', 'RELHUM'),
  ],
  clause: 'obs-index',
};
