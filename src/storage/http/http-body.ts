import { constants, gunzipSync } from 'node:zlib';
import { asClause, IactError } from '../../core/index.ts';
import { changedFile } from '../changed-file.ts';
import type { ReadOptions } from '../contract.ts';
import { discardBody, type HttpResponse } from './http-client.ts';
import { connectionError, statusError } from './http-error.ts';
import {
  codingOf,
  contentLengthOf,
  contentRangeOf,
  differenceTo,
  fileInfoOf,
  headerOf,
  isPage,
  isPageForData,
  isRecoded,
} from './response-headers.ts';

/** What a read asks for. */
export interface Wanted extends ReadOptions {
  readonly path: string;
  readonly uri: string;
  /** First byte. */
  readonly start: number;
  /** First byte not to read; infinite for the end of the file. */
  readonly end: number;
}

/** Headers that ask for a range, unless the whole file is wanted, and for the file as it was. */
export function rangeHeaders({ start, end, expected }: Wanted): Record<string, string> {
  const isWhole = start === 0 && end >= (expected?.sizeBytes ?? Number.POSITIVE_INFINITY);
  const last = Number.isFinite(end) ? String(end - 1) : '';
  return {
    ...(isWhole ? {} : { range: `bytes=${start}-${last}` }),
    // Not If-Range: an answer to it may leave out the date, and a whole file would come where a part was wanted.
    ...(expected?.version === undefined ? {} : { 'if-match': expected.version }),
  };
}

/** Which bytes of the file the body holds. */
interface Extent {
  readonly first: number;
  /** First byte beyond; `undefined` if the server does not tell. */
  readonly beyond: number | undefined;
  readonly total: number | undefined;
}

/**
 * The wanted bytes of an answer. The whole file in answer to a range is passed over up to the first wanted byte, so that
 * an interrupted read can go on also at a server without ranges; it is never taken for the range.
 */
export async function* readBody(response: HttpResponse, wanted: Wanted): AsyncGenerator<Uint8Array, void> {
  const extent = await checkedExtent(response, wanted);
  if (extent === undefined) return;
  if (extent.total !== undefined) wanted.onOpened?.(fileInfoOf(response.headers, extent.total));
  let position = extent.first;
  const length = contentLengthOf(response.headers);
  const bytes = bodyChunks(
    response,
    wanted,
    () => position,
    () => position - extent.first === length,
  );
  const stop = Math.min(wanted.end, extent.total ?? Number.POSITIVE_INFINITY);
  const coding = codingOf(response.headers);
  let beginning = Buffer.alloc(0);
  for await (const chunk of bytes) {
    // The first chunk may be no more than the header of gzip.
    if (coding !== undefined && position === beginning.length && position < MAGIC_BYTES) {
      beginning = Buffer.concat([beginning, chunk.subarray(0, MAGIC_BYTES - position)]);
      if (isCompressedTwice(beginning)) throw recodedError(wanted.uri, coding);
    }
    const from = Math.max(0, wanted.start - position);
    const to = Math.min(chunk.length, stop - position);
    position += chunk.length;
    if (extent.beyond !== undefined && position > extent.beyond) throw tooLong(wanted, extent.beyond);
    if (from < to) yield chunk.subarray(from, to);
    // The rest of a whole file is not waited for.
    if (position >= stop && position !== extent.beyond) break;
  }
  const missing = Number.isFinite(stop) && position < stop;
  if (missing) throw broken(wanted, `the server stopped at byte ${position} of ${stop}`);
}

/** So much of a body shows how it is compressed. */
const MAGIC_BYTES = 4096;

/** Whether this is the beginning of gzip data in gzip data: no file is compressed so, but a server may do it once more. */
function isCompressedTwice(beginning: Uint8Array): boolean {
  try {
    const inner = gunzipSync(beginning, { finishFlush: constants.Z_SYNC_FLUSH });
    return inner[0] === 0x1f && inner[1] === 0x8b;
  } catch {
    return false;
  }
}

/** What the body holds; `undefined` if nothing of what is wanted exists. Ends the answer before every error. */
async function checkedExtent(response: HttpResponse, wanted: Wanted): Promise<Extent | undefined> {
  try {
    if (response.status !== 416) return extentOf(response, wanted);
    refuseOutside(response, wanted);
  } catch (error) {
    await discardBody(response);
    throw error;
  }
  await discardBody(response);
  return undefined;
}

function extentOf(response: HttpResponse, wanted: Wanted): Extent {
  const { status, headers, isFolder, inquiry } = response;
  const { path, uri, expected, start, end } = wanted;
  if (isFolder) throw new IactError('unreadable', `Cannot read "${uri}": it is a directory.`, { uri });
  if (status === 412) throw changedFile(uri, 'the server has another one');
  if (status !== 200 && status !== 206) throw statusError(status, headerOf(headers, 'retry-after'), inquiry);
  const length = contentLengthOf(headers);
  if (isPageForData(headers, path)) throw pageError(uri, expected !== undefined);
  if (isRecoded(headers, path)) throw recodedError(uri, headerOf(headers, 'content-encoding') ?? '');
  if (status === 200) {
    const difference = expected && differenceTo(expected, headers, length);
    // A proxy answers with a page of its own under any name.
    if (difference !== undefined && isPage(headers)) throw pageError(uri, true);
    if (difference !== undefined) throw changedFile(uri, difference);
    const total = length ?? expected?.sizeBytes;
    return { first: 0, beyond: total, total };
  }
  const range = contentRangeOf(headers);
  if (range?.first === undefined || range.last === undefined) throw otherRange(wanted, 'another kind of answer');
  const difference = expected && differenceTo(expected, headers, range.total);
  if (difference !== undefined) throw changedFile(uri, difference);
  const beyond = range.last + 1;
  const isOther = range.first !== start || beyond > end || beyond <= start || (range.total ?? beyond) < beyond;
  const isOtherLength = length !== undefined && length !== beyond - range.first;
  if (isOther || isOtherLength) throw otherRange(wanted, `bytes ${range.first} to ${beyond}`);
  return { first: start, beyond, total: range.total ?? expected?.sizeBytes };
}

/** The start may be the end of the file; then there is nothing, and nothing wrong. */
function refuseOutside({ headers }: HttpResponse, { uri, start, expected }: Wanted): void {
  const total = contentRangeOf(headers)?.total;
  const wasSize = expected?.sizeBytes;
  if (total !== undefined && wasSize !== undefined && total !== wasSize) {
    throw changedFile(uri, `${total} bytes now, ${wasSize} before`);
  }
  if (start >= (total ?? wasSize ?? Number.POSITIVE_INFINITY)) return;
  throw new IactError('unreadable', `Cannot read "${uri}" from byte ${start} on: the server refuses the range (416).`, {
    uri,
  });
}

async function* bodyChunks(
  response: HttpResponse,
  wanted: Wanted,
  position: () => number,
  hasCome: () => boolean,
): AsyncGenerator<Uint8Array, void> {
  try {
    for await (const chunk of response.body) if ((chunk as Uint8Array).length > 0) yield chunk as Uint8Array;
  } catch (error) {
    if (wanted.signal?.aborted) throw error;
    // The server closed the connection behind the answer without saying so in it.
    if (hasCome()) return;
    const { message, retryable, code } = connectionError(error, { ...response.inquiry, hasAnswered: true });
    const where = `the answer broke off at byte ${position()}`;
    throw new IactError(code, `${asClause(message)}; ${where}.`, { cause: error, uri: wanted.uri, retryable });
  }
}

function broken({ uri }: Wanted, reason: string): IactError {
  return new IactError('unreachable', `Cannot read "${uri}": ${reason}.`, { uri, retryable: true });
}

function tooLong({ uri }: Wanted, beyond: number): IactError {
  const reason = `the server sends more than the ${beyond} bytes that it promised`;
  return new IactError('unreadable', `Cannot read "${uri}": ${reason}.`, { uri, retryable: true });
}

function otherRange({ uri, start, end }: Wanted, found: string): IactError {
  const asked = `bytes ${start} to ${Number.isFinite(end) ? end : 'the end'}`;
  const message = `Cannot read "${uri}": the server was asked for ${asked}, and sends ${found}.`;
  return new IactError('unreadable', message, { uri });
}

/** A web page in place of a file. */
export function pageError(uri: string, retryable: boolean): IactError {
  const reason = 'a web page comes in its place; is there a proxy, a portal or a login in the way?';
  return new IactError('unreadable', `Cannot read "${uri}": ${reason}`, { uri, retryable });
}

/** A file that the server compresses against our wish. */
export function recodedError(uri: string, coding: string): IactError {
  const reason = `the server sends it compressed ("${coding}"), although it was asked for the file as it is`;
  return new IactError('unreadable', `Cannot read "${uri}": ${reason}.`, { uri });
}
