/** Bits behind the point of the fixed-point numbers below: a result is right to 70 bits and more, a double has 53. */
const BITS = 160n;
const ONE = 1n << BITS;

/**
 * `base` to the power of `exponent`, rounded correctly, as the C library of Linux has it. `Math.pow` may be off by a unit
 * in the last place, which is seen in the 15 digits of a model file.
 *
 * @param base finite and greater than 0; anything else goes to `Math.pow`.
 * @param exponent finite; likewise.
 */
export function power(base: number, exponent: number): number {
  const rough = base ** exponent;
  // Where the result is 0, subnormal, infinite or no number, no digits are at stake.
  const isOrdinary = rough >= 2 ** -1022 && Number.isFinite(rough);
  if (!(base > 0) || !Number.isFinite(base) || !isOrdinary) return rough;
  return exponential((logarithm(base) * fixed(exponent)) >> BITS);
}

/**
 * The logarithm of a positive number to the base 10, as the C library of Linux has it: the natural logarithm of the
 * mantissa, rounded, and the exponent, joined in doubles.
 */
export function log10(value: number): number {
  const exponent = Math.floor(Math.log2(value));
  // Below 1 the mantissa is taken between 1/2 and 1, so that both parts have one sign.
  const shift = exponent < 0 ? exponent + 1 : exponent;
  const mantissa = Number(logarithm(scaled(value, -shift))) / Number(ONE);
  return shift * LOG10_2_LOW + Math.LOG10E * mantissa + shift * LOG10_2_HIGH;
}

/** log10(2) in two parts, the first with so few bits that its products with exponents are exact. */
const LOG10_2_HIGH = 0.30102999566361177;
const LOG10_2_LOW = 3.694239077158931e-13;

/** The natural logarithm of a positive double. */
function logarithm(value: number): bigint {
  const exponent = Math.floor(Math.log2(value));
  const mantissa = fixed(scaled(value, -exponent));
  return logarithmNear1(mantissa) + BigInt(exponent) * LN2;
}

/** ln x = 2 artanh((x - 1) / (x + 1)), for x between 0.5 and 4. */
function logarithmNear1(x: bigint): bigint {
  const z = ((x - ONE) << BITS) / (x + ONE);
  const square = (z * z) >> BITS;
  let sum = 0n;
  let term = z;
  for (let divisor = 1n; term !== 0n && term !== -1n; divisor += 2n) {
    sum += term / divisor;
    term = (term * square) >> BITS;
  }
  return 2n * sum;
}

const LN2 = logarithmNear1(2n * ONE);

/** e^x = 2^k e^r, with r within half of ln 2. */
function exponential(x: bigint): number {
  const k = (2n * x + LN2) / (2n * LN2) - (2n * x + LN2 < 0n ? 1n : 0n);
  const r = x - k * LN2;
  let sum = 0n;
  let term = ONE;
  for (let divisor = 1n; term !== 0n && term !== -1n; divisor += 1n) {
    sum += term;
    term = ((term * r) >> BITS) / divisor;
  }
  // The conversion to a double rounds to nearest; the scaling is exact.
  return scaled(Number(sum), Number(k) - Number(BITS));
}

/** A double as a fixed-point number; bits beyond the last are cut. */
function fixed(value: number): bigint {
  const exponent = value === 0 ? 0 : Math.floor(Math.log2(Math.abs(value)));
  // 60 instead of 52, as the logarithm of a value just below a power of 2 may round up.
  const whole = BigInt(scaled(value, 60 - exponent));
  const shift = BITS + BigInt(exponent - 60);
  return shift >= 0n ? whole << shift : whole >> -shift;
}

/** value × 2^exponent, in two steps, as neither factor alone may overflow. */
function scaled(value: number, exponent: number): number {
  const half = Math.trunc(exponent / 2);
  return value * 2 ** half * 2 ** (exponent - half);
}
