/** Whether a point is inside a shape. */
export type Contains = (x: number, y: number) => boolean;

/** How a shape is written and tested. */
export interface ShapeKind {
  /** The numbers of parameters that it may have. */
  readonly counts: (count: number) => boolean;
  /** How many of its first parameters are coordinates (pairs of x and y); all of them for a polygon. */
  readonly coordinates: number | 'all';
  /** Which parameters are angles that turn with the axes of the sky. */
  readonly angles: readonly number[];
  readonly contains: (p: readonly number[]) => Contains;
}

type Frame = (x: number, y: number) => [number, number];

/** Coordinates relative to a centre, turned by an angle in degrees. */
function frame(xCentre: number, yCentre: number, angleDeg: number): Frame {
  const angle = (angleDeg / 180) * Math.PI;
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  return (x, y) => {
    const [dx, dy] = [x - xCentre, y - yCentre];
    return [dx * cos + dy * sin, -dx * sin + dy * cos];
  };
}

/** Parameter `index`, 0 where it was left out. */
function at(p: readonly number[], index: number): number {
  return p[index] ?? 0;
}

function withinBox([x, y]: readonly [number, number], width: number, height: number): boolean {
  return x >= -width / 2 && x <= width / 2 && y >= -height / 2 && y <= height / 2;
}

function ellipseNumber([x, y]: readonly [number, number], xRadius: number, yRadius: number): number {
  return (x / xRadius) ** 2 + (y / yRadius) ** 2;
}

function circle(p: readonly number[]): Contains {
  const toCentre = frame(at(p, 0), at(p, 1), 0);
  return (x, y) => ellipseNumber(toCentre(x, y), 1, 1) <= at(p, 2) ** 2;
}

function annulus(p: readonly number[]): Contains {
  const toCentre = frame(at(p, 0), at(p, 1), 0);
  return (x, y) => {
    const square = ellipseNumber(toCentre(x, y), 1, 1);
    return square >= at(p, 2) ** 2 && square <= at(p, 3) ** 2;
  };
}

function ellipse(p: readonly number[]): Contains {
  const turned = frame(at(p, 0), at(p, 1), at(p, 4));
  return (x, y) => ellipseNumber(turned(x, y), at(p, 2), at(p, 3)) <= 1;
}

/** Inner radii, outer radii, inner angle, outer angle; one angle is for both. */
function ellipticalAnnulus(p: readonly number[]): Contains {
  const inner = frame(at(p, 0), at(p, 1), at(p, 6));
  const outer = frame(at(p, 0), at(p, 1), p[7] ?? at(p, 6));
  return (x, y) =>
    ellipseNumber(outer(x, y), at(p, 4), at(p, 5)) <= 1 && ellipseNumber(inner(x, y), at(p, 2), at(p, 3)) >= 1;
}

function box(p: readonly number[]): Contains {
  const turned = frame(at(p, 0), at(p, 1), at(p, 4));
  return (x, y) => withinBox(turned(x, y), at(p, 2), at(p, 3));
}

function boxAnnulus(p: readonly number[]): Contains {
  const inner = frame(at(p, 0), at(p, 1), at(p, 6));
  const outer = frame(at(p, 0), at(p, 1), p[7] ?? at(p, 6));
  return (x, y) => withinBox(outer(x, y), at(p, 4), at(p, 5)) && !withinBox(inner(x, y), at(p, 2), at(p, 3));
}

/** Two opposite corners, and an angle by which the sides (not the corners) are turned. */
function rectangle(p: readonly number[]): Contains {
  const turned = frame((at(p, 0) + at(p, 2)) / 2, (at(p, 1) + at(p, 3)) / 2, at(p, 4));
  const [halfWidth, halfHeight] = turned(at(p, 2), at(p, 3));
  return (x, y) => withinBox(turned(x, y), 2 * Math.abs(halfWidth), 2 * Math.abs(halfHeight));
}

function diamond(p: readonly number[]): Contains {
  const turned = frame(at(p, 0), at(p, 1), at(p, 4));
  return (x, y) => {
    const [dx, dy] = turned(x, y);
    return Math.abs(dx / (at(p, 2) / 2)) + Math.abs(dy / (at(p, 3) / 2)) <= 1;
  };
}

/** An angle as one above -180 and up to 180 degrees. */
function halfTurns(angleDeg: number): number {
  const rest = angleDeg % 360;
  return rest > 180 ? rest - 360 : rest <= -180 ? rest + 360 : rest;
}

/** Whether a direction lies between two angles, counter-clockwise; the centre lies in every sector. */
function withinSector([x, y]: readonly [number, number], fromDeg: number, toDeg: number): boolean {
  if (x === 0 && y === 0) return true;
  const angle = (Math.atan2(y, x) * 180) / Math.PI;
  const [from, to] = [halfTurns(fromDeg), halfTurns(toDeg)];
  return from <= to ? angle >= from && angle <= to : angle >= from || angle <= to;
}

function sector(p: readonly number[]): Contains {
  const toCentre = frame(at(p, 0), at(p, 1), 0);
  return (x, y) => withinSector(toCentre(x, y), at(p, 2), at(p, 3));
}

function panda(p: readonly number[]): Contains {
  const [ring, wedge] = [annulus([at(p, 0), at(p, 1), at(p, 5), at(p, 6)]), sector(p)];
  return (x, y) => ring(x, y) && wedge(x, y);
}

function ellipticalPanda(p: readonly number[]): Contains {
  const turned = frame(at(p, 0), at(p, 1), at(p, 10));
  return (x, y) => {
    const place = turned(x, y);
    const isInRing = ellipseNumber(place, at(p, 7), at(p, 8)) <= 1 && ellipseNumber(place, at(p, 5), at(p, 6)) >= 1;
    return isInRing && withinSector(place, at(p, 2), at(p, 3));
  };
}

function boxPanda(p: readonly number[]): Contains {
  const turned = frame(at(p, 0), at(p, 1), at(p, 10));
  return (x, y) => {
    const place = turned(x, y);
    const isInFrame = withinBox(place, at(p, 7), at(p, 8)) && !withinBox(place, at(p, 5), at(p, 6));
    return isInFrame && withinSector(place, at(p, 2), at(p, 3));
  };
}

/** One pixel around a place. */
function point(p: readonly number[]): Contains {
  const toCentre = frame(at(p, 0), at(p, 1), 0);
  return (x, y) => {
    const [dx, dy] = toCentre(x, y);
    return dx >= -0.5 && dx < 0.5 && dy >= -0.5 && dy < 0.5;
  };
}

/** One pixel wide, from half a pixel before its start to half a pixel behind its end. */
function line(p: readonly number[]): Contains {
  const [dx, dy] = [at(p, 2) - at(p, 0), at(p, 3) - at(p, 1)];
  const length = Math.hypot(dx, dy);
  const along = frame(at(p, 0), at(p, 1), (Math.atan2(dy, dx) * 180) / Math.PI);
  return (x, y) => {
    const [u, v] = along(x, y);
    return u >= -0.5 && u < length + 0.5 && v >= -0.5 && v < 0.5;
  };
}

/** Points this close to an edge are on it. */
const EDGE = 1e-10;

/** A closed polygon, its edges included. */
function polygon(p: readonly number[]): Contains {
  return (x, y) => {
    let inside = false;
    for (let i = 0, j = p.length - 2; i < p.length; j = i, i += 2) {
      const [x1, y1, x2, y2] = [at(p, j), at(p, j + 1), at(p, i), at(p, i + 1)];
      const flat = Math.abs(y2 - y1) < EDGE;
      const crossing = flat ? x : x1 + ((x2 - x1) / (y2 - y1)) * (y - y1);
      const isBeside = y >= Math.min(y1, y2) && y <= Math.max(y1, y2);
      const isOnFlat = flat && Math.abs(y - y1) < EDGE && x >= Math.min(x1, x2) && x <= Math.max(x1, x2);
      if (isOnFlat || (!flat && isBeside && Math.abs(crossing - x) < EDGE)) return true;
      if (y1 > y !== y2 > y && crossing > x) inside = !inside;
    }
    return inside;
  };
}

const between =
  (low: number, high: number) =>
  (count: number): boolean =>
    count >= low && count <= high;
const either =
  (...counts: readonly number[]) =>
  (count: number): boolean =>
    counts.includes(count);

/** The parameter with the angle of the outer edge of a ring; without it the angle of the inner edge holds for both. */
export const SECOND_RING_ANGLE = 7;

const BOX: ShapeKind = { counts: between(4, 5), coordinates: 2, angles: [4], contains: box };
const BOX_ANNULUS: ShapeKind = {
  counts: between(6, 8),
  coordinates: 2,
  angles: [6, SECOND_RING_ANGLE],
  contains: boxAnnulus,
};
const ELLIPSE: ShapeKind = { counts: between(4, 5), coordinates: 2, angles: [4], contains: ellipse };
const ELLIPTICAL_ANNULUS: ShapeKind = {
  counts: between(6, 8),
  coordinates: 2,
  angles: [6, SECOND_RING_ANGLE],
  contains: ellipticalAnnulus,
};
const RECTANGLE: ShapeKind = { counts: between(4, 5), coordinates: 4, angles: [4], contains: rectangle };
const DIAMOND: ShapeKind = { counts: between(4, 5), coordinates: 2, angles: [4], contains: diamond };
const SECTOR: ShapeKind = { counts: either(4), coordinates: 2, angles: [2, 3], contains: sector };

/** All shapes, by name; a name may stand for two shapes that differ in the number of parameters. */
export const SHAPES: ReadonlyMap<string, readonly ShapeKind[]> = new Map([
  ['circle', [{ counts: either(3), coordinates: 2, angles: [], contains: circle }]],
  ['annulus', [{ counts: either(4), coordinates: 2, angles: [], contains: annulus }]],
  ['ellipse', [ELLIPSE, ELLIPTICAL_ANNULUS]],
  ['elliptannulus', [{ ...ELLIPTICAL_ANNULUS, counts: either(6, 8) }]],
  ['box', [BOX, BOX_ANNULUS]],
  ['rotbox', [BOX, BOX_ANNULUS]],
  ['rectangle', [RECTANGLE]],
  ['rotrectangle', [RECTANGLE]],
  ['diamond', [DIAMOND]],
  ['rotdiamond', [DIAMOND]],
  ['rhombus', [DIAMOND]],
  ['rotrhombus', [DIAMOND]],
  ['sector', [SECTOR]],
  ['pie', [SECTOR]],
  ['point', [{ counts: either(2), coordinates: 2, angles: [], contains: point }]],
  ['line', [{ counts: either(4), coordinates: 4, angles: [], contains: line }]],
  [
    'polygon',
    [{ counts: (count: number) => count >= 6 && count % 2 === 0, coordinates: 'all', angles: [], contains: polygon }],
  ],
  ['panda', [{ counts: either(8), coordinates: 2, angles: [2, 3], contains: panda }]],
  ['epanda', [{ counts: between(10, 11), coordinates: 2, angles: [2, 3, 10], contains: ellipticalPanda }]],
  ['bpanda', [{ counts: between(10, 11), coordinates: 2, angles: [2, 3, 10], contains: boxPanda }]],
]);
