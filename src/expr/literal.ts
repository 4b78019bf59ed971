/** Larger integers are read as the largest one that 64 bits hold, as the C library does. */
const LARGEST_INTEGER = 2 ** 63;

/** A decimal integer. Beyond 2^53 it is rounded to the nearest double. */
export function parseDecimal(digits: string): number {
  return Math.min(Number(digits), LARGEST_INTEGER);
}

/** An integer given as `0b`, `0o` or `0x` digits; more than 64 bits are cut off at the top. */
export function parseRadix(text: string): number {
  return Number(BigInt.asIntN(64, BigInt(text)));
}

/** A real number; the exponent may be marked with E or (as in Fortran) D. */
export function parseReal(text: string): number {
  return Number(text.replace(/[dD]/, 'e'));
}

/** `b01x0`, `o17`, `h3F` in zeros, ones and x; undefined if the word is none of these. */
export function parseBitMask(word: string): string | undefined {
  const digits = word.slice(1).toLowerCase();
  if (/^b[01x]+$/i.test(word)) return digits;
  if (/^o[0-7x]+$/i.test(word)) return expandDigits(digits, 3);
  if (/^h[0-9a-fx]+$/i.test(word)) return expandDigits(digits, 4);
  return undefined;
}

function expandDigits(digits: string, bits: number): string {
  return Array.from(digits, (digit) =>
    digit === 'x' ? 'x'.repeat(bits) : Number.parseInt(digit, 16).toString(2).padStart(bits, '0'),
  ).join('');
}
