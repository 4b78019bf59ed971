import { IactError, messageOf } from '../core/index.ts';
import { ByteStream, type SkippableBytes } from './byte-stream.ts';
import type { Hdu, HduHead } from './hdu.ts';
import { describeHdu, hduLabel } from './hdu-shape.ts';
import { HeaderReader } from './header-blocks.ts';
import { allocate, BLOCK_LENGTH, latin1, paddedLength } from './records.ts';

/** The platform's gunzip: takes the bytes of one or several gzip members, gives the bytes in them. */
export type Inflate = (compressed: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;

/** How {@link readFits} reads. */
export interface ReadOptions {
  /** The name of the source for messages. */
  uri: string;
  inflate: Inflate;
  /**
   * The size of the source, compressed if it is, where it is known. Data that cannot be in a source of this size are
   * refused before memory is taken; without it memory grows with what arrives.
   */
  sourceBytes?: number | undefined;
  /**
   * What to do with an HDU, by its header: load its data (the default), pass over them, or end the reading with it.
   * The HDU that stops is the last of the result, without data.
   */
  select?: ((hdu: HduHead) => 'load' | 'skip' | 'stop') | undefined;
  signal?: AbortSignal | undefined;
}

/** DEFLATE cannot do better: a match of 258 bytes takes two bits. @see RFC 1951 §3.2.5 */
const MAX_DEFLATE_RATIO = 1032;

const FIRST_CAPACITY = 1 << 20;

/**
 * Reads the HDUs of a FITS file in one pass, and holds the data of those only that were to be loaded.
 *
 * Compression by gzip is recognised by content. Padding that is missing behind the last HDU, and anything behind it
 * that is not an extension, is ignored (FITS 4.0 §3.5). Of a plain file that can be skipped, data that are not loaded are
 * not read.
 *
 * @throws IactError 'bad-data' when this is not FITS, not intact gzip, or truncated; 'cancelled'; what `source` throws
 *   is passed on as it is
 * @see FITS 4.0 §3
 */
export async function readFits(
  source: AsyncIterable<Uint8Array> | SkippableBytes,
  options: ReadOptions,
): Promise<Hdu[]> {
  const raw = new ByteStream(source, options.signal);
  try {
    const magic = await raw.peek(2);
    if (magic[0] !== 0x1f || magic[1] !== 0x8b) return await readAndClose(raw, options, options.sourceBytes);
    const limit = options.sourceBytes === undefined ? undefined : options.sourceBytes * MAX_DEFLATE_RATIO;
    return await readAndClose(new ByteStream(options.inflate(raw.rest()), options.signal), options, limit);
  } catch (error) {
    if (raw.failure !== undefined) throw raw.failure;
    if (error instanceof IactError) throw error;
    const { uri } = options;
    throw new IactError('bad-data', `Cannot decompress "${uri}": ${messageOf(error)}`, { uri, cause: error });
  } finally {
    // Not awaited: the source may be in the middle of a read that nobody waits for any more.
    raw.close().catch(() => undefined);
  }
}

async function readAndClose(stream: ByteStream, options: ReadOptions, limit: number | undefined): Promise<Hdu[]> {
  try {
    return await readHdus(stream, options, limit);
  } finally {
    await stream.close();
  }
}

async function readHdus(stream: ByteStream, options: ReadOptions, limit: number | undefined): Promise<Hdu[]> {
  const { uri, select } = options;
  const hdus: Hdu[] = [];
  const headers = new HeaderReader(uri);
  for (let index = 0; ; index += 1) {
    if (!(await hasHdu(stream, index, uri))) return hdus;
    const { header } = await headers.read(() => stream.read(BLOCK_LENGTH), index);
    const head = describeHdu(header, index, uri);
    const choice = select?.(head) ?? 'load';
    if (choice === 'stop') {
      hdus.push({ ...head, data: undefined });
      return hdus;
    }
    checkClaim(head, uri, stream.position, limit);
    hdus.push({ ...head, data: await readData(stream, head, uri, choice === 'load', limit !== undefined) });
    await stream.skip(paddedLength(head.dataBytes) - head.dataBytes);
  }
}

/** Whether an HDU begins here; for the first one that is required. */
async function hasHdu(stream: ByteStream, index: number, uri: string): Promise<boolean> {
  const start = await stream.peek(9);
  const text = latin1(start, 0, start.length);
  if (index > 0) return text.startsWith('XTENSION');
  if (text === 'SIMPLE  =') return true;
  const found = text === '' ? 'it is empty' : `it begins with ${JSON.stringify(text)}`;
  throw new IactError('bad-data', `"${uri}" is not a FITS file: ${found}, needed "SIMPLE  ="`, { uri });
}

function checkClaim(head: HduHead, uri: string, position: number, limit: number | undefined): void {
  if (limit === undefined || position + head.dataBytes <= limit) return;
  throw truncated(head, uri, `at most ${Math.max(0, limit - position)} bytes of data can be there`);
}

async function readData(
  stream: ByteStream,
  head: HduHead,
  uri: string,
  load: boolean,
  credible: boolean,
): Promise<Uint8Array | undefined> {
  if (!load) {
    const skipped = await stream.skip(head.dataBytes);
    if (skipped < head.dataBytes) throw truncated(head, uri, `${skipped} bytes of data found`);
    return undefined;
  }
  const purpose = `the data of ${hduLabel(head.index, head.name)} of "${uri}"`;
  let data = allocate(credible ? head.dataBytes : Math.min(head.dataBytes, FIRST_CAPACITY), purpose);
  for (let filled = 0; ; ) {
    filled += await stream.readInto(data.subarray(filled));
    if (filled === head.dataBytes) return data;
    if (filled < data.length) throw truncated(head, uri, `${filled} bytes of data found`);
    const larger = allocate(Math.min(head.dataBytes, 2 * data.length), purpose);
    larger.set(data);
    data = larger;
  }
}

function truncated(head: HduHead, uri: string, found: string): IactError {
  const place = hduLabel(head.index, head.name);
  return new IactError('bad-data', `"${uri}" is truncated in ${place}: ${found}, ${head.dataBytes} needed`, { uri });
}
