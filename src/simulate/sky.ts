import { type SkyDirection, unitVector, wrapDegrees } from '../gadf/index.ts';

/** Directions in a field of view. Angles are degrees. @see GADF v0.3 coordinates */

const DEG = Math.PI / 180;

/**
 * A direction seen from a pointing: longitude and latitude on a sphere whose equator and zero meridian cross at the
 * pointing, longitude growing to the east, latitude to the north (FOV_RADEC_LON and FOV_RADEC_LAT of GADF).
 */
export interface FieldDirection {
  lonDeg: number;
  latDeg: number;
}

/** Where a sky direction appears in the field of view of a pointing. */
export function toField(direction: SkyDirection, pointing: SkyDirection): FieldDirection {
  const [x, y, z] = unitVector(direction.raDeg - pointing.raDeg, direction.decDeg);
  const [xTurned, zTurned] = turn(x, z, pointing.decDeg);
  return { lonDeg: Math.atan2(y, xTurned) / DEG, latDeg: Math.asin(clampUnit(zTurned)) / DEG };
}

/** The inverse of {@link toField}; the right ascension is in [0, 360). */
export function fromField(direction: FieldDirection, pointing: SkyDirection): SkyDirection {
  const [x, y, z] = unitVector(direction.lonDeg, direction.latDeg);
  const [xTurned, zTurned] = turn(x, z, -pointing.decDeg);
  return {
    raDeg: wrapDegrees(pointing.raDeg + Math.atan2(y, xTurned) / DEG),
    decDeg: Math.asin(clampUnit(zTurned)) / DEG,
  };
}

/** The direction at a distance from another one, at a position angle counted from north to east. */
export function offsetDirection(from: SkyDirection, positionAngleDeg: number, distanceDeg: number): SkyDirection {
  return fromField(fieldAt(positionAngleDeg, distanceDeg), from);
}

/** The field direction at a distance from the centre, at a position angle counted from north to east. */
export function fieldAt(positionAngleDeg: number, distanceDeg: number): FieldDirection {
  const sinDistance = Math.sin(distanceDeg * DEG);
  return {
    lonDeg: Math.atan2(sinDistance * Math.sin(positionAngleDeg * DEG), Math.cos(distanceDeg * DEG)) / DEG,
    latDeg: Math.asin(sinDistance * Math.cos(positionAngleDeg * DEG)) / DEG,
  };
}

/** Turns the plane of x and z so that the latitude `latDeg` on the zero meridian comes to the equator. */
function turn(x: number, z: number, latDeg: number): [number, number] {
  const cos = Math.cos(latDeg * DEG);
  const sin = Math.sin(latDeg * DEG);
  return [x * cos + z * sin, z * cos - x * sin];
}

function clampUnit(value: number): number {
  return Math.max(-1, Math.min(1, value));
}
