import type { ExprSchema } from './table.ts';

/** How the pixels of two columns lie on the sky, from the keywords of a pixel list (FITS 4.0 §8.2, table 22). */
export interface SkyAxes {
  /** Right ascension (or longitude) and declination of the reference pixel, in degrees. */
  readonly raDeg: number;
  readonly decDeg: number;
  readonly xReference: number;
  readonly yReference: number;
  /** Degrees in a pixel. */
  readonly xStep: number;
  readonly yStep: number;
  /** From north through east, in degrees. */
  readonly rotationDeg: number;
  /** `TAN`, `SIN`, ...; empty if the columns are no projection. */
  readonly projection: string;
}

const DEGREE = Math.PI / 180;

/** The axes of two columns, given by their numbers counted from 1, with the defaults of CFITSIO. */
export function skyAxes(schema: ExprSchema, xColumn: number, yColumn: number): SkyAxes {
  const number = (name: string): number | undefined => {
    const keyword = schema.keyword(name);
    return keyword?.kind === 'integer' || keyword?.kind === 'real' ? keyword.value : undefined;
  };
  const keyword = schema.keyword(`TCTYP${xColumn}`);
  const type = keyword?.kind === 'string' ? keyword.value : '';
  const axes = {
    raDeg: number(`TCRVL${xColumn}`) ?? 1,
    decDeg: number(`TCRVL${yColumn}`) ?? 1,
    xReference: number(`TCRPX${xColumn}`) ?? 1,
    yReference: number(`TCRPX${yColumn}`) ?? 1,
    xStep: number(`TCDLT${xColumn}`) ?? 1,
    yStep: number(`TCDLT${yColumn}`) ?? 1,
    rotationDeg: number(`TCROT${yColumn}`) ?? rotationOf(number, xColumn, yColumn),
    projection: type.charAt(4) === '-' ? type.slice(5, 8) : '',
  };
  const isLatitude = type.startsWith('DEC-') || type.slice(1, 4) === 'LAT';
  if (!isLatitude) return axes;
  const { raDeg, decDeg, yStep, rotationDeg } = axes;
  return { ...axes, raDeg: decDeg, decDeg: raDeg, yStep: -yStep, rotationDeg: 90 - rotationDeg };
}

/** The rotation that a matrix TPC (or TP) of two columns gives; 0 without one. */
function rotationOf(number: (name: string) => number | undefined, x: number, y: number): number {
  const element = (i: number, j: number): number | undefined => number(`TPC${i}_${j}`) ?? number(`TP${i}_${j}`);
  const [xx, xy, yx, yy] = [element(x, x), element(x, y), element(y, x), element(y, y)];
  if (xx === undefined && xy === undefined && yx === undefined && yy === undefined) return 0;
  const first = Math.atan2(yx ?? 0, xx ?? 1);
  const second = Math.atan2(-(xy ?? 0), yy ?? 1);
  const [low, high] = [Math.min(first, second), Math.max(first, second)];
  return (low + high + (high - low > Math.PI / 2 ? Math.PI : 0)) / 2 / DEGREE;
}

/** Offsets from the reference, in radians, of a place at distance `ra` in right ascension; undefined if it is not on the map. */
type Projection = (ra: number, dec: number, dec0: number, axes: SkyAxes) => readonly [number, number] | undefined;

/** The cosine of the distance from the reference. */
function cosDistance(ra: number, dec: number, dec0: number): number {
  return Math.sin(dec) * Math.sin(dec0) + Math.cos(dec) * Math.cos(dec0) * Math.cos(ra);
}

/** Eastward and northward parts of the direction from the reference. */
function direction(ra: number, dec: number, dec0: number): readonly [number, number] {
  const north = Math.sin(dec) * Math.cos(dec0) - Math.cos(dec) * Math.sin(dec0) * Math.cos(ra);
  return [Math.sin(ra) * Math.cos(dec), north];
}

function scaled([east, north]: readonly [number, number], factor: number): readonly [number, number] {
  return [east * factor, north * factor];
}

/**
 * The projections of AIPS (E. W. Greisen, AIPS Memos 27 and 46), which CFITSIO uses. AIT and MER are scaled to the
 * steps of the map at its reference.
 */
const PROJECTIONS: Readonly<Record<string, Projection>> = {
  TAN: (ra, dec, dec0) => {
    const cos = cosDistance(ra, dec, dec0);
    return cos > 0 ? scaled(direction(ra, dec, dec0), 1 / cos) : undefined;
  },
  SIN: (ra, dec, dec0) => (cosDistance(ra, dec, dec0) >= 0 ? direction(ra, dec, dec0) : undefined),
  STG: (ra, dec, dec0) => {
    const cos = 1 + cosDistance(ra, dec, dec0);
    return cos >= 1e-5 ? scaled(direction(ra, dec, dec0), 2 / cos) : undefined;
  },
  ARC: (ra, dec, dec0) => {
    const distance = Math.acos(Math.min(1, Math.max(-1, cosDistance(ra, dec, dec0))));
    return scaled(direction(ra, dec, dec0), distance === 0 ? 1 : distance / Math.sin(distance));
  },
  NCP: (ra, dec, dec0) =>
    dec0 === 0
      ? undefined
      : [Math.sin(ra) * Math.cos(dec), (Math.cos(dec0) - Math.cos(dec) * Math.cos(ra)) / Math.sin(dec0)],
  GLS: (ra, dec, dec0) => [ra * Math.cos(dec), dec - dec0],
  MER: (ra, dec, dec0, axes) => {
    const step = stepsAtReference(axes).north;
    const height = (angle: number): number => Math.log(Math.tan(angle / 2 + Math.PI / 4));
    if (Math.tan(dec / 2 + Math.PI / 4) < 1e-5) return undefined;
    const scale = step / (height(dec0 + step) - height(dec0));
    return [Math.max(Math.cos(dec0), 0) * ra, scale * (height(dec) - height(dec0))];
  },
  AIT: (ra, dec, dec0, axes) => {
    const { east, north } = stepsAtReference(axes);
    const height = (angle: number): number => Math.sin(angle) / Math.sqrt((1 + Math.cos(angle)) / 2);
    const northScale = north / (height(dec0 + north) - height(dec0) || 1);
    const width = 2 * Math.cos(dec0) * Math.sin(east / 2) || 1;
    const eastScale = (east * Math.sqrt((1 + Math.cos(dec0) * Math.cos(east / 2)) / 2)) / width;
    const root = Math.sqrt((1 + Math.cos(dec) * Math.cos(ra / 2)) / 2);
    if (Math.abs(ra / 2) > Math.PI / 2 || root < 1e-5) return undefined;
    return [
      (2 * eastScale * Math.cos(dec) * Math.sin(ra / 2)) / root,
      (northScale * Math.sin(dec)) / root - northScale * height(dec0),
    ];
  },
};

/** The steps of the map along east and north, in radians; 1 degree where a step is 0. */
function stepsAtReference({ xStep, yStep, rotationDeg }: SkyAxes): { east: number; north: number } {
  const [cos, sin] = [Math.cos(rotationDeg * DEGREE), Math.sin(rotationDeg * DEGREE)];
  return { east: (xStep * cos - yStep * sin || 1) * DEGREE, north: (yStep * cos + xStep * sin || 1) * DEGREE };
}

/** The pixel of a place; undefined if the projection is not known or does not show the place. */
export function toPixel(axes: SkyAxes, raDeg: number, decDeg: number): readonly [number, number] | undefined {
  const [offset, rotation] = [nearestTurn(raDeg - axes.raDeg), axes.rotationDeg * DEGREE];
  const projected =
    axes.projection === 'CAR'
      ? ([offset, decDeg - axes.decDeg] as const)
      : PROJECTIONS[axes.projection]?.(offset * DEGREE, decDeg * DEGREE, axes.decDeg * DEGREE, axes)?.map(
          (radians) => radians / DEGREE,
        );
  const [east, north] = projected ?? [];
  if (east === undefined || north === undefined || axes.xStep === 0 || axes.yStep === 0) return undefined;
  const x = east * Math.cos(rotation) + north * Math.sin(rotation);
  const y = north * Math.cos(rotation) - east * Math.sin(rotation);
  return [x / axes.xStep + axes.xReference, y / axes.yStep + axes.yReference];
}

/** Brings a difference of right ascensions to within half a turn, by one turn at most. */
function nearestTurn(differenceDeg: number): number {
  if (differenceDeg > 180) return differenceDeg - 360;
  return differenceDeg < -180 ? differenceDeg + 360 : differenceDeg;
}
