/** Versions of the specification that ask for different things. */
export type FormatVersion = '0.2' | '0.3';

/**
 * The version of GADF that the cards of an HDU tell: HDUVERS, which ctapipe writes with a "v" before it. `undefined` for
 * other versions, and for HDUs whose HDUCLASS is not GADF.
 *
 * @see GADF v0.3 hduclass
 */
export function formatVersionOf(cardOf: (keyword: string) => unknown): FormatVersion | undefined {
  const version = cardOf('HDUVERS');
  if (cardOf('HDUCLASS') !== 'GADF' || typeof version !== 'string') return undefined;
  const number = version.trim().replace(/^v/i, '');
  return number === '0.2' || number === '0.3' ? number : undefined;
}
