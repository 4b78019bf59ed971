import type { Severity } from '../finding.ts';

/** What a keyword or the elements of a column hold. `double` needs 64 bits, `float` takes both, `int` any length. */
export type ValueKind = 'int' | 'float' | 'double' | 'text' | 'bits';

/** A keyword that the specification asks for. */
export interface KeywordSpec {
  readonly name: string;
  readonly kind: Exclude<ValueKind, 'double' | 'bits'>;
  /** How bad it is if it is missing: `error` where a result depends on it. */
  readonly missing: Severity;
  /** Only asked for from this version on. */
  readonly since?: '0.3';
}

/** A column of the specification. */
export interface ColumnSpec {
  readonly name: string;
  readonly kind: ValueKind;
  /** Absent where any unit will do. Empty: dimensionless. */
  readonly unit?: string;
  /** How bad it is if it is missing; absent for an optional column. */
  readonly missing?: Severity;
  /** Names that were used before and that tools still read. */
  readonly older?: readonly string[];
  /** Only asked for from this version on. */
  readonly since?: '0.3';
}

/** A kind of HDU that GADF describes. */
export interface HduFormat {
  /** How the specification and people call it. */
  readonly title: string;
  /** HDU_TYPE and HDU_CLASS of an HDU index; empty for what is not listed there. */
  readonly type: string;
  readonly hduClass: string;
  /** The values that HDUCLAS1, HDUCLAS2, … may have. */
  readonly classes: readonly (readonly string[])[];
  readonly keywords: readonly KeywordSpec[];
  readonly columns: readonly ColumnSpec[];
  /** Instrument responses: the axes in the recommended order, and the columns that have them. */
  readonly response?: { readonly axes: readonly AxisName[]; readonly data: readonly string[] };
  /** Page of the specification. */
  readonly clause: string;
}

/** Axes of a response: columns `<name>_LO` and `<name>_HI`. */
export type AxisName = 'ENERG' | 'THETA' | 'MIGRA' | 'RAD' | 'DETX' | 'DETY';

/** Names that an axis had before. */
export const OLDER_AXIS_NAME: Readonly<Partial<Record<AxisName, string>>> = { ENERG: 'ETRUE' };

/** The keywords that tell of which kind an HDU is; tools read files without them. */
export const CLASS_KEYWORDS: readonly KeywordSpec[] = ['HDUCLASS', 'HDUDOC', 'HDUVERS'].map((name) => ({
  name,
  kind: 'text',
  missing: 'warning',
}));

/** The five keywords of time. @see GADF v0.3 time, formats: three of them have no default */
export const TIME_KEYWORD_SPECS: readonly KeywordSpec[] = [
  { name: 'MJDREFI', kind: 'int', missing: 'error' },
  { name: 'MJDREFF', kind: 'float', missing: 'error' },
  { name: 'TIMESYS', kind: 'text', missing: 'error' },
  { name: 'TIMEUNIT', kind: 'text', missing: 'warning' },
  { name: 'TIMEREF', kind: 'text', missing: 'warning' },
];

/** @see GADF v0.3 coordinates, Earth location: "their use is encouraged" */
export const PLACE_KEYWORDS: readonly KeywordSpec[] = ['GEOLON', 'GEOLAT', 'ALTITUDE'].map((name) => ({
  name,
  kind: 'float',
  missing: 'note',
}));
