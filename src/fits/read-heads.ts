import { IactError, messageOf } from '../core/index.ts';
import { ByteStream } from './byte-stream.ts';
import type { HduHead } from './hdu.ts';
import { describeHdu, hduLabel } from './hdu-shape.ts';
import { HeaderReader } from './header-blocks.ts';
import type { Inflate } from './read.ts';
import { BLOCK_LENGTH, joinPieces, latin1, paddedLength } from './records.ts';

/** A file of which parts can be read. */
export interface RangedFile {
  readonly sizeBytes: number;
  /** The bytes from `start` on, up to but not including `end`; fewer where the file ends before. */
  read(start: number, end: number): AsyncIterable<Uint8Array>;
  /** The same without waiting, where that is possible. */
  readNow?(start: number, end: number): Uint8Array | undefined;
}

export interface ReadHeadsOptions {
  /** The name of the file for messages. */
  readonly uri: string;
  readonly inflate: Inflate;
  readonly signal?: AbortSignal | undefined;
}

/** Read at once: most headers, and the small tables between them. */
const WINDOW_BYTES = 6 * BLOCK_LENGTH;

/** Data behind the last header that are worth not being expanded. */
const LARGE_REST_BYTES = 64 * 1024;

/**
 * Reads the headers of all HDUs of a file, and no data: of a plain file only the parts that hold headers are read. What is
 * compressed by gzip, as its content tells, must be expanded up to the last header.
 *
 * @throws IactError 'bad-data' when this is not FITS, not intact gzip (as far as it was read), or when data are missing at
 *   its end; 'cancelled'; what `file` throws is passed on as it is
 * @see FITS 4.0 §3
 */
export async function readHeads(file: RangedFile, options: ReadHeadsOptions): Promise<HduHead[]> {
  const plain = new RangeCursor(file, options.signal);
  const magic = await plain.read(0, 2);
  if (magic[0] !== 0x1f || magic[1] !== 0x8b) return headsOf(plain, options.uri);
  const expanded = await StreamCursor.open(file, options);
  try {
    return await headsOf(expanded, options.uri);
  } catch (error) {
    if (expanded.failure !== undefined) throw expanded.failure;
    if (error instanceof IactError) throw error;
    const { uri } = options;
    throw new IactError('bad-data', `Cannot decompress "${uri}": ${messageOf(error)}`, { uri, cause: error });
  } finally {
    await expanded.close();
  }
}

/** Bytes by position; positions never go back by more than a block. */
interface Cursor {
  /** Bytes from a position on, fewer at the end. */
  read(position: number, length: number): Promise<Uint8Array>;
  /** How far the content reaches, up to `position`. */
  reach(position: number): Promise<number>;
  /** Whether it is known that the content ends here. */
  endsAt(position: number): boolean;
}

async function headsOf(cursor: Cursor, uri: string): Promise<HduHead[]> {
  const heads: HduHead[] = [];
  const headers = new HeaderReader(uri);
  let position = 0;
  const block = async (): Promise<Uint8Array> => {
    const bytes = await cursor.read(position, BLOCK_LENGTH);
    position += BLOCK_LENGTH;
    return bytes;
  };
  for (;;) {
    if (!(await beginsHdu(cursor, position, heads.length, uri))) return heads;
    const { header } = await headers.read(block, heads.length);
    const head = describeHdu(header, heads.length, uri);
    heads.push(head);
    const dataStart = position;
    const end = dataStart + head.dataBytes;
    const next = dataStart + paddedLength(head.dataBytes);
    // The last block may lack its padding.
    if (cursor.endsAt(end) || cursor.endsAt(next)) return heads;
    const reached = await cursor.reach(end);
    if (reached < end) throw truncated(head, uri, Math.max(0, reached - dataStart));
    position = next;
  }
}

function truncated(head: HduHead, uri: string, found: number): IactError {
  const reason = `${found} bytes of data found, ${head.dataBytes} needed`;
  return new IactError('bad-data', `"${uri}" is truncated in ${hduLabel(head.index, head.name)}: ${reason}`, { uri });
}

async function beginsHdu(cursor: Cursor, position: number, index: number, uri: string): Promise<boolean> {
  const start = await cursor.read(position, 9);
  const text = latin1(start, 0, Math.min(9, start.length));
  if (index > 0) return text.startsWith('XTENSION');
  if (text === 'SIMPLE  =') return true;
  const found = text === '' ? 'it is empty' : `it begins with ${JSON.stringify(text)}`;
  throw new IactError('bad-data', `"${uri}" is not a FITS file: ${found}, needed "SIMPLE  ="`, { uri });
}

async function readPart(file: RangedFile, start: number, end: number): Promise<Uint8Array> {
  const bytes = file.readNow?.(start, end);
  if (bytes !== undefined) return bytes;
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.read(start, end)) chunks.push(chunk);
  return joinPieces(chunks);
}

/** A plain file: data are passed over without being read. */
class RangeCursor implements Cursor {
  private readonly file: RangedFile;
  private readonly signal: AbortSignal | undefined;
  private window: Uint8Array = new Uint8Array(0);
  private windowStart = 0;

  constructor(file: RangedFile, signal: AbortSignal | undefined) {
    this.file = file;
    this.signal = signal;
  }

  async read(position: number, length: number): Promise<Uint8Array> {
    const wanted = Math.max(0, Math.min(length, this.file.sizeBytes - position));
    const inWindow = position >= this.windowStart && position + wanted <= this.windowStart + this.window.length;
    if (!inWindow) await this.load(position);
    const at = position - this.windowStart;
    return this.window.subarray(at, at + length);
  }

  async reach(position: number): Promise<number> {
    return Math.min(position, this.file.sizeBytes);
  }

  endsAt(position: number): boolean {
    return position === this.file.sizeBytes;
  }

  private async load(position: number): Promise<void> {
    if (this.signal?.aborted) throw new IactError('cancelled', 'Reading was cancelled', { cause: this.signal.reason });
    this.window = await readPart(this.file, position, Math.min(position + WINDOW_BYTES, this.file.sizeBytes));
    this.windowStart = position;
  }
}

/** Content that is expanded from its beginning on, as far as it is asked for. */
class StreamCursor implements Cursor {
  private readonly raw: ByteStream;
  private readonly stream: ByteStream;
  private readonly expandedBytes: number;
  private block: Uint8Array = new Uint8Array(0);
  private blockStart = 0;

  private constructor(raw: ByteStream, stream: ByteStream, expandedBytes: number) {
    this.raw = raw;
    this.stream = stream;
    this.expandedBytes = expandedBytes;
  }

  static async open(file: RangedFile, { inflate, signal }: ReadHeadsOptions): Promise<StreamCursor> {
    const expandedBytes = await readExpandedSize(file);
    const raw = new ByteStream(file.read(0, file.sizeBytes), signal);
    return new StreamCursor(raw, new ByteStream(inflate(raw.rest()), signal), expandedBytes);
  }

  get failure(): unknown {
    return this.raw.failure;
  }

  async read(position: number, length: number): Promise<Uint8Array> {
    if (position !== this.blockStart || length > this.block.length) {
      await this.stream.skip(position - this.stream.position);
      const block = new Uint8Array(BLOCK_LENGTH);
      const filled = await this.stream.readInto(block);
      this.block = block.subarray(0, filled);
      this.blockStart = position;
    }
    return this.block.subarray(0, length);
  }

  async reach(position: number): Promise<number> {
    const ahead = position - this.stream.position;
    if (ahead > 0) await this.stream.skip(ahead);
    return Math.min(position, this.stream.position);
  }

  /**
   * An end that the file tells of is believed where much stands before it, which need not be expanded then. Of several
   * members the last one tells its own size only, which may be that of the first HDUs: where little is left, it is looked.
   */
  endsAt(position: number): boolean {
    return position === this.expandedBytes && position - this.stream.position > LARGE_REST_BYTES;
  }

  async close(): Promise<void> {
    await this.stream.close().catch(() => undefined);
    // Not awaited: the source may be in the middle of a read that nobody waits for any more.
    this.raw.close().catch(() => undefined);
  }
}

/** ISIZE, the size modulo 2^32 of the last member of a gzip file, which mostly is the only one. @see RFC 1952 §2.3.1 */
async function readExpandedSize(file: RangedFile): Promise<number> {
  const bytes = await readPart(file, Math.max(0, file.sizeBytes - 4), file.sizeBytes);
  return bytes.length < 4 ? -1 : new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
}
