import { IactError } from '../core/index.ts';

/** Bytes of a FITS block. @see FITS 4.0 §3.1 */
export const BLOCK_LENGTH = 2880;

/** `length` rounded up to whole blocks. */
export function paddedLength(length: number): number {
  return Math.ceil(length / BLOCK_LENGTH) * BLOCK_LENGTH;
}

/** What it calls latin1 is windows-1252, which has other characters for some bytes from 0x80 to 0x9f. */
const DECODER = new TextDecoder('latin1');
/** Below this a call of the decoder takes longer than it saves; a header it decodes ten times faster. */
const SHORT_TEXT = 200;

/** Bytes as text, one character for each byte, so that the bytes can be had back whatever they are. */
export function latin1(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > SHORT_TEXT) {
    const decoded = DECODER.decode(bytes.subarray(start, end));
    if (!/[^\0-\xff]/.test(decoded)) return decoded;
  }
  let text = '';
  // One call takes its arguments on the stack, hence pieces.
  for (let at = start; at < end; at += 4096) {
    text += String.fromCharCode.apply(null, bytes.subarray(at, Math.min(at + 4096, end)) as unknown as number[]);
  }
  return text;
}

/** Pieces as one; a single one is not copied. */
export function joinPieces(pieces: readonly Uint8Array[]): Uint8Array {
  const [first] = pieces;
  if (pieces.length === 1 && first !== undefined) return first;
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** How many bytes from `start` up to `end` are others than `wanted`. */
export function countOthers(bytes: Uint8Array, start: number, end: number, wanted: number): number {
  let count = 0;
  for (let at = start; at < end; at += 1) if (bytes[at] !== wanted) count += 1;
  return count;
}

/** Writes text, one byte for each character, and returns the position behind it. */
export function putLatin1(bytes: Uint8Array, at: number, text: string): number {
  for (let i = 0; i < text.length; i += 1) bytes[at + i] = text.charCodeAt(i);
  return at + text.length;
}

/** Bytes of a keyword record. @see FITS 4.0 §4.1 */
export const CARD_LENGTH = 80;

/** `END`, and blanks that show that the keyword ends there and has no value. */
const END = Uint8Array.of(0x45, 0x4e, 0x44, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20);

/** Where the END record begins, of the records between two positions; -1 if it is not among them. */
export function findEndRecord(bytes: Uint8Array, start: number, end: number): number {
  const last = Math.min(end, bytes.length) - CARD_LENGTH;
  // Comparing bytes is ten times faster than making a text, and mostly the first one tells.
  for (let at = start; at <= last; at += CARD_LENGTH) if (bytes[at] === END[0] && isEndRecord(bytes, at)) return at;
  return -1;
}

function isEndRecord(bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < END.length; i += 1) {
    if (bytes[at + i] !== END[i]) return false;
  }
  return true;
}

/** Text without its trailing blanks (and only blanks: other white space is part of a value). */
export function trimBlanks(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 0x20) end -= 1;
  return text.slice(0, end);
}

/**
 * Zeroed memory.
 * @throws IactError 'bad-data' when it is more than the platform gives in one piece
 */
export function allocate(bytes: number, purpose: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(bytes);
  } catch (cause) {
    throw new IactError('bad-data', `Cannot hold ${purpose} in memory: ${bytes} bytes are needed`, { cause });
  }
}
