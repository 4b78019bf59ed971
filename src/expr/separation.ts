import { separations } from './kernel-sky.ts';
import { align, make, stateless, toReal } from './make.ts';
import { constantOf, type Node, type Place } from './node.ts';
import type { Span } from './problem.ts';
import type { Scope } from './scope.ts';

/** `angsep(ra1, dec1, ra2, dec2)`: the angle between two directions, all in degrees. */
export function separation(scope: Scope, span: Span, operands: readonly Node[]): Node {
  const reals = operands.map((node) => toReal(scope.text, node));
  const { shape, args } = align(scope.text, span, reals);
  const node = make(scope.text, { type: 'real', ...shape, args, span, begin: stateless(separations(shape.size)) });
  const place = placeOf(reals, args, 2, 0) ?? placeOf(reals, args, 0, 2);
  return place === undefined || node.source.kind !== 'apply'
    ? node
    : { ...node, source: { ...node.source, separationFrom: place } };
}

/** The place, if the operands from `fixed` on are constants; the directions are those from `free` on. */
function placeOf(operands: readonly Node[], spread: readonly Node[], fixed: number, free: number): Place | undefined {
  const [raFixed, decFixed, ra, dec] = [operands[fixed], operands[fixed + 1], spread[free], spread[free + 1]];
  if (raFixed === undefined || decFixed === undefined || ra === undefined || dec === undefined) return undefined;
  const [raDeg, decDeg] = [constantOf(raFixed), constantOf(decFixed)];
  return typeof raDeg === 'number' && typeof decDeg === 'number' ? { ra, dec, raDeg, decDeg } : undefined;
}
