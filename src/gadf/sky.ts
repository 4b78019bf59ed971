const DEG = Math.PI / 180;

/** An ICRS direction. */
export interface SkyDirection {
  readonly raDeg: number;
  readonly decDeg: number;
}

/** A circle on the sky, its edge included. */
export interface Cone extends SkyDirection {
  readonly radiusDeg: number;
}

/** A galactic direction. */
export interface GalacticDirection {
  readonly lonDeg: number;
  readonly latDeg: number;
}

type Vector = readonly [x: number, y: number, z: number];

/** From ICRS to galactic vectors, row by row. @see ESA SP-1200 (Hipparcos and Tycho Catalogues), vol. 1, eq. 1.5.11 */
const TO_GALACTIC: readonly [Vector, Vector, Vector] = [
  [-0.054875560416215365, -0.873437090234885, -0.4838350155487132],
  [0.49410942787558365, -0.4448296299600112, 0.7469822444972188],
  [-0.8676661490190047, -0.19807637343120155, 0.4559837761750669],
];

/** An ICRS direction in galactic coordinates. */
export function galacticOfIcrs({ raDeg, decDeg }: SkyDirection): GalacticDirection {
  const from = unitVector(raDeg, decDeg);
  const [lonDeg, latDeg] = anglesOf(TO_GALACTIC.map((row) => dot(row, from)));
  return { lonDeg, latDeg };
}

/** A galactic direction in ICRS. */
export function icrsOfGalactic({ lonDeg, latDeg }: GalacticDirection): SkyDirection {
  const from = unitVector(lonDeg, latDeg);
  const columns = ([0, 1, 2] as const).map((j): Vector => [TO_GALACTIC[0][j], TO_GALACTIC[1][j], TO_GALACTIC[2][j]]);
  const [raDeg, decDeg] = anglesOf(columns.map((column) => dot(column, from)));
  return { raDeg, decDeg };
}

/** The direction in the middle of several; `undefined` if there is none, or if they lie evenly around the sky. */
export function meanDirection(directions: readonly SkyDirection[]): SkyDirection | undefined {
  const sum = [0, 0, 0];
  for (const { raDeg, decDeg } of directions) {
    for (const [i, component] of unitVector(raDeg, decDeg).entries()) sum[i] = (sum[i] ?? 0) + component;
  }
  if (!(Math.hypot(...sum) > 1e-9 * directions.length)) return undefined;
  const [raDeg, decDeg] = anglesOf(sum);
  return { raDeg, decDeg };
}

/** An angle in [0, 360). */
export function wrapDegrees(angleDeg: number): number {
  const wrapped = angleDeg - 360 * Math.floor(angleDeg / 360);
  // A tiny negative angle rounds to 360 itself, and one too small to be divided stays negative.
  return wrapped >= 360 || wrapped <= 0 ? 0 : wrapped;
}

/** The vector of length 1 to a longitude and latitude in degrees. */
export function unitVector(lonDeg: number, latDeg: number): Vector {
  const cosLat = Math.cos(latDeg * DEG);
  return [cosLat * Math.cos(lonDeg * DEG), cosLat * Math.sin(lonDeg * DEG), Math.sin(latDeg * DEG)];
}

/** The angle between two directions in degrees, exact for small ones, too. */
export function separationDeg(lonDeg: number, latDeg: number, otherLonDeg: number, otherLatDeg: number): number {
  const [a, b] = [unitVector(lonDeg, latDeg), unitVector(otherLonDeg, otherLatDeg)];
  const chord = Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
  return (2 * Math.asin(Math.min(1, chord / 2))) / DEG;
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/** Longitude in [0, 360) and latitude of a vector of any length; exact at the poles, too. */
function anglesOf(vector: readonly number[]): [lonDeg: number, latDeg: number] {
  const [x = 0, y = 0, z = 0] = vector;
  return [wrapDegrees(Math.atan2(y, x) / DEG), Math.atan2(z, Math.hypot(x, y)) / DEG];
}
