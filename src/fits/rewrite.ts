import { IactError } from '../core/index.ts';
import { ByteStream } from './byte-stream.ts';
import { CARD_LENGTH } from './card.ts';
import type { HduHead } from './hdu.ts';
import { describeHdu, hduLabel } from './hdu-shape.ts';
import { Header, MAX_HEADER_CARDS } from './header.ts';
import { BLOCK_LENGTH, isEndRecord, paddedLength } from './records.ts';
import { fillByte } from './write.ts';

/** What an HDU becomes. */
export interface HduChange {
  readonly header: Header;
  /** Other data, without padding, of the size that the header gives; absent where the data stay. */
  readonly data?: Uint8Array;
}

export interface RewriteOptions {
  /** The name of the source for messages. */
  readonly uri: string;
  /** By the header of an HDU; `undefined` if it stays as it is. */
  readonly change: (hdu: HduHead) => HduChange | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Copies a FITS file, not compressed, with changes in some HDUs. All else passes byte for byte, also what is wrong in it:
 * headers and data of other HDUs, the bytes that fill blocks, bytes behind the last HDU. Memory holds one header and one
 * chunk.
 *
 * @throws IactError 'bad-data' where the HDUs cannot be told, or where other data do not fit their header
 */
export async function* rewriteFits(
  source: AsyncIterable<Uint8Array>,
  { uri, change, signal }: RewriteOptions,
): AsyncGenerator<Uint8Array, void> {
  const stream = new ByteStream(source, signal);
  try {
    for (let index = 0; await beginsHdu(stream, index); index += 1) {
      const { header, bytes } = await readHeader(stream, index, uri);
      const head = describeHdu(header, index, uri);
      const unitBytes = paddedLength(head.dataBytes);
      const changed = change(head);
      yield changed?.header.encode() ?? bytes;
      if (changed?.data === undefined) yield* take(stream, unitBytes);
      else {
        requireFit(changed, index, uri);
        await stream.skip(unitBytes);
        yield changed.data;
        yield new Uint8Array(paddedLength(changed.data.length) - changed.data.length).fill(fillByte(head));
      }
    }
    yield* stream.rest();
  } finally {
    await stream.close();
  }
}

async function beginsHdu(stream: ByteStream, index: number): Promise<boolean> {
  const wanted = index === 0 ? 'SIMPLE' : 'XTENSION';
  return new TextDecoder('latin1').decode(await stream.peek(wanted.length)) === wanted;
}

async function readHeader(
  stream: ByteStream,
  index: number,
  uri: string,
): Promise<{ header: Header; bytes: Uint8Array }> {
  const blocks: Uint8Array[] = [];
  for (let records = 0; records < MAX_HEADER_CARDS; records += BLOCK_LENGTH / CARD_LENGTH) {
    const block = new Uint8Array(BLOCK_LENGTH);
    const filled = await stream.readInto(block);
    if (filled < BLOCK_LENGTH) break;
    blocks.push(block);
    if (!hasEnd(block)) continue;
    const bytes = joined(blocks);
    return { header: Header.parse(bytes, uri).header, bytes };
  }
  throw new IactError('bad-data', `Cannot read the header of ${hduLabel(index, '')} in "${uri}": it has no END`, {
    uri,
  });
}

function hasEnd(block: Uint8Array): boolean {
  for (let at = 0; at < block.length; at += CARD_LENGTH) if (isEndRecord(block, at)) return true;
  return false;
}

function joined(blocks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(blocks.length * BLOCK_LENGTH);
  for (const [i, block] of blocks.entries()) bytes.set(block, i * BLOCK_LENGTH);
  return bytes;
}

/** The next bytes as chunks; fewer where the file ends within its last block. */
async function* take(stream: ByteStream, length: number): AsyncGenerator<Uint8Array, void> {
  for (let left = length; left > 0; ) {
    const chunk = new Uint8Array(Math.min(left, CHUNK_BYTES));
    const filled = await stream.readInto(chunk);
    if (filled > 0) yield chunk.subarray(0, filled);
    if (filled < chunk.length) return;
    left -= filled;
  }
}

const CHUNK_BYTES = 1 << 20;

function requireFit({ header, data }: HduChange, index: number, uri: string): void {
  const { dataBytes, name } = describeHdu(header, index, uri);
  if (data === undefined || data.length === dataBytes) return;
  const found = `${data.length} bytes of data given, ${dataBytes} needed`;
  throw new IactError('bad-data', `Cannot write ${hduLabel(index, name)} of "${uri}": ${found}`, { uri });
}
