import { IactError } from '../core/index.ts';
import type { HduHead, HduKind } from './hdu.ts';
import type { Header } from './header.ts';

const BITPIX = new Set([8, 16, 32, 64, -32, -64]);
/** @see FITS 4.0 §4.4.1 */
const MAX_AXES = 999;

/**
 * What a header says about its HDU.
 *
 * @throws IactError 'bad-data' when BITPIX, NAXIS, NAXISn, PCOUNT or GCOUNT is absent, not an integer or out of range,
 *   or when the size they give is beyond 2^53 bytes
 */
export function describeHdu(header: Header, index: number, uri: string): HduHead {
  const extension = header.get('EXTNAME');
  const name = typeof extension === 'string' ? extension : '';
  const place = `the header of ${hduLabel(index, name)} in "${uri}"`;
  return { index, kind: hduKind(header, index), name, header, dataBytes: dataBytes(header, place, uri) };
}

/** An HDU as messages name it: `HDU 1 ("EVENTS")`. */
export function hduLabel(index: number, name: string): string {
  return name === '' ? `HDU ${index}` : `HDU ${index} ("${name}")`;
}

function hduKind(header: Header, index: number): HduKind {
  if (index === 0) return 'image';
  switch (header.get('XTENSION')) {
    case 'IMAGE':
    case 'IUEIMAGE':
      return 'image';
    case 'BINTABLE':
    case 'A3DTABLE':
      return 'bintable';
    case 'TABLE':
      return 'asciitable';
    default:
      return 'other';
  }
}

/** |BITPIX|/8 · GCOUNT · (PCOUNT + Π NAXISn). @see FITS 4.0 §4.4.1.2 and §6.1 (random groups) */
function dataBytes(header: Header, place: string, uri: string): number {
  const refuse = (reason: string): never => {
    throw new IactError('bad-data', `Cannot use ${place}: ${reason}`, { uri });
  };
  const count = (keyword: string, fallback?: number): number => {
    const value = header.integer(keyword) ?? fallback;
    if (value === undefined) return refuse(`the keyword ${keyword} is missing`);
    return value < 0 ? refuse(`${keyword} is ${value}, needed 0 or more`) : value;
  };
  const bitpix = header.integer('BITPIX');
  if (bitpix === undefined || !BITPIX.has(bitpix))
    return refuse(`BITPIX is ${bitpix}, needed 8, 16, 32, 64, -32 or -64`);
  const axes = count('NAXIS');
  if (axes > MAX_AXES) return refuse(`NAXIS is ${axes}, needed at most ${MAX_AXES}`);
  if (axes === 0) return 0;
  const lengths = Array.from({ length: axes }, (_, i) => count(`NAXIS${i + 1}`));
  if (lengths[0] === 0 && axes > 1 && header.get('GROUPS') === true) lengths.shift();
  const elements = lengths.includes(0) ? 0 : lengths.reduce((product, length) => product * length, 1);
  const size = (Math.abs(bitpix) / 8) * count('GCOUNT', 1) * (count('PCOUNT', 0) + elements);
  return size <= Number.MAX_SAFE_INTEGER ? size : refuse(`the size of the data, ${size} bytes, is impossible`);
}
