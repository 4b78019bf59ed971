import { IactError, messageOf } from '../core/index.ts';
import { ByteStream, type SkippableBytes } from './byte-stream.ts';
import { ALL_ONES, isDatasum, WordSum } from './checksum.ts';
import type { Hdu, HduHead } from './hdu.ts';
import { describeHdu, hduLabel } from './hdu-shape.ts';
import { Header, MAX_HEADER_CARDS } from './header.ts';
import { MAX_FILE_CARDS, readHeaderBlocks } from './header-blocks.ts';
import type { Inflate } from './read.ts';
import { BLOCK_LENGTH, CARD_LENGTH, countOthers, latin1, paddedLength } from './records.ts';
import { fillByte } from './write.ts';

/** An HDU as it stands in a file, with what is wrong in its bytes. */
export interface ScannedHdu extends Hdu {
  /** Bytes behind the END record that are no blanks. */
  readonly headerFillFaults: number;
  /** Bytes of data that are there: fewer than `dataBytes` where the file ends too early. */
  readonly foundBytes: number;
  /** Bytes that fill the last block of the data: how many are missing, and how many are not what they must be. */
  readonly fill: { readonly missing: number; readonly faults: number };
  /** Whether DATASUM and CHECKSUM are right; `undefined` where they are absent or were not to be looked at. */
  readonly datasumOk: boolean | undefined;
  readonly checksumOk: boolean | undefined;
  /** The sum that DATASUM is to tell, with the bytes that fill the last block; `undefined` where it was not looked at. */
  readonly dataSum: number | undefined;
}

/**
 * What to do with the data of an HDU: hold them, pass over them, end the scan with this HDU, or hand them on in pieces,
 * whose memory is used again when the call returns.
 */
export type ScanChoice = 'load' | 'pass' | 'stop' | ((piece: Uint8Array) => void);

export interface ScanOptions {
  /** The name of the source for messages. */
  readonly uri: string;
  readonly inflate: Inflate;
  /** By the header of an HDU. Data that are loaded are held until {@link onHdu} returns. */
  readonly select: (hdu: HduHead) => ScanChoice;
  /** Told of every HDU, the one that stops the scan included (its data are absent then). */
  readonly onHdu: (hdu: ScannedHdu) => void;
  /** Compare DATASUM and CHECKSUM. Default true. */
  readonly checksums?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Why the rest of a file cannot be understood. */
export interface ScanFault {
  readonly kind: 'not-fits' | 'compression' | 'header' | 'truncated';
  readonly message: string;
  /** The HDU in question. */
  readonly hdu: number;
}

/** How a scan ended. */
export interface ScanEnd {
  readonly fault: ScanFault | undefined;
  /** Bytes behind the last HDU; 0 if the scan was stopped. */
  readonly trailingBytes: number;
}

/**
 * Reads a FITS file in one pass and tells of all its HDUs, however broken: what `readFits` refuses or overlooks is told.
 * Memory holds the data of one HDU that was to be loaded. Data that are passed over without `checksums` are not read
 * where the source can skip them.
 *
 * @throws IactError what `source` throws, and 'cancelled'; never for what is wrong with the content
 * @see FITS 4.0 §3
 */
export async function scanFits(
  source: AsyncIterable<Uint8Array> | SkippableBytes,
  options: ScanOptions,
): Promise<ScanEnd> {
  const raw = new ByteStream(source, options.signal);
  const place = { hdu: 0 };
  try {
    const magic = await raw.peek(2);
    if (magic[0] !== 0x1f || magic[1] !== 0x8b) return await scanHdus(raw, options, place);
    const inflated = new ByteStream(options.inflate(raw.rest()), options.signal);
    try {
      return await scanHdus(inflated, options, place);
    } finally {
      await inflated.close();
    }
  } catch (error) {
    if (error instanceof ScanStop) return { fault: error.fault, trailingBytes: 0 };
    if (raw.failure !== undefined) throw raw.failure;
    if (error instanceof IactError) throw error;
    const message = `it cannot be decompressed: ${messageOf(error)}`;
    return { fault: { kind: 'compression', message, hdu: place.hdu }, trailingBytes: 0 };
  } finally {
    raw.close().catch(() => undefined);
  }
}

class ScanStop extends Error {
  readonly fault: ScanFault;

  constructor(kind: ScanFault['kind'], hdu: number, message: string) {
    super(message);
    this.fault = { kind, hdu, message };
  }
}

async function scanHdus(stream: ByteStream, options: ScanOptions, place: { hdu: number }): Promise<ScanEnd> {
  let recordsLeft = MAX_FILE_CARDS;
  for (let index = 0; ; index += 1) {
    place.hdu = index;
    if (!(await beginsHdu(stream, index))) {
      return { fault: undefined, trailingBytes: await stream.skip(Number.POSITIVE_INFINITY) };
    }
    const { header, bytes, records, fillFaults } = await readHeader(stream, index, options.uri);
    recordsLeft -= records;
    if (recordsLeft < 0) {
      throw new ScanStop('header', index, `its headers have more than ${MAX_FILE_CARDS} records`);
    }
    const head = describeOrStop(header, index, options);
    const choice = options.select(head);
    if (choice === 'stop') {
      options.onHdu({ ...untouched(head), headerFillFaults: fillFaults });
      return { fault: undefined, trailingBytes: 0 };
    }
    const checked = options.checksums !== false && (has(header, 'DATASUM') || has(header, 'CHECKSUM'));
    const sum = checked ? new WordSum() : undefined;
    const data = await readData(stream, head, choice, sum);
    const fill = data.foundBytes < head.dataBytes ? { missing: 0, faults: 0 } : await readFill(stream, head, sum);
    const isWhole = data.foundBytes === head.dataBytes;
    const sums = sum === undefined || !isWhole ? NO_SUMS : compareSums(header, bytes, sum.value);
    options.onHdu({ ...head, ...data, fill, headerFillFaults: fillFaults, ...sums });
    if (data.foundBytes < head.dataBytes) {
      const found = `the file ends after ${data.foundBytes} of ${head.dataBytes} bytes of its data`;
      throw new ScanStop('truncated', index, `${hduLabel(index, head.name)} is truncated: ${found}`);
    }
  }
}

const NO_SUMS = { datasumOk: undefined, checksumOk: undefined, dataSum: undefined };

function untouched(head: HduHead): ScannedHdu {
  const nothing = { data: undefined, foundBytes: 0, fill: { missing: 0, faults: 0 }, headerFillFaults: 0 };
  return { ...head, ...nothing, ...NO_SUMS };
}

function has(header: Header, keyword: string): boolean {
  const value = header.get(keyword);
  return value !== undefined && value !== '';
}

/** The size of an HDU, or the end of the scan: where it is not known, nobody knows where the next one begins. */
function describeOrStop(header: Header, index: number, options: ScanOptions): HduHead {
  try {
    return describeHdu(header, index, options.uri);
  } catch (error) {
    const extension = header.get('EXTNAME');
    const name = typeof extension === 'string' ? extension : '';
    options.onHdu(untouched({ index, kind: 'other', name, header, dataBytes: 0 }));
    throw new ScanStop('header', index, messageOf(error));
  }
}

async function beginsHdu(stream: ByteStream, index: number): Promise<boolean> {
  const start = await stream.peek(9);
  const text = latin1(start, 0, start.length);
  if (index > 0) return text.startsWith('XTENSION');
  if (text.startsWith('SIMPLE')) return true;
  const found = text === '' ? 'it is empty' : `it begins with ${JSON.stringify(text)}`;
  throw new ScanStop('not-fits', 0, `${found}, needed "SIMPLE  ="`);
}

interface RawHeader {
  readonly header: Header;
  /** Its blocks; the last one may be short. */
  readonly bytes: Uint8Array;
  readonly records: number;
  readonly fillFaults: number;
}

async function readHeader(stream: ByteStream, index: number, uri: string): Promise<RawHeader> {
  const { bytes, records, isCut } = await readHeaderBlocks(() => stream.read(BLOCK_LENGTH));
  if (isCut) {
    throw new ScanStop('truncated', index, `the file ends in the header of ${hduLabel(index, '')}, before its END`);
  }
  if (records === undefined) {
    throw new ScanStop('header', index, `${hduLabel(index, '')} has no END within ${MAX_HEADER_CARDS} records`);
  }
  const missing = paddedLength(bytes.length) - bytes.length;
  // What a short last block lacks is told as missing, not as wrong.
  const fillFaults = countOthers(bytes, (records - 1) * CARD_LENGTH + 3, bytes.length, 0x20) + missing;
  return { header: Header.parse(bytes, uri).header, bytes, records, fillFaults };
}

const PIECE_BYTES = 1 << 20;

async function readData(
  stream: ByteStream,
  { dataBytes }: HduHead,
  choice: Exclude<ScanChoice, 'stop'>,
  sum: WordSum | undefined,
): Promise<Pick<ScannedHdu, 'data' | 'foundBytes'>> {
  if (choice === 'load') {
    const data = new Uint8Array(dataBytes);
    const foundBytes = await stream.readInto(data);
    sum?.add(data.subarray(0, foundBytes));
    return { data: foundBytes === dataBytes ? data : undefined, foundBytes };
  }
  const onPiece = typeof choice === 'function' ? choice : undefined;
  if (sum === undefined && onPiece === undefined) {
    return { data: undefined, foundBytes: await stream.skip(dataBytes) };
  }
  const piece = new Uint8Array(Math.min(PIECE_BYTES, dataBytes));
  let foundBytes = 0;
  while (foundBytes < dataBytes) {
    const filled = await stream.readInto(piece.subarray(0, Math.min(piece.length, dataBytes - foundBytes)));
    if (filled === 0) break;
    sum?.add(piece.subarray(0, filled));
    onPiece?.(piece.subarray(0, filled));
    foundBytes += filled;
  }
  return { data: undefined, foundBytes };
}

async function readFill(stream: ByteStream, head: HduHead, sum: WordSum | undefined): Promise<ScannedHdu['fill']> {
  const wanted = paddedLength(head.dataBytes) - head.dataBytes;
  const fill = await stream.peek(wanted);
  sum?.add(fill);
  await stream.skip(fill.length);
  return { missing: wanted - fill.length, faults: countOthers(fill, 0, fill.length, fillByte(head)) };
}

/** @see FITS 4.0 §4.4.2.7 and appendix J */
function compareSums(header: Header, bytes: Uint8Array, dataSum: number): typeof NO_SUMS | Sums {
  const total = new WordSum(dataSum);
  total.add(bytes);
  return {
    datasumOk: has(header, 'DATASUM') ? isDatasum(header.get('DATASUM'), dataSum) : undefined,
    checksumOk: has(header, 'CHECKSUM') ? total.value === ALL_ONES : undefined,
    dataSum,
  };
}

type Sums = Pick<ScannedHdu, 'datasumOk' | 'checksumOk' | 'dataSum'>;
