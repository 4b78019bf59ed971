import { createHash } from 'node:crypto';
import { constants, gunzipSync } from 'node:zlib';
import { IactError } from '../core/index.ts';
import {
  BinTable,
  type HduHead,
  isCompressedTable,
  type ScanChoice,
  type ScannedHdu,
  type SkippableBytes,
  scanFits,
} from '../fits/index.ts';
import { isNamedHdu } from '../gadf/index.ts';
import { type FileInfo, findFile, inflate, type Source } from '../storage/index.ts';
import type { FileFacts, HduFacts, ListedHdu } from './facts.ts';
import { readWhole, SkippableFile } from './skippable-file.ts';

/** What of a file is to be read. */
export interface FileRequest {
  readonly source: Source;
  /** As the index has it; the file may be there as `path.gz`. */
  readonly path: string;
  /** Paths in the store that an absolute BASE_DIR means. */
  readonly elsewhere?: readonly string[];
  /** Read headers only, and end behind the last one of these HDUs. */
  readonly headersOf?: readonly Pick<ListedHdu, 'hduName'>[] | undefined;
  /** Tables are read if they are no larger, and together not much. */
  readonly maxTableBytes: number;
  readonly md5: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** What a file holds, whatever lists it. */
export interface FileContent
  extends Pick<FileFacts, 'path' | 'info' | 'twins' | 'fault' | 'unreadable' | 'trailingBytes' | 'complete' | 'md5'> {
  readonly uri: string;
  /** Those of `FileRequest.elsewhere` that are there, where the file itself is not. */
  readonly elsewhere: readonly string[];
  readonly hdus: readonly HduContent[];
}

export type HduContent = Pick<HduFacts, 'scan' | 'table' | 'tableFault' | 'tooLarge'>;

/** Reads a file once, from beginning to end. What is wrong with it is told in the content. */
export async function readFile(request: FileRequest): Promise<FileContent> {
  const { source, path } = request;
  const base = {
    path,
    twins: [],
    elsewhere: [],
    fault: undefined,
    unreadable: undefined,
    trailingBytes: 0,
    hdus: [],
    complete: false,
    md5: undefined,
  };
  try {
    const found = await findFile(source, path);
    const uri = source.uriOf(found?.path ?? path);
    if (found === undefined) return { ...base, uri, info: undefined, ...(await findOther(request)) };
    return { ...base, uri, info: found.info, ...(await scan(request, found.path, found.info, uri)) };
  } catch (error) {
    if (!(error instanceof IactError) || error.code === 'cancelled') throw error;
    // The store itself is gone: nothing else can be read either.
    if (error.code === 'unreachable') throw error;
    const info: FileInfo = { kind: 'other', sizeBytes: 0, mtimeMs: undefined, mode: undefined, identity: undefined };
    return { ...base, uri: source.uriOf(path), info, unreadable: error.message };
  }
}

/** What may be meant by a path that leads to no file. */
async function findOther({
  source,
  path,
  elsewhere = [],
}: FileRequest): Promise<Pick<FileContent, 'twins' | 'elsewhere'>> {
  const twins = await findTwins(source, path);
  const there: string[] = [];
  for (const each of twins.length === 0 ? new Set(elsewhere) : []) {
    if ((await findFile(source, each)) !== undefined) there.push(each);
  }
  return { twins, elsewhere: there };
}

/** Paths that differ from this one in case only, and are there: the first two. */
async function findTwins(source: Source, path: string): Promise<string[]> {
  const found: string[] = [];
  const search = async (folder: string, steps: readonly string[]): Promise<void> => {
    const [step, ...rest] = steps;
    if (step === undefined) {
      if (folder !== path) found.push(folder);
      return;
    }
    const wanted = [step.toLowerCase(), ...(rest.length === 0 ? [`${step.toLowerCase()}.gz`] : [])];
    for (const { name } of (await source.list(folder)) ?? []) {
      if (found.length === 2) return;
      if (wanted.includes(name.toLowerCase())) await search(folder === '' ? name : `${folder}/${name}`, rest);
    }
  };
  await search('', path.split('/'));
  return found;
}

type Scanned = Pick<FileContent, 'fault' | 'trailingBytes' | 'hdus' | 'complete' | 'md5'>;

/**
 * Where the headers end that are asked for with `headersOf`, mostly. Of gzip data the first part is tried first: to expand
 * the second one takes longer than everything else that is done with a file.
 */
const PREFIX_BYTES = [16 * 1024, 64 * 1024] as const;

async function scan(request: FileRequest, path: string, info: FileInfo, uri: string): Promise<Scanned> {
  const { source, headersOf, signal } = request;
  const options = signal === undefined ? {} : { signal };
  const whole = async (): Promise<Scanned> =>
    (await scanBytes(request, source.read(path, options), inflate, uri)).scanned;
  if (headersOf === undefined) return whole();
  const [first, second] = PREFIX_BYTES;
  // Over a network a round trip costs more than a few bytes that are not needed.
  const atOnce = source.diskPath?.(path) === undefined ? second : first;
  let prefix = await readWhole(source.read(path, { ...options, start: 0, end: atOnce }));
  if (prefix[0] !== 0x1f || prefix[1] !== 0x8b) {
    const content = new SkippableFile(source, path, info.sizeBytes, prefix, signal);
    return (await scanBytes(request, content, inflate, uri)).scanned;
  }
  for (const length of PREFIX_BYTES) {
    if (prefix.length === atOnce && length > atOnce)
      prefix = await readWhole(source.read(path, { ...options, start: 0, end: length }));
    const { scanned, stopped } = await scanBytes(request, once(prefix.subarray(0, length)), inflatePrefix, uri);
    if (stopped) return scanned;
    if (prefix.length < length) break;
  }
  return whole();
}

/** What the beginning of gzip data expands to. At once, as setting up streams takes longer (1 ms). */
async function* inflatePrefix(compressed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield gunzipSync(await readWhole(compressed), { finishFlush: constants.Z_SYNC_FLUSH, chunkSize: 64 * 1024 });
}

async function scanBytes(
  { headersOf, maxTableBytes, md5, signal }: FileRequest,
  bytes: AsyncIterable<Uint8Array> | SkippableBytes,
  inflateWith: typeof inflate,
  uri: string,
): Promise<{ scanned: Scanned; stopped: boolean }> {
  const hdus: HduContent[] = [];
  const hash = md5 ? createHash('md5') : undefined;
  const missing = new Set(headersOf ?? []);
  let stopped = false;
  let tooLarge = false;
  let held = 0;
  const select = (head: HduHead): ScanChoice => {
    for (const each of missing) if (isNamedHdu(head, each.hduName)) missing.delete(each);
    stopped = headersOf !== undefined && missing.size === 0;
    if (stopped) return 'stop';
    if (headersOf !== undefined || head.kind !== 'bintable') return 'pass';
    tooLarge = head.dataBytes > maxTableBytes || held + head.dataBytes > 2 * maxTableBytes;
    if (!tooLarge) held += head.dataBytes;
    return tooLarge ? 'pass' : 'load';
  };
  const { fault, trailingBytes } = await scanFits(hash === undefined ? bytes : hashed(bytes, hash), {
    uri,
    inflate: inflateWith,
    select,
    onHdu: (hdu) => {
      const { data, ...head } = hdu;
      const { table, tableFault } = tableOf(hdu, uri);
      hdus.push({ scan: head, table, tableFault, tooLarge });
      tooLarge = false;
    },
    checksums: headersOf === undefined,
    signal,
  });
  const complete = fault === undefined && !stopped;
  const digest = complete ? hash?.digest('hex') : undefined;
  return { scanned: { fault, trailingBytes, hdus, complete, md5: digest }, stopped };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes;
}

async function* hashed(
  bytes: AsyncIterable<Uint8Array>,
  hash: { update(data: Uint8Array): unknown },
): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    hash.update(chunk);
    yield chunk;
  }
}

function tableOf(hdu: ScannedHdu, uri: string): Pick<HduFacts, 'table' | 'tableFault'> {
  if (hdu.kind !== 'bintable' || hdu.data === undefined || isCompressedTable(hdu.header))
    return { table: undefined, tableFault: undefined };
  try {
    return { table: BinTable.fromHdu(hdu, uri), tableFault: undefined };
  } catch (error) {
    if (error instanceof IactError) return { table: undefined, tableFault: error.message };
    throw error;
  }
}
