/** Uniform random numbers in [0, 1) with 53 bits, the same sequence for the same seed (xoshiro128**). */
export function uniformRandom(seed: number): () => number {
  const state = new Uint32Array(4);
  // Weyl steps through a mixing function: any seed, 0 too, gives a state without pattern.
  let word = Math.trunc(seed) >>> 0;
  let high = Math.floor(Math.abs(seed) / 2 ** 32) >>> 0;
  for (let i = 0; i < 4; i++) {
    word = (word + 0x9e3779b9) >>> 0;
    high = (high + 0x7f4a7c15) >>> 0;
    state[i] = mix(word ^ mix(high));
  }
  const next = (): number => {
    const [s0, s1, s2, s3] = state as unknown as [number, number, number, number];
    const result = Math.imul(rotate(Math.imul(s1, 5), 7), 9) >>> 0;
    const [t2, t3] = [s2 ^ s0, s3 ^ s1];
    state[1] = s1 ^ t2;
    state[0] = s0 ^ t3;
    state[2] = t2 ^ (s1 << 9);
    state[3] = rotate(t3, 11);
    return result;
  };
  return () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53;
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** A random number of the normal distribution with mean 0 and standard deviation 1 (Box and Muller). */
export function normalRandom(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Above this mean, Poisson numbers are found by rejection instead of by multiplying. */
const REJECTION_MEAN = 30;

/** A random number of the Poisson distribution with this mean, which must not be negative. */
export function poissonRandom(random: () => number, mean: number): number {
  return mean < REJECTION_MEAN ? poissonByProduct(random, mean) : poissonByRejection(random, mean);
}

function poissonByProduct(random: () => number, mean: number): number {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count++;
  return count;
}

/** Transformed rejection: W. Hörmann, Insurance: Mathematics and Economics 12 (1993) 39, algorithm PTRS. */
function poissonByRejection(random: () => number, mean: number): number {
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
  for (;;) {
    const u = random() - 0.5;
    const v = 1 - random();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= 0.9277 - 3.6224 / (b - 2)) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    const accepted = Math.log(v * inverseAlpha) - Math.log(a / (us * us) + b);
    if (accepted <= k * Math.log(mean) - mean - logFactorial(k)) return k;
  }
}

/** ln k!, by Stirling's series for k above 15. */
function logFactorial(k: number): number {
  if (k > 15) {
    const inverse = 1 / k;
    const series = inverse / 12 - inverse ** 3 / 360 + inverse ** 5 / 1260;
    return k * Math.log(k) - k + 0.5 * Math.log(2 * Math.PI * k) + series;
  }
  let total = 0;
  for (let factor = 2; factor <= k; factor++) total += Math.log(factor);
  return total;
}
