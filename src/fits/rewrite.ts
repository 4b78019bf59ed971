import { IactError } from '../core/index.ts';
import { ByteStream } from './byte-stream.ts';
import type { HduHead } from './hdu.ts';
import { describeHdu, hduLabel } from './hdu-shape.ts';
import type { Header } from './header.ts';
import { HeaderReader } from './header-blocks.ts';
import { BLOCK_LENGTH, paddedLength } from './records.ts';
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
  const headers = new HeaderReader(uri);
  try {
    for (let index = 0; await beginsHdu(stream, index); index += 1) {
      const { header, bytes } = await headers.read(() => stream.read(BLOCK_LENGTH), index);
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
