import { unitVector } from '../gadf/index.ts';

const DEG = Math.PI / 180;

/** The angle between two directions in degrees, exact for small ones, too. */
export function separationDeg(lonDeg: number, latDeg: number, otherLonDeg: number, otherLatDeg: number): number {
  const [a, b] = [unitVector(lonDeg, latDeg), unitVector(otherLonDeg, otherLatDeg)];
  const chord = Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
  return (2 * Math.asin(Math.min(1, chord / 2))) / DEG;
}
