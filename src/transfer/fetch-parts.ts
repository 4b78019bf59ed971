import { createHash } from 'node:crypto';
import { IactError } from '../core/index.ts';
import {
  type ContentDigests,
  changedFile,
  type FileInfo,
  joinedSignal,
  type Source,
  type StagedFile,
  type StagedParts,
} from '../storage/index.ts';
import type { ReadSlots } from './adaptive-limit.ts';
import { Digester } from './digest.ts';
import type { Journal, JournaledPart } from './journal.ts';
import type { ExpectedDigests } from './plan.ts';
import { type ByteRange, gapsBetween, withoutOverlap } from './ranges.ts';

/** A file of this size or more is fetched in parts, which a rerun need not fetch again. */
export const PARTS_FROM_BYTES: number = 8 * 1024 * 1024;
/** One read brings this much; several are under way at once where that may be faster. */
const PART_BYTES = 8 * 1024 * 1024;
/** So much is lost at most of a read that a kill interrupts. */
const NOTE_BYTES = 2 * 1024 * 1024;
/** Parts that do not read back as they came are fetched again, this often. */
const ROUNDS = 3;

export interface PartsRequest {
  readonly source: Source;
  readonly path: string;
  readonly info: FileInfo;
  /** When it is read, as the journal notes it. */
  readonly readMs: number;
  readonly staged: StagedFile & { readonly parts: StagedParts };
  readonly journal: Journal;
  readonly limit: ReadSlots;
  readonly digests: ExpectedDigests | undefined;
  readonly signal: AbortSignal | undefined;
  /** Told of bytes that have come; `isNew` is false for those that an earlier copy has left. */
  readonly onBytes: (bytes: number, isNew: boolean) => void;
}

/**
 * Fetches a large file in parts into its unfinished file: those that an interrupted copy has left are kept. The journal
 * tells of each part with its digest; at the end the whole file is read back, each part is compared with its digest, and
 * the digest of the whole is computed.
 *
 * @throws {IactError} what the source throws; `changed` if it tells of another version afterwards; `unwritable` if parts
 *   read back different again and again. What has come by then is noted, and stays for a rerun.
 */
export async function fetchParts(request: PartsRequest): Promise<ContentDigests> {
  const { info, path, journal, staged, onBytes } = request;
  let parts = withoutOverlap(journal.partsOf(path, info), info.sizeBytes);
  onBytes(
    parts.reduce((sum, { start, end }) => sum + end - start, 0),
    false,
  );
  await staged.parts.truncate(info.sizeBytes);
  for (let round = 0; round < ROUNDS; round++) {
    const longest = request.source.traits.parallelRanges ? PART_BYTES : Number.POSITIVE_INFINITY;
    const gaps = gapsBetween(parts, info.sizeBytes, longest);
    const fetched = await fetchGaps(request, gaps);
    parts = withoutOverlap([...parts, ...fetched], info.sizeBytes);
    const { digests, good } = await readBack(request, parts);
    if (good.length === parts.length) {
      await refuseOther(request);
      return digests;
    }
    // A loss of power leaves parts that were noted and never came to the disk.
    parts = good;
  }
  const message = `What was written of "${path}" reads back different again and again. Is the disk failing?`;
  throw new IactError('unwritable', message, { uri: path });
}

/** A web server cannot tell that a file was written to while its ranges were sent; the store may tell it afterwards. */
async function refuseOther({ source, path, info }: PartsRequest): Promise<void> {
  const found = await source.stat(path);
  const { sizeBytes, mtimeMs, version } = info;
  if (found?.sizeBytes === sizeBytes && found.mtimeMs === mtimeMs && found.version === version) return;
  const what = found === undefined ? 'it is gone' : `${found.sizeBytes} bytes now, ${sizeBytes} before`;
  throw changedFile(source.uriOf(path), what);
}

/** All that is under way comes to its end, or is noted as far as it came, before an error is passed on. */
async function fetchGaps(request: PartsRequest, gaps: readonly ByteRange[]): Promise<JournaledPart[]> {
  const controller = new AbortController();
  const stoppable = { ...request, signal: joinedSignal(controller.signal, request.signal) };
  const outcomes = await Promise.allSettled(
    gaps.map(async (gap) => {
      await request.limit.acquire();
      try {
        if (stoppable.signal.aborted) return [];
        return await fetchGap(stoppable, gap);
      } catch (error) {
        if (!controller.signal.aborted) controller.abort(error);
        throw error;
      } finally {
        request.limit.release();
      }
    }),
  );
  if (controller.signal.aborted) throw controller.signal.reason;
  request.signal?.throwIfAborted();
  return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : []));
}

async function fetchGap(request: PartsRequest, { start, end }: ByteRange): Promise<JournaledPart[]> {
  const { source, path, info, readMs, staged, journal, signal, onBytes } = request;
  const noted: JournaledPart[] = [];
  let begun = start;
  let position = start;
  let digest = createHash('sha256');
  const note = async (): Promise<void> => {
    if (position === begun) return;
    const part = { start: begun, end: position, sha256: digest.digest('hex') };
    begun = position;
    digest = createHash('sha256');
    await journal.addPart(path, { ...info, readMs }, part);
    noted.push(part);
  };
  try {
    for await (const chunk of source.read(path, { start, end, expected: info, signal })) {
      await staged.parts.write(position, chunk);
      digest.update(chunk);
      position += chunk.length;
      onBytes(chunk.length, true);
      if (position - begun >= NOTE_BYTES) await note();
    }
  } catch (error) {
    // What came of another version is no part of this one.
    if (!(error instanceof IactError && error.code === 'changed')) await note();
    throw error;
  }
  if (position !== end) {
    throw changedFile(source.uriOf(path), `${position - start} bytes came of ${end - start}`);
  }
  await note();
  return noted;
}

async function readBack(
  { info, staged, digests: expected, signal }: PartsRequest,
  parts: readonly JournaledPart[],
): Promise<{ digests: ContentDigests; good: JournaledPart[] }> {
  const whole = new Digester(expected);
  const good: JournaledPart[] = [];
  for (const part of parts) {
    const digest = createHash('sha256');
    for await (const chunk of staged.parts.read(part.start, Math.min(part.end, info.sizeBytes))) {
      signal?.throwIfAborted();
      digest.update(chunk);
      whole.update(chunk);
    }
    if (digest.digest('hex') === part.sha256) good.push(part);
  }
  return { digests: whole.digests(), good };
}
