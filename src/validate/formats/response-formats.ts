import { type AxisName, CLASS_KEYWORDS, type ColumnSpec, type HduFormat, type KeywordSpec } from './format.ts';

const AXIS_UNIT: Readonly<Record<AxisName, string>> = {
  ENERG: 'TeV',
  THETA: 'deg',
  MIGRA: '',
  RAD: 'deg',
  DETX: 'deg',
  DETY: 'deg',
};

const RESPONSE_KEYWORDS: readonly KeywordSpec[] = [
  ...CLASS_KEYWORDS,
  ...['HDUCLAS1', 'HDUCLAS2', 'HDUCLAS3', 'HDUCLAS4'].map((name) => ({
    name,
    kind: 'text' as const,
    missing: 'warning' as const,
  })),
];

const FULL = 'FULL-ENCLOSURE';
const POINT = 'POINT-LIKE';

interface ResponseSpec {
  readonly type: string;
  readonly hduClass: string;
  readonly component: readonly string[];
  readonly enclosure?: readonly string[];
  readonly axes: readonly AxisName[];
  readonly data: Readonly<Record<string, { readonly unit: string; readonly older?: readonly string[] }>>;
  readonly clause: string;
}

function response(spec: ResponseSpec): HduFormat {
  const title = spec.hduClass.toUpperCase();
  const axisColumns = spec.axes.flatMap((axis): ColumnSpec[] =>
    ['LO', 'HI'].map((end) => ({
      name: `${axis}_${end}`,
      kind: 'float',
      unit: AXIS_UNIT[axis],
      missing: 'error',
      ...(axis === 'ENERG' && { older: [`ETRUE_${end}`] }),
    })),
  );
  const dataColumns = Object.entries(spec.data).map(
    ([name, each]): ColumnSpec => ({ name, kind: 'float', missing: 'error', ...each }),
  );
  return {
    title,
    type: spec.type,
    hduClass: spec.hduClass,
    classes: [['RESPONSE'], spec.component, spec.enclosure ?? [FULL, POINT], [title]],
    keywords: RESPONSE_KEYWORDS,
    columns: [...axisColumns, ...dataColumns],
    response: { axes: spec.axes, data: Object.keys(spec.data) },
    clause: spec.clause,
  };
}

/** The text of the specification says PSF in one place and RPSF in another; files have RPSF. */
const PSF_COMPONENT = ['RPSF', 'PSF'];
const BKG_UNIT = 's-1 MeV-1 sr-1';

/** The instrument responses. @see GADF v0.3 full-enclosure IRFs, point-like IRFs */
export const RESPONSES: readonly HduFormat[] = [
  response({
    type: 'aeff',
    hduClass: 'aeff_2d',
    component: ['EFF_AREA'],
    axes: ['ENERG', 'THETA'],
    data: { EFFAREA: { unit: 'm2' } },
    clause: 'aeff_2d',
  }),
  response({
    type: 'edisp',
    hduClass: 'edisp_2d',
    component: ['EDISP'],
    axes: ['ENERG', 'MIGRA', 'THETA'],
    data: { MATRIX: { unit: '' } },
    clause: 'edisp_2d',
  }),
  response({
    type: 'psf',
    hduClass: 'psf_table',
    component: PSF_COMPONENT,
    axes: ['ENERG', 'THETA', 'RAD'],
    data: { RPSF: { unit: 'sr-1' } },
    clause: 'psf_table',
  }),
  response({
    type: 'psf',
    hduClass: 'psf_3gauss',
    component: PSF_COMPONENT,
    axes: ['ENERG', 'THETA'],
    data: {
      // v0.2 gives SCALE no unit, v0.3 sr-1: both are taken.
      SCALE: { unit: 'sr-1' },
      SIGMA_1: { unit: 'deg' },
      AMPL_2: { unit: '' },
      SIGMA_2: { unit: 'deg' },
      AMPL_3: { unit: '' },
      SIGMA_3: { unit: 'deg' },
    },
    clause: 'psf_3gauss',
  }),
  response({
    type: 'psf',
    hduClass: 'psf_king',
    component: PSF_COMPONENT,
    axes: ['ENERG', 'THETA'],
    data: { GAMMA: { unit: '' }, SIGMA: { unit: 'deg' } },
    clause: 'psf_king',
  }),
  response({
    type: 'bkg',
    hduClass: 'bkg_2d',
    component: ['BKG'],
    axes: ['ENERG', 'THETA'],
    data: { BKG: { unit: BKG_UNIT, older: ['BGD'] } },
    clause: 'bkg_2d',
  }),
  response({
    type: 'bkg',
    hduClass: 'bkg_3d',
    component: ['BKG'],
    axes: ['ENERG', 'DETX', 'DETY'],
    data: { BKG: { unit: BKG_UNIT, older: ['BGD'] } },
    clause: 'bkg_3d',
  }),
  response({
    type: 'rad_max',
    hduClass: 'rad_max_2d',
    component: ['RAD_MAX'],
    enclosure: [POINT],
    axes: ['ENERG', 'THETA'],
    data: { RAD_MAX: { unit: 'deg' } },
    clause: 'rad_max_2d',
  }),
];
