import { angularSeparation } from '../../expr/index.ts';
import type { SkyDirection } from '../../gadf/index.ts';

/** The angle between two directions. */
export function separationDeg(a: SkyDirection, b: SkyDirection): number {
  return angularSeparation(a.raDeg, a.decDeg, b.raDeg, b.decDeg);
}
