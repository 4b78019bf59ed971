import { IactError } from '../core/index.ts';
import { hduLabel } from './hdu-shape.ts';
import { Header, MAX_HEADER_CARDS } from './header.ts';
import { BLOCK_LENGTH, CARD_LENGTH, findEndRecord, joinPieces } from './records.ts';

/** Header records of a whole file; what is beyond is refused as broken. */
export const MAX_FILE_CARDS: number = 10 * MAX_HEADER_CARDS;

/** The blocks of a header as they stand in a file. */
export interface HeaderBlocks {
  /** The last one is short where the file ends in it. */
  readonly bytes: Uint8Array;
  /** Records up to END, which counts; `undefined` if END was not found. */
  readonly records: number | undefined;
  /** Whether the file ends before END, and before {@link MAX_HEADER_CARDS} records. */
  readonly isCut: boolean;
}

/**
 * Reads the blocks of a header up to the one with the END record.
 *
 * @param block gives the next bytes of the file, fewer than a block only at its end.
 * @see FITS 4.0 §3.3.1
 */
export async function readHeaderBlocks(block: () => Promise<Uint8Array>): Promise<HeaderBlocks> {
  const blocks: Uint8Array[] = [];
  for (let records = 0; records < MAX_HEADER_CARDS; records += BLOCK_LENGTH / CARD_LENGTH) {
    const found = await block();
    blocks.push(found);
    const end = findEndRecord(found, 0, found.length);
    if (end >= 0) return { bytes: joinPieces(blocks), records: records + end / CARD_LENGTH + 1, isCut: false };
    if (found.length < BLOCK_LENGTH) return { bytes: joinPieces(blocks), records: undefined, isCut: true };
  }
  return { bytes: joinPieces(blocks), records: undefined, isCut: false };
}

/** Reads headers one after the other, and refuses more of them than a file may have. */
export class HeaderReader {
  readonly #uri: string;
  #left = MAX_FILE_CARDS;

  constructor(uri: string) {
    this.#uri = uri;
  }

  /**
   * The next header, and its blocks as they stand in the file.
   *
   * @throws IactError 'bad-data' without END, or beyond {@link MAX_FILE_CARDS}
   */
  async read(block: () => Promise<Uint8Array>, index: number): Promise<{ header: Header; bytes: Uint8Array }> {
    const uri = this.#uri;
    const { bytes, records, isCut } = await readHeaderBlocks(block);
    if (isCut) {
      const reason = `its header ends after ${bytes.length} bytes without an END record`;
      throw new IactError('bad-data', `"${uri}" is truncated in ${hduLabel(index, '')}: ${reason}`, { uri });
    }
    if (records === undefined) {
      const reason = `no END record within ${MAX_HEADER_CARDS} records`;
      const message = `Cannot read the header of ${hduLabel(index, '')} in "${uri}": ${reason}`;
      throw new IactError('bad-data', message, { uri });
    }
    this.#left -= records;
    if (this.#left < 0) {
      throw new IactError('bad-data', `"${uri}" has more than ${MAX_FILE_CARDS} header records`, { uri });
    }
    return { header: Header.parse(bytes, uri).header, bytes };
  }
}
