import { type Block, type Kernel, mergeNulls, operand } from './block.ts';

const DEGREE = Math.PI / 180;

/** The haversine of the separation of two directions, 0 to 1. Angles in degrees. */
function haversine(ra1: number, dec1: number, ra2: number, dec2: number): number {
  const sinRa = Math.sin(((ra2 - ra1) * DEGREE) / 2);
  const sinDec = Math.sin(((dec2 - dec1) * DEGREE) / 2);
  const value = sinDec * sinDec + Math.cos(dec1 * DEGREE) * Math.cos(dec2 * DEGREE) * sinRa * sinRa;
  return Math.min(1, Math.max(0, value));
}

function angleOf(hav: number): number {
  return (2 * Math.atan2(Math.sqrt(hav), Math.sqrt(1 - hav))) / DEGREE;
}

/** The angle between two directions given as right ascension and declination, all in degrees. */
export function angularSeparation(ra1: number, dec1: number, ra2: number, dec2: number): number {
  return angleOf(haversine(ra1, dec1, ra2, dec2));
}

/** `angsep(ra1, dec1, ra2, dec2)`. */
export function separations(size: number): Kernel {
  return mapPlaces(size, 4, (to, v, i) => {
    to.numbers[i] = angularSeparation(v(0, i), v(1, i), v(2, i), v(3, i));
  });
}

export interface Cone {
  readonly raDeg: number;
  readonly decDeg: number;
  readonly radiusDeg: number;
  /** Whether a direction at exactly the radius is inside. */
  readonly closed: boolean;
}

/**
 * `angsep(ra, dec, RA0, DEC0) < radius` in one step, with the same result to the last bit: declinations that are too
 * far off need no trigonometry, and only separations within 1e-9 of the radius need the exact angle.
 * Operands are the right ascensions and declinations.
 */
export function insideCone(size: number, cone: Cone): Kernel {
  const { raDeg, decDeg, radiusDeg, closed } = cone;
  const isInside = (angle: number): boolean => (closed ? angle <= radiusDeg : angle < radiusDeg);
  const limit = radiusDeg > 180 ? 2 : Math.sin((Math.max(0, radiusDeg) * DEGREE) / 2) ** 2;
  const [surelyInside, surelyOutside] = [limit * (1 - 1e-9) - 1e-18, limit * (1 + 1e-9) + 1e-18];
  const reach = radiusDeg + 1e-6;
  const cosDec0 = Math.cos(decDeg * DEGREE);
  // Beyond the poles a difference in declination is no lower limit of the separation.
  const usesReach = Math.abs(decDeg) <= 90;
  return (out, args, frame) => {
    const length = frame.rows * size;
    const ra = operand(args, 0).numbers;
    const dec = operand(args, 1).numbers;
    mergeNulls(out, args, length);
    for (let i = 0; i < length; i++) {
      const dec1 = dec[i] as number;
      if (usesReach && Math.abs(dec1 - decDeg) > reach && Math.abs(dec1) <= 90) {
        out.flags[i] = 0;
        continue;
      }
      const sinRa = Math.sin(((raDeg - (ra[i] as number)) * DEGREE) / 2);
      const sinDec = Math.sin(((decDeg - dec1) * DEGREE) / 2);
      const hav = sinDec * sinDec + Math.cos(dec1 * DEGREE) * cosDec0 * sinRa * sinRa;
      const inside = hav < surelyInside || (!(hav > surelyOutside) && isInside(angleOf(Math.min(1, Math.max(0, hav)))));
      out.flags[i] = inside ? 1 : 0;
    }
  };
}

/** `near(a, b, tolerance)`: closer than the tolerance. */
export function near(size: number): Kernel {
  return mapPlaces(size, 3, (to, v, i) => {
    to.flags[i] = Math.abs(v(0, i) - v(1, i)) < v(2, i) ? 1 : 0;
  });
}

/** `circle(xCentre, yCentre, radius, x, y)`, the edge included. */
export function circle(size: number): Kernel {
  return mapPlaces(size, 5, (to, v, i) => {
    const [dx, dy, radius] = [v(3, i) - v(0, i), v(4, i) - v(1, i), v(2, i)];
    to.flags[i] = dx * dx + dy * dy <= radius * radius ? 1 : 0;
  });
}

/** `box(xCentre, yCentre, width, height, angle, x, y)`, the edge included; the angle in degrees, counter-clockwise. */
export function box(size: number): Kernel {
  return mapPlaces(size, 7, (to, v, i) => {
    const [x, y] = rotated(v(5, i) - v(0, i), v(6, i) - v(1, i), v(4, i));
    to.flags[i] = x >= -0.5 * v(2, i) && x <= 0.5 * v(2, i) && y >= -0.5 * v(3, i) && y <= 0.5 * v(3, i) ? 1 : 0;
  });
}

/** `ellipse(xCentre, yCentre, xRadius, yRadius, angle, x, y)`, the edge included; the angle as for {@link box}. */
export function ellipse(size: number): Kernel {
  return mapPlaces(size, 7, (to, v, i) => {
    const [x, y] = rotated(v(5, i) - v(0, i), v(6, i) - v(1, i), v(4, i));
    to.flags[i] = (x / v(2, i)) ** 2 + (y / v(3, i)) ** 2 <= 1 ? 1 : 0;
  });
}

function rotated(x: number, y: number, angleDeg: number): [number, number] {
  const angle = (angleDeg / 180) * Math.PI;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return [x * cos + y * sin, -x * sin + y * cos];
}

/** Sets element `index` of the result from the elements `value(argument, index)`. */
type Place = (out: Block, value: (argument: number, index: number) => number, index: number) => void;

/** A function of several numbers, element by element; null where any operand is. */
function mapPlaces(size: number, count: number, compute: Place): Kernel {
  return (out, args, frame) => {
    const length = frame.rows * size;
    const numbers = Array.from({ length: count }, (_, index) => operand(args, index).numbers);
    const value = (argument: number, index: number): number => (numbers[argument] as Float64Array)[index] as number;
    mergeNulls(out, args, length);
    for (let i = 0; i < length; i++) compute(out, value, i);
  };
}
