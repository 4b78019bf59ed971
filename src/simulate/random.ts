/**
 * Reproducible random numbers: xoshiro128** (Blackman and Vigna, 2018) with one independent stream per purpose.
 *
 * A generator is a plain sequence: the same state gives the same numbers on every platform, because only 32-bit
 * integer operations and IEEE 754 arithmetic are used before the transcendental functions of {@link Random.normal}.
 */
export class Random {
  #s0: number;
  #s1: number;
  #s2: number;
  #s3: number;

  /** @param state four 32-bit words, not all zero */
  constructor(state: readonly [number, number, number, number]) {
    [this.#s0, this.#s1, this.#s2, this.#s3] = state;
  }

  /**
   * The stream of a seed, a stream number and a purpose. Different triples have different states: every word of the
   * state is a bijection of one part of the triple.
   *
   * @param seed an integer in 0 … 2^53 − 1
   * @param stream an integer in 0 … 2^32 − 1, for example the position of an observation
   * @param purpose an integer in 0 … 2^32 − 1 that separates uses of the same stream
   */
  static stream(seed: number, stream: number, purpose: number): Random {
    const random = new Random([
      scramble(seed >>> 0),
      scramble(Math.floor(seed / 0x1_0000_0000) ^ 0x85eb_ca6b),
      scramble(stream ^ 0xc2b2_ae35),
      scramble(purpose + 0x9e37_79b9),
    ]);
    // Streams that differ in few bits part only after the state has been mixed.
    for (let step = 0; step < 20; step++) random.uint32();
    return random;
  }

  /** The next 32 bits. */
  uint32(): number {
    const result = Math.imul(rotateLeft(Math.imul(this.#s1, 5), 7), 9) >>> 0;
    const shifted = this.#s1 << 9;
    this.#s2 ^= this.#s0;
    this.#s3 ^= this.#s1;
    this.#s1 ^= this.#s2;
    this.#s0 ^= this.#s3;
    this.#s2 ^= shifted;
    this.#s3 = rotateLeft(this.#s3, 11);
    return result;
  }

  /** Uniform in [0, 1), with 53 random bits. */
  uniform(): number {
    return ((this.uint32() >>> 5) * 0x400_0000 + (this.uint32() >>> 6)) / 0x20_0000_0000_0000;
  }

  /** An integer in `low … high`, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.uniform() * (high - low + 1));
  }

  /** Standard normal (Box and Muller, 1958). */
  normal(): number {
    return this.rayleigh() * Math.cos(2 * Math.PI * this.uniform());
  }

  /** The length of a vector of two standard normals. */
  rayleigh(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform()));
  }

  /** Poisson with a mean of zero or more. */
  poisson(mean: number): number {
    return mean < 10 ? this.#poissonByProduct(mean) : this.#poissonByRejection(mean);
  }

  #poissonByProduct(mean: number): number {
    const limit = Math.exp(-mean);
    let count = 0;
    for (let product = this.uniform(); product > limit; product *= this.uniform()) count++;
    return count;
  }

  /** Transformed rejection, algorithm PTRS of Hörmann (1993), Insurance: Mathematics and Economics 12, 39. */
  #poissonByRejection(mean: number): number {
    const b = 0.931 + 2.53 * Math.sqrt(mean);
    const a = -0.059 + 0.02483 * b;
    const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
    const quick = 0.9277 - 3.6224 / (b - 2);
    for (;;) {
      const u = this.uniform() - 0.5;
      const v = this.uniform();
      const us = 0.5 - Math.abs(u);
      const count = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
      if (us >= 0.07 && v <= quick) return count;
      if (count < 0 || (us < 0.013 && v > us)) continue;
      const log = Math.log((v * inverseAlpha) / (a / (us * us) + b));
      if (log <= count * Math.log(mean) - mean - logFactorial(count)) return count;
    }
  }
}

/** ln(n!) for an integer n ≥ 0, to 1e-10: Stirling's series above 9, the product below. */
export function logFactorial(n: number): number {
  if (n < 10) {
    let product = 1;
    for (let factor = 2; factor <= n; factor++) product *= factor;
    return Math.log(product);
  }
  const x = n + 1;
  const inverse = 1 / (x * x);
  const series = (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse / 1680))) / x;
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series;
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** The finalizer of MurmurHash3: a bijection of 32-bit words in which every input bit moves every output bit. */
function scramble(word: number): number {
  let mixed = word;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
  return mixed ^ (mixed >>> 16);
}
