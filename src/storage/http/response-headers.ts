import type { FileInfo } from '../contract.ts';

/** Headers of an answer, names in lower case. */
export type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** A header, or the first of several of the same name. */
export function headerOf(headers: ResponseHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'object' ? value[0] : value;
}

/** The number of bytes that the body shall have. */
export function contentLengthOf(headers: ResponseHeaders): number | undefined {
  const value = headerOf(headers, 'content-length')?.trim() ?? '';
  return /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

/** `bytes first-last/total`; `first` and `last` are absent in the answer 416, `total` where the server does not know. */
export interface ContentRange {
  readonly first: number | undefined;
  readonly last: number | undefined;
  readonly total: number | undefined;
}

/** @see RFC 9110 §14.4 */
export function contentRangeOf(headers: ResponseHeaders): ContentRange | undefined {
  const value = headerOf(headers, 'content-range') ?? '';
  const [, first, last, total] = /^\s*bytes\s+(?:(\d{1,15})-(\d{1,15})|\*)\/(\d{1,15}|\*)\s*$/i.exec(value) ?? [];
  if (total === undefined) return undefined;
  const number = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text));
  return { first: number(first), last: number(last), total: total === '*' ? undefined : Number(total) };
}

/** What an answer tells of a file of this size. */
export function fileInfoOf(headers: ResponseHeaders, sizeBytes: number): FileInfo {
  const modified = Date.parse(headerOf(headers, 'last-modified') ?? '');
  const mtimeMs = Number.isNaN(modified) ? undefined : modified;
  const version = strongTagOf(headers);
  return { kind: 'file', sizeBytes, mtimeMs, mode: undefined, identity: undefined, ...(version && { version }) };
}

/** The ETag, unless it is a weak one, which two contents may share. @see RFC 9110 §8.8.3 */
function strongTagOf(headers: ResponseHeaders): string | undefined {
  const tag = headerOf(headers, 'etag')?.trim();
  return tag?.startsWith('"') ? tag : undefined;
}

/** What differs between what was expected and what an answer tells, in words; `undefined` if nothing does. */
export function differenceTo(
  expected: FileInfo,
  headers: ResponseHeaders,
  sizeBytes: number | undefined,
): string | undefined {
  return differenceBetween(expected, fileInfoOf(headers, sizeBytes ?? expected.sizeBytes));
}

/** As {@link differenceTo}, of what was found; what one of both does not tell is no difference. */
export function differenceBetween(
  expected: FileInfo,
  { sizeBytes, version, mtimeMs }: Pick<FileInfo, 'sizeBytes' | 'version' | 'mtimeMs'>,
): string | undefined {
  if (sizeBytes !== expected.sizeBytes) return `${sizeBytes} bytes now, ${expected.sizeBytes} before`;
  if (version !== undefined && expected.version !== undefined && version !== expected.version) {
    return `its ETag is ${version} now, ${expected.version} before`;
  }
  const isSameTime = mtimeMs === undefined || expected.mtimeMs === undefined || mtimeMs === expected.mtimeMs;
  return isSameTime ? undefined : 'it was written to';
}

/** A file that was written to so lately may be written to still. */
const FRESH_MS = 60_000;

/**
 * Whether a file should be looked at once more when it has been read: it may be in the middle of being written, or
 * nothing but its size tells one version from another.
 *
 * @see RFC 9110 §8.8.2.2
 */
export function isDoubtful(headers: ResponseHeaders): boolean {
  const { version, mtimeMs } = fileInfoOf(headers, 0);
  if (mtimeMs === undefined) return version === undefined;
  // By the clock of the server, where it tells the time.
  const sentMs = Date.parse(headerOf(headers, 'date') ?? '');
  return (Number.isNaN(sentMs) ? Date.now() : sentMs) - mtimeMs < FRESH_MS;
}

/** Names that a web page never has, so that one in their place is that of a portal, a proxy or a login. */
const DATA_NAME =
  /\.(?:fits?|fts|fz|gz|tgz|tar|zip|bz2|xz|zst|json|jsonl|xml|vot|dat|txt|lst|csv|ecsv|par|pfiles|log|ya?ml|root|h5|hdf5|parquet|md5|sha256)$/i;

/** Whether the body is a web page although the name is that of a data file. */
export function isPageForData(headers: ResponseHeaders, path: string): boolean {
  return isPage(headers) && DATA_NAME.test(path);
}

export function isPage(headers: ResponseHeaders): boolean {
  return /^\s*(?:text\/html|application\/xhtml)/i.test(headerOf(headers, 'content-type') ?? '');
}

/** Which names say that a file is itself compressed so, and is sent as it lies there. */
const NAMES_OF_CODINGS: Readonly<Record<string, RegExp>> = {
  gzip: /\.(?:gz|tgz|z)$/i,
  compress: /\.z$/i,
  bzip2: /\.bz2$/i,
  xz: /\.xz$/i,
  zstd: /\.zst$/i,
};

/**
 * Whether the body is not the bytes of the file: compressed for the transfer although we asked for none of it. A file
 * that is itself compressed may be labelled so.
 */
export function isRecoded(headers: ResponseHeaders, path: string): boolean {
  const coding = codingOf(headers);
  return coding !== undefined && NAMES_OF_CODINGS[coding]?.test(path) !== true;
}

/** How a body is compressed, as its label says; `undefined` for a body that is as it is. */
export function codingOf(headers: ResponseHeaders): string | undefined {
  const coding = headerOf(headers, 'content-encoding')?.trim().toLowerCase().replace(/^x-/, '') ?? '';
  return coding === '' || coding === 'identity' ? undefined : coding;
}
