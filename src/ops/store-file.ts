import { IactError } from '../core/index.ts';
import { type Hdu, type HduHead, readFits } from '../fits/index.ts';
import { findFile, inflate, readWhole, type Source, type StoreFile } from '../storage/index.ts';

/** Data of an index file in memory. Six million rows of published stores take 400 MB to 700 MB. */
export const MAX_INDEX_BYTES: number = 2 ** 31;
/** Rows of an index table; JavaScript's sets and maps, by which observations are looked up, hold no more. */
export const MAX_INDEX_ROWS = 16_000_000;

/**
 * Reads a small file of a server without asking before what it is, which would take another round trip or two.
 *
 * @returns `undefined` where that is of no use or does not succeed: then `findFile`, and reading what it found, do all
 *   there is to do, or say what is wrong.
 */
export async function readAtOnce(
  source: Source,
  path: string,
  atMostBytes: number,
): Promise<(StoreFile & { readonly bytes: Uint8Array }) | undefined> {
  if (source.diskPath?.(path) !== undefined) return undefined;
  try {
    const file = await readWhole(source, path, atMostBytes);
    return file?.info.kind === 'file' ? { path, ...file } : undefined;
  } catch (error) {
    if (error instanceof IactError && error.code !== 'unreachable') return undefined;
    throw error;
  }
}

/**
 * Reads all HDUs of a FITS file into memory. Meant for index files.
 *
 * @param file with its content, where that has been read.
 * @param onBytes told of the bytes of the file as they come.
 * @throws {IactError} `bad-data`, before memory is taken, for more than {@link MAX_INDEX_BYTES} of data or
 *   {@link MAX_INDEX_ROWS} rows in a table.
 */
export async function readFitsFile(
  source: Source,
  file: StoreFile & { readonly bytes?: Uint8Array },
  onBytes?: (chunk: Uint8Array) => void,
): Promise<Hdu[]> {
  const uri = source.uriOf(file.path);
  const refuse = (found: string, most: string): never => {
    const remedy = 'Split the dataset into several, each with an index of its own';
    throw new IactError('bad-data', `"${uri}" is too large for an index: ${found}, at most ${most}. ${remedy}.`, {
      uri,
    });
  };
  let bytes = 0;
  const select = ({ index, kind, header, dataBytes }: HduHead): 'load' => {
    bytes += dataBytes;
    if (bytes > MAX_INDEX_BYTES) refuse(`${bytes} bytes of data up to HDU ${index}`, String(MAX_INDEX_BYTES));
    const rows = kind === 'bintable' ? (header.integer('NAXIS2') ?? 0) : 0;
    if (rows > MAX_INDEX_ROWS) refuse(`${rows} rows in HDU ${index}`, String(MAX_INDEX_ROWS));
    return 'load';
  };
  const { bytes: known } = file;
  const content = known === undefined ? source.read(file.path, { expected: file.info }) : inOnePiece(known);
  const watched = onBytes === undefined ? content : watch(content, onBytes);
  return readFits(watched, { uri, inflate, sourceBytes: file.info.sizeBytes, select });
}

async function* inOnePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function* watch(
  content: AsyncIterable<Uint8Array>,
  onBytes: (chunk: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of content) {
    onBytes(chunk);
    yield chunk;
  }
}

/**
 * Whether a file, or its compressed sibling, opens as FITS: its primary header can be read. What ctools calls
 * available.
 */
export async function opensAsFits(source: Source, path: string): Promise<boolean> {
  const file = await findFile(source, path);
  if (file === undefined) return false;
  try {
    const content = source.read(file.path, { expected: file.info });
    await readFits(content, { uri: source.uriOf(file.path), inflate, select: () => 'stop' });
    return true;
  } catch (error) {
    if (error instanceof IactError && error.code === 'bad-data') return false;
    throw error;
  }
}
