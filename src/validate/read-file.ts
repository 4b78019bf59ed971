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
import { formatVersionOf, isNamedHdu } from '../gadf/index.ts';
import { type FileInfo, findFile, inflate, type Source } from '../storage/index.ts';
import type { FileFacts, HduFacts, ListedHdu } from './facts.ts';
import type { Place } from './finding.ts';
import { formatOfClass, formatOfHeader, type HduFormat } from './formats/index.ts';
import { readWhole, SkippableFile } from './skippable-file.ts';

/** What of a file is to be read. */
export interface FileRequest {
  readonly source: Source;
  readonly dataset: string;
  /** As the index has it; the file may be there as `path.gz`. */
  readonly path: string;
  readonly role: FileFacts['role'];
  /** What the index says of its HDUs. */
  readonly index: Place | undefined;
  readonly listed: readonly ListedHdu[];
  /** Path in the store that an absolute BASE_DIR means. */
  readonly elsewhere?: string | undefined;
  /** Read headers only, and end behind the last listed HDU of these. */
  readonly headersOf?: readonly ListedHdu[] | undefined;
  /** Tables are read if they are no larger, and together not much. */
  readonly maxTableBytes: number;
  readonly md5: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Reads a file once, from beginning to end. What is wrong with it is told in the facts. */
export async function readFile(request: FileRequest): Promise<FileFacts> {
  const { source, dataset, path, role, index, listed } = request;
  const base: Omit<FileFacts, 'place' | 'info'> = {
    role,
    index,
    listed,
    path,
    twins: [],
    fault: undefined,
    unreadable: undefined,
    trailingBytes: 0,
    hdus: [],
    complete: false,
    md5: undefined,
  };
  try {
    const found = await findFile(source, path);
    const place = { uri: source.uriOf(found?.path ?? path), dataset };
    if (found === undefined) return { ...base, place, info: undefined, ...(await findOther(request)) };
    return { ...base, place, info: found.info, ...(await scan(request, found.path, found.info, place)) };
  } catch (error) {
    if (!(error instanceof IactError) || error.code === 'cancelled') throw error;
    // The store itself is gone: nothing else can be read either.
    if (error.code === 'unreachable') throw error;
    const place = { uri: source.uriOf(path), dataset };
    const info: FileInfo = { kind: 'other', sizeBytes: 0, mtimeMs: undefined, mode: undefined, identity: undefined };
    return { ...base, place, info, unreadable: error.message };
  }
}

/** What may be meant by a path that leads to no file. */
async function findOther({ source, path, elsewhere }: FileRequest): Promise<Pick<FileFacts, 'twins' | 'elsewhere'>> {
  const twins = await findTwins(source, path);
  const isThere = elsewhere !== undefined && twins.length === 0 && (await findFile(source, elsewhere)) !== undefined;
  return { twins, elsewhere: isThere ? elsewhere : undefined };
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

type Scanned = Pick<FileFacts, 'fault' | 'trailingBytes' | 'hdus' | 'complete' | 'md5'>;

/**
 * Where the headers end that are asked for with `headersOf`, mostly. Of gzip data the first part is tried first: to expand
 * the second one takes longer than everything else that is done with a file.
 */
const PREFIX_BYTES = [16 * 1024, 64 * 1024] as const;

async function scan(request: FileRequest, path: string, info: FileInfo, place: Place): Promise<Scanned> {
  const { source, headersOf, signal } = request;
  const options = signal === undefined ? {} : { signal };
  const whole = async (): Promise<Scanned> =>
    (await scanBytes(request, source.read(path, options), inflate, place)).scanned;
  if (headersOf === undefined) return whole();
  const [first, second] = PREFIX_BYTES;
  // Over a network a round trip costs more than a few bytes that are not needed.
  const atOnce = source.diskPath?.(path) === undefined ? second : first;
  let prefix = await readWhole(source.read(path, { ...options, start: 0, end: atOnce }));
  if (prefix[0] !== 0x1f || prefix[1] !== 0x8b) {
    const content = new SkippableFile(source, path, info.sizeBytes, prefix, signal);
    return (await scanBytes(request, content, inflate, place)).scanned;
  }
  for (const length of PREFIX_BYTES) {
    if (prefix.length === atOnce && length > atOnce)
      prefix = await readWhole(source.read(path, { ...options, start: 0, end: length }));
    const { scanned, stopped } = await scanBytes(request, once(prefix.subarray(0, length)), inflatePrefix, place);
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
  { listed, headersOf, maxTableBytes, md5, signal }: FileRequest,
  bytes: AsyncIterable<Uint8Array> | SkippableBytes,
  inflateWith: typeof inflate,
  place: Place,
): Promise<{ scanned: Scanned; stopped: boolean }> {
  const hdus: HduFacts[] = [];
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
    uri: place.uri,
    inflate: inflateWith,
    select,
    onHdu: (hdu) => {
      hdus.push(hduFacts(hdu, listed, place, tooLarge));
      tooLarge = false;
    },
    checksums: headersOf === undefined,
    signal,
  });
  const complete = fault === undefined && !stopped;
  const digest = complete ? hash?.digest('hex') : undefined;
  return { scanned: { fault, trailingBytes, hdus: complete ? declaring(hdus) : hdus, complete, md5: digest }, stopped };
}

function declaring(hdus: readonly HduFacts[]): HduFacts[] {
  const fileDeclares = declaredByAll(hdus);
  return hdus.map((hdu) => ({ ...hdu, fileDeclares }));
}

/** What the HDUs that follow GADF agree in. */
function declaredByAll(hdus: readonly HduFacts[]): Readonly<Record<string, string>> {
  const following = hdus.filter(({ format, header }) => format !== undefined && header.get('HDUCLASS') === 'GADF');
  const declared: Record<string, string> = {};
  for (const keyword of ['HDUCLASS', 'HDUDOC', 'HDUVERS']) {
    const values = new Set(following.flatMap(({ header }) => header.get(keyword) ?? []));
    const [value] = values;
    if (values.size === 1 && typeof value === 'string' && value !== '') declared[keyword] = value;
  }
  return declared;
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

function formatOf(head: HduHead, listed: readonly ListedHdu[]): HduFormat | undefined {
  if (isCompressedTable(head.header)) return undefined;
  const named = listed.find(({ hduName }) => isNamedHdu(head, hduName));
  return (named && formatOfClass(named.hduClass)) ?? formatOfHeader(head);
}

function hduFacts(hdu: ScannedHdu, listed: readonly ListedHdu[], file: Place, tooLarge: boolean): HduFacts {
  const { data, ...scan } = hdu;
  const { index, name, header } = hdu;
  const here = listed.filter(({ hduName }) => isNamedHdu(hdu, hduName));
  const obsIds = [...new Set(here.map(({ id }) => id))];
  const place: Place = { ...file, hdu: { index, name }, ...(obsIds.length === 1 && { obsId: obsIds[0] }) };
  return {
    place,
    index,
    name,
    header,
    scan,
    format: formatOf(hdu, listed),
    version: formatVersionOf((keyword) => header.get(keyword)),
    rows: here.map(({ row }) => row),
    obsIds,
    tooLarge,
    ...tableOf(hdu, file.uri),
  };
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
