import { IactError } from '../core/index.ts';
import type { HduHead, HduOutput } from './hdu.ts';
import { describeHdu, hduLabel } from './hdu-shape.ts';
import { type CardEntry, Header, setCards } from './header.ts';
import { paddedLength } from './records.ts';

/** Data are handed on in views of at most this length. */
const CHUNK_LENGTH = 1 << 20;

/**
 * The bytes of a FITS file, as chunks; large data are handed on as views, not copied.
 *
 * @throws IactError 'bad-data' when an HDU is out of place (SIMPLE first, XTENSION then) or its data have another
 *   length than its header gives
 * @see FITS 4.0 §3
 */
export function* writeFits(hdus: readonly HduOutput[]): Generator<Uint8Array> {
  for (const [index, hdu] of hdus.entries()) {
    const head = describeHdu(hdu.header, index, 'the file to be written');
    const wanted = index === 0 ? 'SIMPLE' : 'XTENSION';
    if (hdu.header.cards[0]?.keyword !== wanted) {
      throw cannotWrite(head, `its header begins with "${hdu.header.cards[0]?.keyword ?? 'END'}", needed "${wanted}"`);
    }
    yield hdu.header.encode();
    let length = 0;
    for (const piece of dataPieces(hdu)) {
      length += piece.length;
      for (let at = 0; at < piece.length; at += CHUNK_LENGTH) yield piece.subarray(at, at + CHUNK_LENGTH);
    }
    if (length !== head.dataBytes) throw cannotWrite(head, `${length} bytes of data given, ${head.dataBytes} needed`);
    const padding = paddedLength(length) - length;
    if (padding > 0) yield new Uint8Array(padding).fill(fillByte(head));
  }
}

/** The data of an HDU as pieces, none where it has none. */
export function dataPieces(hdu: HduOutput): Iterable<Uint8Array> {
  if (hdu.data === undefined) return [];
  return hdu.data instanceof Uint8Array ? [hdu.data] : hdu.data;
}

/** What fills the last block: blanks for ASCII tables, zeros elsewhere. @see FITS 4.0 §7.2.3 and §3.3.2 */
export function fillByte(hdu: HduHead): number {
  return hdu.kind === 'asciitable' ? 0x20 : 0;
}

/**
 * The header of a primary HDU without data that extensions follow.
 *
 * @param cards keyword, value and comment of further cards, in order
 * @see FITS 4.0 §4.4.1.1
 */
export function primaryHeader(cards: readonly CardEntry[] = []): Header {
  const header = new Header();
  header.set('SIMPLE', true, 'file conforms to the FITS standard');
  header.set('BITPIX', 8, 'bits per data value');
  header.set('NAXIS', 0, 'number of axes');
  header.set('EXTEND', true, 'there may be extensions');
  setCards(header, cards);
  return header;
}

function cannotWrite(head: HduHead, reason: string): IactError {
  return new IactError('bad-data', `Cannot write ${hduLabel(head.index, head.name)}: ${reason}`);
}
