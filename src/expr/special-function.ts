const TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);
/** Below, the error function is summed as a series; above, its complement is a continued fraction. */
const SERIES_LIMIT = 1.5;
/** Beyond, erfc is below the smallest number. */
const ERFC_LIMIT = 28;

/** The error function, within a few units of the last digit. */
export function erf(x: number): number {
  if (Math.abs(x) < SERIES_LIMIT) return erfSeries(x);
  return x > 0 ? 1 - erfcFraction(x) : x < 0 ? erfcFraction(-x) - 1 : x;
}

/** The complement of the error function; small values keep their relative precision. */
export function erfc(x: number): number {
  if (Math.abs(x) < 0.5) return 1 - erfSeries(x);
  return x > 0 ? erfcFraction(x) : x < 0 ? 2 - erfc(-x) : x;
}

/** erf x = 2/sqrt(pi) exp(-x^2) (x + 2 x^3 / 3 + 4 x^5 / 15 + ...): all terms have the sign of x. */
function erfSeries(x: number): number {
  let term = x;
  let total = x;
  for (let n = 1; Math.abs(term) > Math.abs(total) * 1e-17; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    total += term;
  }
  return TWO_OVER_SQRT_PI * expMinusSquare(x) * total;
}

/** erfc x = exp(-x^2)/sqrt(pi) / (x + (1/2)/(x + (2/2)/(x + (3/2)/(x + ...)))) for x > 0, from the far end back. */
function erfcFraction(x: number): number {
  if (x > ERFC_LIMIT) return 0;
  let denominator = x;
  // The error falls as exp(-2 x sqrt(2 n)).
  for (let n = Math.ceil(200 / (x * x)) + 10; n >= 1; n--) denominator = x + n / 2 / denominator;
  return ((TWO_OVER_SQRT_PI / 2) * expMinusSquare(x)) / denominator;
}

/** exp(-x^2), with the square taken in two parts: a rounded square would cost three digits for large x. */
function expMinusSquare(x: number): number {
  const high = Math.fround(x);
  return Math.exp(-high * high) * Math.exp(-(x - high) * (x + high));
}

/** Lanczos' approximation with g = 7 (Godfrey's nine coefficients). */
const LANCZOS_G = 7;
const LANCZOS_FIRST = 0.99999999999980993;
const LANCZOS: readonly number[] = [
  676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** The gamma function, within 1e-13 of its value; exact factorials for whole numbers. NaN for 0, -1, -2, ... */
export function gamma(x: number): number {
  if (Number.isInteger(x)) return factorialBelow(x);
  if (x < 0.5) return Math.PI / (Math.sin(Math.PI * x) * gamma(1 - x));
  const y = x - 1;
  const t = y + LANCZOS_G + 0.5;
  const sum = LANCZOS.reduce((total, coefficient, k) => total + coefficient / (y + k + 1), LANCZOS_FIRST);
  // In two halves: the power alone would overflow for x above 142.
  const half = t ** ((y + 0.5) / 2);
  return Math.sqrt(2 * Math.PI) * half * Math.exp(-t) * half * sum;
}

function factorialBelow(x: number): number {
  if (x <= 0) return Number.NaN;
  let product = 1;
  for (let factor = 2; factor < x && product < Number.POSITIVE_INFINITY; factor++) product *= factor;
  return product;
}
