import { type BinTable, buildTable, type ColumnSpec } from '../fits/index.ts';
import { type Axis, bins, centres, linearAxis, logAxis, logCentres } from './axis.ts';
import { BACKGROUND_ENERGY_AXIS, BACKGROUND_SHAPES, type BackgroundClass, backgroundSpectrum } from './background.ts';
import { type CardSpec, classCards, ORIGIN_CARDS } from './cards.ts';
import {
  containment,
  ENERGY_RANGE_TEV,
  effectiveAreaM2,
  FIELD_RADIUS_DEG,
  lowThresholdTev,
  MIGRATION_RANGE,
  migration,
  PSF_RADIUS_DEG,
  pointSpread,
  type ResponseConditions,
} from './response.ts';

const DEG = Math.PI / 180;
const MEV_PER_TEV = 1e6;

/** The formats of GADF v0.3 for point spread functions that can be written. */
export type PsfClass = 'psf_table' | 'psf_3gauss';

/** The binned columns of a response HDU, without what belongs to one observation. */
export interface ResponseTable {
  name: 'AEFF' | 'EDISP' | 'PSF' | 'BKG';
  columns: readonly ColumnSpec[];
  cards: readonly CardSpec[];
}

/** Fine enough that a straight line between the bins follows the turn-on of the effective area to 0.5 %. */
const AREA_ENERGIES = logAxis(ENERGY_RANGE_TEV.low, ENERGY_RANGE_TEV.high, 72);
const AREA_OFFSETS = linearAxis(0, FIELD_RADIUS_DEG, 10);
const TRUE_ENERGIES = logAxis(ENERGY_RANGE_TEV.low, ENERGY_RANGE_TEV.high, 24);
const OFFSETS = linearAxis(0, FIELD_RADIUS_DEG, 5);
const MIGRATIONS = linearAxis(MIGRATION_RANGE.low, MIGRATION_RANGE.high, 84);
const DISTANCES = linearAxis(0, PSF_RADIUS_DEG, 80);
const BACKGROUND_OFFSETS = linearAxis(0, FIELD_RADIUS_DEG, 13);
const FIELD_ANGLES = linearAxis(-FIELD_RADIUS_DEG, FIELD_RADIUS_DEG, 25);

/** AEFF, EDISP, PSF and BKG of a response. @see GADF v0.3 full-enclosure IRFs */
export function makeResponseTables(
  conditions: ResponseConditions,
  psf: PsfClass,
  background: BackgroundClass,
): ResponseTable[] {
  return [
    effectiveArea(conditions),
    energyDispersion(conditions),
    psf === 'psf_table' ? tabulatedPsf() : gaussianPsf(),
    background === 'bkg_3d' ? background3d(conditions) : background2d(conditions),
  ];
}

/** The HDU of a response table. `cards` may say which observation it is for. */
export function makeResponseHdu(
  table: ResponseTable,
  conditions: ResponseConditions,
  cards: readonly CardSpec[],
): BinTable {
  const common: CardSpec[] = [
    ...ORIGIN_CARDS,
    ['ZENITH', conditions.zenithDeg, '[deg] zenith angle of this response'],
    ['N_TELS', conditions.telescopes, 'number of telescopes of this response'],
  ];
  return buildTable({
    name: table.name,
    rowCount: 1,
    columns: table.columns,
    cards: [...table.cards, ...common, ...cards],
  });
}

function effectiveArea(conditions: ResponseConditions): ResponseTable {
  const values = centres(AREA_OFFSETS).flatMap((offset) =>
    logCentres(AREA_ENERGIES).map((energy) => effectiveAreaM2(conditions, energy, offset)),
  );
  return responseTable(
    { name: 'AEFF', classes: ['EFF_AREA', 'AEFF_2D'] },
    [energyAxis(AREA_ENERGIES), offsetAxis(AREA_OFFSETS)],
    [{ name: 'EFFAREA', unit: 'm2', values }],
    [
      ['LO_THRES', lowThresholdTev(conditions), '[TeV] below, the area is small'],
      ['HI_THRES', ENERGY_RANGE_TEV.high, '[TeV]'],
    ],
  );
}

function energyDispersion(conditions: ResponseConditions): ResponseTable {
  const [energies, offsets] = [logCentres(TRUE_ENERGIES), centres(OFFSETS)];
  const size = energies.length * MIGRATIONS.count;
  const values = new Float64Array(size * offsets.length);
  for (const [i, offset] of offsets.entries()) {
    for (const [j, energy] of energies.entries()) {
      const densities = migrationDensities(conditions, energy, offset);
      for (const [k, density] of densities.entries()) values[i * size + k * energies.length + j] = density;
    }
  }
  return responseTable(
    { name: 'EDISP', classes: ['EDISP', 'EDISP_2D'] },
    [energyAxis(TRUE_ENERGIES), { prefix: 'MIGRA', axis: MIGRATIONS }, offsetAxis(OFFSETS)],
    [{ name: 'MATRIX', values }],
  );
}

/** The mean density of the migration in each of its bins, with an integral of exactly one. */
function migrationDensities(conditions: ResponseConditions, energyTev: number, offsetDeg: number): number[] {
  const { meanLog, sigmaLog } = migration(conditions, energyTev, offsetDeg);
  const density = (ratio: number): number => Math.exp(-0.5 * ((Math.log(ratio) - meanLog) / sigmaLog) ** 2) / ratio;
  const means = bins(MIGRATIONS, (low, high) => {
    const middle = (low + high) / 2;
    return (density(low) + 4 * density(middle) + density(high)) / 6;
  });
  const width = (MIGRATION_RANGE.high - MIGRATION_RANGE.low) / MIGRATIONS.count;
  const integral = means.reduce((sum, mean) => sum + mean * width, 0);
  return means.map((mean) => mean / integral);
}

function tabulatedPsf(): ResponseTable {
  const [energies, offsets] = [logCentres(TRUE_ENERGIES), centres(OFFSETS)];
  const values = bins(DISTANCES, (low, high) => {
    const solidAngleSr = 2 * Math.PI * (Math.cos(low * DEG) - Math.cos(high * DEG));
    return offsets.flatMap((offset) =>
      energies.map((energy) => {
        const spread = pointSpread(energy, offset);
        const part = containment(spread, high) - containment(spread, low);
        return part / containment(spread, PSF_RADIUS_DEG) / solidAngleSr;
      }),
    );
  }).flat();
  return responseTable(
    { name: 'PSF', classes: ['RPSF', 'PSF_TABLE'] },
    [energyAxis(TRUE_ENERGIES), offsetAxis(OFFSETS), { prefix: 'RAD', axis: DISTANCES, unit: 'deg' }],
    [{ name: 'RPSF', unit: 'sr-1', values }],
  );
}

/** The format gives amplitudes relative to the first Gaussian, and S/π · Σ A exp(−r²/2σ²) as the density. */
function gaussianPsf(): ResponseTable {
  const spreads = centres(OFFSETS).flatMap((offset) =>
    logCentres(TRUE_ENERGIES).map((energy) => pointSpread(energy, offset)),
  );
  const column = (name: string, value: (spread: ReturnType<typeof pointSpread>) => number, unit?: string) => ({
    name,
    values: spreads.map(value),
    ...(unit === undefined ? {} : { unit }),
  });
  return responseTable(
    { name: 'PSF', classes: ['RPSF', 'PSF_3GAUSS'] },
    [energyAxis(TRUE_ENERGIES), offsetAxis(OFFSETS)],
    [
      column('SCALE', ({ coreDeg, tailFraction }) => (1 - tailFraction) / (2 * (coreDeg * DEG) ** 2), 'sr-1'),
      column('SIGMA_1', ({ coreDeg }) => coreDeg, 'deg'),
      column('AMPL_2', ({ coreDeg, tailDeg, tailFraction: f }) => (f / (1 - f)) * (coreDeg / tailDeg) ** 2),
      column('SIGMA_2', ({ tailDeg }) => tailDeg, 'deg'),
      column('AMPL_3', () => 0),
      column('SIGMA_3', ({ tailDeg }) => tailDeg, 'deg'),
    ],
  );
}

function background3d(conditions: ResponseConditions): ResponseTable {
  const shape = BACKGROUND_SHAPES.bkg_3d;
  const spectrum = backgroundSpectrum(conditions);
  const angles = centres(FIELD_ANGLES);
  const values = angles.flatMap((latDeg) =>
    angles.flatMap((lonDeg) => spectrum.map((rate) => (rate * shape.value({ lonDeg, latDeg })) / MEV_PER_TEV)),
  );
  return responseTable(
    { name: 'BKG', classes: ['BKG', 'BKG_3D'] },
    [
      energyAxis(BACKGROUND_ENERGY_AXIS),
      { prefix: 'DETX', axis: FIELD_ANGLES, unit: 'deg' },
      { prefix: 'DETY', axis: FIELD_ANGLES, unit: 'deg' },
    ],
    [{ name: 'BKG', unit: 's-1 MeV-1 sr-1', values }],
    [['FOVALIGN', 'RADEC', 'DETX grows to the east, DETY to the north']],
  );
}

function background2d(conditions: ResponseConditions): ResponseTable {
  const shape = BACKGROUND_SHAPES.bkg_2d;
  const spectrum = backgroundSpectrum(conditions);
  const values = centres(BACKGROUND_OFFSETS).flatMap((lonDeg) =>
    spectrum.map((rate) => (rate * shape.value({ lonDeg, latDeg: 0 })) / MEV_PER_TEV),
  );
  return responseTable(
    { name: 'BKG', classes: ['BKG', 'BKG_2D'] },
    [energyAxis(BACKGROUND_ENERGY_AXIS), offsetAxis(BACKGROUND_OFFSETS)],
    [{ name: 'BKG', unit: 's-1 MeV-1 sr-1', values }],
  );
}

/** An axis as GADF names it: columns `<prefix>_LO` and `<prefix>_HI`. */
interface NamedAxis {
  prefix: string;
  axis: Axis;
  unit?: string;
}

interface ResponseName {
  name: ResponseTable['name'];
  /** HDUCLAS2 and HDUCLAS4. */
  classes: readonly [string, string];
}

/** Values are in the order of the axes, the first one running fastest. @see GADF v0.3 fits-arrays, BINTABLE HDU */
function responseTable(
  { name, classes }: ResponseName,
  axes: readonly NamedAxis[],
  data: readonly { name: string; unit?: string; values: ArrayLike<number> }[],
  cards: readonly CardSpec[] = [],
): ResponseTable {
  const dim = axes.map(({ axis }) => axis.count);
  const size = dim.reduce((product, count) => product * count, 1);
  const reference = `(${axes.map(({ prefix }) => `${prefix}_LO:${prefix}_HI`).join(',')})`;
  const columns = [
    ...axes.flatMap(axisColumns),
    ...data.map(({ name: column, unit, values }) => ({ name: column, form: `${size}E`, dim, values, unit })),
  ];
  const references = data.map((_, i): CardSpec => [`CREF${axes.length * 2 + i + 1}`, reference]);
  return {
    name,
    columns,
    cards: [...references, ...classCards('RESPONSE', classes[0], 'FULL-ENCLOSURE', classes[1]), ...cards],
  };
}

function axisColumns({ prefix, axis, unit }: NamedAxis): ColumnSpec[] {
  const form = `${axis.count}E`;
  return [
    { name: `${prefix}_LO`, form, unit, values: axis.edges.slice(0, -1) },
    { name: `${prefix}_HI`, form, unit, values: axis.edges.slice(1) },
  ];
}

function energyAxis(axis: Axis): NamedAxis {
  return { prefix: 'ENERG', axis, unit: 'TeV' };
}

function offsetAxis(axis: Axis): NamedAxis {
  return { prefix: 'THETA', axis, unit: 'deg' };
}
