import {
  CLASS_KEYWORDS,
  type ColumnSpec,
  type HduFormat,
  type KeywordSpec,
  PLACE_KEYWORDS,
  TIME_KEYWORD_SPECS,
  type ValueKind,
} from './format.ts';

const optional = (kind: ValueKind, unit: string | undefined, ...names: string[]): ColumnSpec[] =>
  names.map((name) => ({ name, kind, ...(unit !== undefined && { unit }) }));

const keywords = (
  kind: KeywordSpec['kind'],
  missing: KeywordSpec['missing'],
  ...names: readonly string[]
): KeywordSpec[] => names.map((name) => ({ name, kind, missing }));

/** @see GADF v0.3 events */
export const EVENTS: HduFormat = {
  title: 'EVENTS',
  type: 'events',
  hduClass: 'events',
  // Whether events were selected (OGIP: ALL if not), columns do not tell.
  classes: [['EVENTS'], ['ACCEPTED', 'ALL']],
  keywords: [
    ...CLASS_KEYWORDS,
    ...keywords('text', 'warning', 'HDUCLAS1'),
    ...keywords('int', 'error', 'OBS_ID'),
    ...keywords('float', 'error', 'TSTART', 'TSTOP', 'ONTIME', 'LIVETIME', 'DEADC', 'RA_PNT', 'DEC_PNT'),
    ...keywords('float', 'warning', 'EQUINOX'),
    ...keywords('text', 'warning', 'RADECSYS', 'ORIGIN', 'TELESCOP', 'INSTRUME', 'CREATOR'),
    ...TIME_KEYWORD_SPECS,
    ...PLACE_KEYWORDS,
  ],
  columns: [
    { name: 'EVENT_ID', kind: 'int', missing: 'warning' },
    { name: 'TIME', kind: 'double', unit: 's', missing: 'error' },
    { name: 'RA', kind: 'float', unit: 'deg', missing: 'error' },
    { name: 'DEC', kind: 'float', unit: 'deg', missing: 'error' },
    { name: 'ENERGY', kind: 'float', unit: 'TeV', missing: 'error' },
    ...optional('bits', undefined, 'EVENT_TYPE'),
    ...optional('int', undefined, 'MULTIP'),
    ...optional('float', 'deg', 'GLON', 'GLAT', 'ALT', 'AZ', 'DETX', 'DETY', 'THETA', 'PHI', 'DIR_ERR'),
    ...optional('float', 'TeV', 'ENERGY_ERR'),
    ...optional('float', 'm', 'COREX', 'COREY', 'CORE_ERR'),
    ...optional('float', undefined, 'XMAX', 'XMAX_ERR', 'GAMMANESS'),
    ...optional('float', undefined, 'HIL_MSW', 'HIL_MSW_ERR', 'HIL_MSL', 'HIL_MSL_ERR'),
  ],
  clause: 'events',
};

/** @see GADF v0.3 gti */
export const GTI: HduFormat = {
  title: 'GTI',
  type: 'gti',
  hduClass: 'gti',
  classes: [['GTI']],
  keywords: [...CLASS_KEYWORDS, ...keywords('text', 'warning', 'HDUCLAS1'), ...TIME_KEYWORD_SPECS],
  columns: [
    { name: 'START', kind: 'double', unit: 's', missing: 'error' },
    { name: 'STOP', kind: 'double', unit: 's', missing: 'error' },
  ],
  clause: 'gti',
};

/** @see GADF v0.3 pointing; a first draft, as it says itself */
export const POINTING: HduFormat = {
  title: 'POINTING',
  type: 'pointing',
  hduClass: 'pointing',
  classes: [['POINTING']],
  keywords: [...CLASS_KEYWORDS, ...keywords('text', 'warning', 'HDUCLAS1'), ...TIME_KEYWORD_SPECS, ...PLACE_KEYWORDS],
  columns: [
    { name: 'TIME', kind: 'double', unit: 's', missing: 'error' },
    { name: 'RA_PNT', kind: 'float', unit: 'deg', missing: 'error' },
    { name: 'DEC_PNT', kind: 'float', unit: 'deg', missing: 'error' },
    { name: 'ALT_PNT', kind: 'float', unit: 'deg', missing: 'warning' },
    { name: 'AZ_PNT', kind: 'float', unit: 'deg', missing: 'warning' },
  ],
  clause: 'pointing',
};
