import { IactError } from '../core/index.ts';
import type { CardValue } from './card-value.ts';
import type { Hdu, HduHead, HduOutput } from './hdu.ts';
import { describeHdu, hduLabel } from './hdu-shape.ts';
import type { Header } from './header.ts';
import { latin1, paddedLength } from './records.ts';
import { dataPieces, fillByte } from './write.ts';

/** What a checksum keyword says about an HDU; a keyword that is empty is absent. */
export type ChecksumState = 'ok' | 'wrong' | 'absent';

/** The sum of an HDU whose checksum is right: minus zero in ones' complement. */
export const ALL_ONES = 0xffffffff;

/**
 * Compares DATASUM and CHECKSUM with the header and data that were read; the padding of the data is taken to be what
 * the standard asks for.
 *
 * @throws IactError 'usage' when the data were not loaded
 * @see FITS 4.0 §4.4.2.7 and appendix J
 */
export function verifyChecksum(hdu: Hdu): { datasum: ChecksumState; checksum: ChecksumState } {
  if (hdu.data === undefined && hdu.dataBytes > 0) {
    throw new IactError(
      'usage',
      `Cannot verify the checksum of ${hduLabel(hdu.index, hdu.name)}: its data were not loaded`,
    );
  }
  const datasum = hdu.header.get('DATASUM');
  const checksum = hdu.header.get('CHECKSUM');
  const sum = dataSum(hdu, hdu.data === undefined ? [] : [hdu.data]);
  const state = (value: unknown, right: () => boolean): ChecksumState =>
    value === undefined || value === '' ? 'absent' : right() ? 'ok' : 'wrong';
  return {
    datasum: state(datasum, () => isDatasum(datasum, sum)),
    checksum: state(checksum, () => addBytes(sum, [hdu.header.encode()]) === ALL_ONES),
  };
}

/** Whether the value of DATASUM tells this sum; a few writers give the number itself instead of its digits in quotes. */
export function isDatasum(value: CardValue | undefined, sum: number): boolean {
  return /^ *\d+ *$/.test(String(value)) && Number(value) === sum;
}

/**
 * Writes DATASUM and CHECKSUM into the header of an HDU, in their place or at its end. The header must not change any
 * more after that.
 *
 * @see FITS 4.0 appendix J
 */
export function setChecksum(hdu: HduOutput): void {
  const head = describeHdu(hdu.header, 1, 'the file to be written');
  const sum = dataSum(head, dataPieces(hdu));
  hdu.header.set('DATASUM', String(sum), 'data unit checksum');
  hdu.header.set('CHECKSUM', '0'.repeat(16), 'HDU checksum');
  hdu.header.set('CHECKSUM', encodeSum(~addBytes(sum, [hdu.header.encode()]) >>> 0));
}

/**
 * Brings those of DATASUM and CHECKSUM up to date that a header has and that are not empty, in their place. The header must not change any more
 * after that.
 *
 * @param sum of the data and the bytes that fill their last block, as DATASUM tells it.
 * @see FITS 4.0 appendix J
 */
export function renewChecksum(header: Header, sum: number): void {
  const isThere = (keyword: string): boolean => !['', undefined].includes(header.get(keyword) as string | undefined);
  if (isThere('DATASUM')) header.set('DATASUM', String(sum));
  if (!isThere('CHECKSUM')) return;
  header.set('CHECKSUM', '0'.repeat(16));
  header.set('CHECKSUM', encodeSum(~addBytes(sum, [header.encode()]) >>> 0));
}

/** The sum of data, to which zeros that fill their last block add nothing. */
export function sumOfData(data: Uint8Array): number {
  return addBytes(0, [data]);
}

/** The sum of the data with their padding, whose blanks count in ASCII tables. */
function dataSum(head: HduHead, pieces: Iterable<Uint8Array>): number {
  const fill = fillByte(head);
  const padding = paddedLength(head.dataBytes) - head.dataBytes;
  return addBytes(0, fill === 0 ? pieces : [...pieces, new Uint8Array(padding).fill(fill)]);
}

/** The ones' complement sum of 32-bit words over pieces that follow one another; a last short word is filled with zeros. */
function addBytes(start: number, pieces: Iterable<Uint8Array>): number {
  const sum = new WordSum(start);
  for (const piece of pieces) sum.add(piece);
  return sum.value;
}

/** A ones' complement sum of 32-bit words that grows by pieces of any length. @see FITS 4.0 appendix J */
export class WordSum {
  #sum: number;
  #phase = 0;

  constructor(start = 0) {
    this.#sum = start;
  }

  /** The sum so far; a last short word counts as filled with zeros. */
  get value(): number {
    return this.#sum;
  }

  add(piece: Uint8Array): void {
    let sum = this.#sum;
    let phase = this.#phase;
    let at = 0;
    for (; phase !== 0 && at < piece.length; at += 1, phase = (phase + 1) % 4) {
      sum += (piece[at] as number) * 2 ** (24 - 8 * phase);
    }
    const view = new DataView(piece.buffer, piece.byteOffset, piece.byteLength);
    while (at + 4 <= piece.length) {
      // A double holds the sum of 2^20 words exactly, so that carries are folded rarely.
      const stop = Math.min(piece.length - 3, at + (4 << 20));
      for (; at < stop; at += 4) sum += view.getUint32(at);
      sum = fold(sum);
    }
    for (; at < piece.length; at += 1, phase = (phase + 1) % 4) sum += (piece[at] as number) * 2 ** (24 - 8 * phase);
    this.#sum = fold(sum);
    this.#phase = phase;
  }
}

function fold(sum: number): number {
  let folded = sum;
  while (folded > ALL_ONES) folded = (folded % 2 ** 32) + Math.floor(folded / 2 ** 32);
  return folded;
}

/**
 * A number as 16 letters and digits that add to it as four words, so placed that they stand at byte 11 of their card.
 * @see FITS 4.0 §J.2
 */
function encodeSum(sum: number): string {
  const characters = new Uint8Array(16);
  for (let i = 0; i < 4; i += 1) {
    const byte = (sum >>> (24 - 8 * i)) & 0xff;
    spreadByte(byte).forEach((character, j) => {
      characters[(4 * j + i + 1) % 16] = character;
    });
  }
  return latin1(characters, 0, 16);
}

/** Four ASCII letters or digits whose codes, less 48 each, add to `byte`. */
function spreadByte(byte: number): number[] {
  const quarter = (byte >> 2) + 0x30;
  const codes = [quarter + (byte & 3), quarter, quarter, quarter];
  for (let pair = 0; pair < 4; pair += 2) {
    while (isPunctuation(codes[pair] as number) || isPunctuation(codes[pair + 1] as number)) {
      codes[pair] = (codes[pair] as number) + 1;
      codes[pair + 1] = (codes[pair + 1] as number) - 1;
    }
  }
  return codes;
}

function isPunctuation(code: number): boolean {
  return (code >= 0x3a && code <= 0x40) || (code >= 0x5b && code <= 0x60);
}
