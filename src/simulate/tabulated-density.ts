import type { Random } from './random.ts';

/**
 * A positive density over energy, given at nodes and a power law between two neighbours. This is also how analysis
 * tools join the nodes of a spectrum or a background model, so that truth and prediction are the same curve.
 */
export class TabulatedDensity {
  /** The integral over all energies. */
  readonly total: number;
  readonly #energies: readonly number[];
  /** The slope of each segment, plus one. */
  readonly #powers: readonly number[];
  /** The integral below each node. */
  readonly #cumulative: Float64Array;

  /**
   * @param energies two or more, growing
   * @param densities positive, one per energy
   */
  constructor(energies: readonly number[], densities: readonly number[]) {
    const segments = energies.length - 1;
    const powers = new Array<number>(segments);
    this.#cumulative = new Float64Array(energies.length);
    for (let i = 0; i < segments; i++) {
      const low = at(energies, i);
      const ratio = at(energies, i + 1) / low;
      const power = Math.log(at(densities, i + 1) / at(densities, i)) / Math.log(ratio) + 1;
      powers[i] = power;
      this.#cumulative[i + 1] = at(this.#cumulative, i) + at(densities, i) * low * powerIntegral(power, ratio);
    }
    this.#energies = energies;
    this.#powers = powers;
    this.total = at(this.#cumulative, segments);
  }

  /** An energy with this density. */
  draw(random: Random): number {
    const wanted = random.uniform() * this.total;
    let low = 0;
    let high = this.#powers.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (at(this.#cumulative, middle) <= wanted) low = middle;
      else high = middle - 1;
    }
    const below = at(this.#cumulative, low);
    const fraction = (wanted - below) / (at(this.#cumulative, low + 1) - below);
    const start = at(this.#energies, low);
    const ratio = at(this.#energies, low + 1) / start;
    const power = at(this.#powers, low);
    if (Math.abs(power) < FLAT) return start * ratio ** fraction;
    return start * (1 + fraction * (ratio ** power - 1)) ** (1 / power);
  }
}

/** Below this the power law of a segment is 1/E to working precision. */
const FLAT = 1e-9;

/** ∫ x^(power − 1) dx over 1 … ratio. */
function powerIntegral(power: number, ratio: number): number {
  return Math.abs(power) < FLAT ? Math.log(ratio) : (ratio ** power - 1) / power;
}

function at(values: ArrayLike<number>, index: number): number {
  return values[index] as number;
}
