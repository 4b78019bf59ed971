import { setImmediate as nextTurn } from 'node:timers/promises';
import { IactError } from '../../core/index.ts';
import { changedFile } from '../changed-file.ts';
import type { FileInfo, ReadOptions } from '../contract.ts';
import type { S3Client } from './s3-client.ts';
import { objectInfo } from './s3-object-info.ts';
import type { S3Answer } from './s3-sender.ts';

/**
 * The wanted bytes of an object, which must be what `expected` says: S3 is asked for that version only (`If-Match`), and
 * what it tells with the answer is compared for services that do not look at this.
 */
export async function* readObject(
  client: S3Client,
  key: string,
  uri: string,
  options: ReadOptions,
): AsyncGenerator<Uint8Array, void> {
  const { start = 0, end = Number.POSITIVE_INFINITY, expected, signal } = options;
  if (end <= start || (start > 0 && start === expected?.sizeBytes)) return;
  const isWhole = start === 0 && end >= (expected?.sizeBytes ?? Number.POSITIVE_INFINITY);
  const headers: Record<string, string> = {
    ...(isWhole ? {} : { range: `bytes=${start}-${Number.isFinite(end) ? end - 1 : ''}` }),
    ...(expected?.version === undefined ? {} : { 'if-match': expected.version }),
  };
  const answer = await client.send({ method: 'GET', key, headers, uri, verb: 'read', signal });
  let wanted: number | undefined;
  try {
    wanted = checkedLength(answer, { uri, start, end, expected });
  } catch (error) {
    answer.body.destroy();
    throw error;
  }
  if (wanted === undefined) {
    await answer.body.dump();
    return;
  }
  options.onOpened?.(objectInfo(answer, uri));
  let count = 0;
  try {
    for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
      count += chunk.length;
      if (chunk.length > 0 && count <= wanted) yield chunk;
    }
  } catch (error) {
    if (signal?.aborted) throw error;
    throw client.lost(error, { uri });
  }
  // The client takes a connection for free only in the next turn, and would make another one for the next request.
  await nextTurn();
  if (count === wanted) return;
  const reason = `${count} bytes came, ${wanted} were promised`;
  throw new IactError('unreachable', `Cannot read "${uri}": the answer of S3 is not whole; ${reason}.`, {
    uri,
    retryable: true,
  });
}

interface Wanted {
  readonly uri: string;
  readonly start: number;
  readonly end: number;
  readonly expected: FileInfo | undefined;
}

/** How many bytes the body must hold; `undefined` if the object ends where the range begins. */
function checkedLength(answer: S3Answer, { uri, start, end, expected }: Wanted): number | undefined {
  const { status, headers } = answer;
  if (status === 412) throw changedFile(uri, 'S3 has another one');
  const total = Number(/\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1] ?? Number.NaN);
  if (status === 416) {
    const size = expected?.sizeBytes ?? total;
    // Without a size in the answer it is taken that S3 is right.
    if (!(start < size)) return undefined;
    throw changedFile(uri, `it ends before byte ${start}`);
  }
  const info = objectInfo(answer, uri);
  if (expected !== undefined) refuseOther(uri, expected, info);
  const stop = Math.min(end, info.sizeBytes);
  const isRange = status === 206 && headers['content-range']?.startsWith(`bytes ${start}-${stop - 1}/`);
  if (isRange || (status === 200 && start === 0 && stop === info.sizeBytes)) return stop - start;
  const found = status === 206 ? `"${headers['content-range'] ?? ''}"` : `status ${status}`;
  throw new IactError('unreadable', `Cannot read "${uri}" from byte ${start} on: S3 answers ${found}.`, { uri });
}

function refuseOther(uri: string, expected: FileInfo, found: FileInfo): void {
  if (found.sizeBytes !== expected.sizeBytes) {
    throw changedFile(uri, `${found.sizeBytes} bytes now, ${expected.sizeBytes} before`);
  }
  const hasVersions = expected.version !== undefined && found.version !== undefined;
  if (hasVersions ? expected.version !== found.version : expected.mtimeMs !== found.mtimeMs) {
    throw changedFile(uri, 'it was written to');
  }
}
