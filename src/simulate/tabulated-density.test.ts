import { describe, expect, it } from 'vitest';
import { Random } from './random.ts';
import { TabulatedDensity } from './tabulated-density.ts';

describe('TabulatedDensity', () => {
  it('total is the exact integral of power laws, 1/E among them', () => {
    const energies = [0.1, 1, 10];
    // E^-2 up to 1, then 1/E: 9 + ln 10
    const density = new TabulatedDensity(energies, [100, 1, 0.1]);
    expect(density.total).toBeCloseTo(9 + Math.log(10), 12);
  });

  it('draw() follows the density', () => {
    const density = new TabulatedDensity([0.1, 1, 10], [100, 1, 0.1]);
    const random = Random.stream(1, 0, 0);
    const n = 100_000;
    const edges = [0.1, 0.2, 0.5, 1, 2, 5, 10];
    const below = (energy: number): number => (energy < 1 ? 10 - 1 / energy : 9 + Math.log(energy));
    const counts = new Array<number>(edges.length - 1).fill(0);
    for (let i = 0; i < n; i++) {
      const energy = density.draw(random);
      counts[edges.findIndex((edge) => edge > energy) - 1]! += 1;
    }
    for (const [i, count] of counts.entries()) {
      const expected = (n * (below(edges[i + 1]!) - below(edges[i]!))) / density.total;
      expect(Math.abs(count - expected)).toBeLessThan(4 * Math.sqrt(expected));
    }
  });
});
