import { setImmediate as nextTurn } from 'node:timers/promises';
import { IactError, redactUrls } from '../../core/index.ts';
import type { AccessOptions } from '../access.ts';
import { beginningOf } from '../beginning-of.ts';
import { changedFile } from '../changed-file.ts';
import type { DirectoryEntry, ExpectedReads, FileInfo, ReadOptions, ReadTraits, Source } from '../contract.ts';
import type { HttpLocation } from '../location.ts';
import { parseDirectoryPage } from './directory-page.ts';
import { pageError, rangeHeaders, readBody, recodedError } from './http-body.ts';
import { discardBody, HttpClient, type HttpResponse } from './http-client.ts';
import { isSuccess, statusError } from './http-error.ts';
import { connectionsFor } from './ready-connections.ts';
import {
  contentLengthOf,
  contentRangeOf,
  differenceBetween,
  fileInfoOf,
  headerOf,
  isDoubtful,
  isPage,
  isPageForData,
  isRecoded,
} from './response-headers.ts';
import { encodePath, urlBelow, withEndSlash } from './url-path.ts';

const MAX_READS = 64;
const INITIAL_READS = 32;
/** An index, its sibling, and what else there is to know of a store are asked for at the same time. */
const FIRST_CONNECTIONS = 4;
/** In so long a time a file may well be replaced. */
const LONG_READ_MS = 5000;
/** A page that lists this much has half a million entries. */
const MAX_PAGE_BYTES = 64 * 1024 * 1024;
/** Read to learn a size that no header tells. */
const MAX_COUNTED_BYTES = 16 * 1024 * 1024;
const FETCH_BY_ITSELF = 'Fetch the file with another program, and use it from there.';

/** Method not allowed, not implemented; and a signed URL is forbidden for another method. */
const REFUSALS_OF_HEAD: ReadonlySet<number> = new Set([403, 405, 501]);

const DIRECTORY: FileInfo = {
  kind: 'directory',
  sizeBytes: 0,
  mtimeMs: undefined,
  mode: undefined,
  identity: undefined,
};

/** A folder of a web server. */
export class HttpSource implements Source {
  readonly uri: string;
  private readonly root: URL;
  private readonly client: HttpClient;
  private hasRanges = true;
  private tellsSizes = true;
  private refusesHead = false;
  private rootIsListed: Promise<boolean> | undefined;

  private constructor(root: URL, client: HttpClient) {
    this.root = root;
    this.client = client;
    this.uri = shownUri(root);
  }

  /**
   * Finds login and proxy; the server is asked by the first call. A query of the URL, such as a token, goes with every
   * request.
   */
  static async open(location: HttpLocation, options: AccessOptions): Promise<HttpSource> {
    const root = new URL(location.url);
    root.hash = '';
    root.pathname = withEndSlash(root.pathname);
    const client = await HttpClient.open(root, options, MAX_READS);
    root.username = '';
    root.password = '';
    client.prepare(FIRST_CONNECTIONS);
    return new HttpSource(root, client);
  }

  uriOf(path: string): string {
    return path === '' ? this.uri : `${this.uri}/${encodePath(path)}`;
  }

  /** Whether the server has ranges, and tells sizes, is known from its last answer about a file. */
  get traits(): ReadTraits {
    return {
      initialReads: INITIAL_READS,
      maxReads: MAX_READS,
      parallelRanges: this.hasRanges,
      tellsOnOpening: this.tellsSizes,
    };
  }

  async stat(path: string): Promise<FileInfo | undefined> {
    const head = this.refusesHead ? undefined : await this.request('HEAD', path);
    if (head !== undefined && !REFUSALS_OF_HEAD.has(head.status)) {
      const info = await this.infoOf(head, path);
      if (info !== 'unknown') return info;
    } else if (head !== undefined) await discardBody(head);
    const get = await this.requestFirstByte(path);
    if (head !== undefined && !isSuccess(head.status) && isSuccess(get.status)) this.refusesHead = true;
    const info = await this.infoOf(get, path);
    return info === 'unknown' ? this.count(path) : info;
  }

  async *read(path: string, options: ReadOptions = {}): AsyncGenerator<Uint8Array, void> {
    const { start = 0, expected } = options;
    const end = Math.min(options.end ?? Number.POSITIVE_INFINITY, expected?.sizeBytes ?? Number.POSITIVE_INFINITY);
    // That there is nothing at the end of a file need not be asked, but whether an empty file is there.
    if (start >= end && (start > 0 || options.end === 0)) {
      // Where the read broke before the last look at the file.
      if (expected !== undefined && options.end === undefined) await this.refuseOther(path, expected);
      return;
    }
    const wanted = { ...options, path, uri: this.uriOf(path), start, end: Math.max(end, 1) };
    const response = await this.request('GET', path, rangeHeaders(wanted), options.signal);
    this.noteRanges(response);
    const total = isSuccess(response.status) ? sizeIn(response) : undefined;
    if (isSuccess(response.status)) this.tellsSizes = total !== undefined;
    const begunMs = performance.now();
    yield* readBody(response, wanted);
    // The client takes a connection for free only in the next turn, and would make another one for the next request.
    await nextTurn();
    if (total === undefined || wanted.end < total) return;
    const tookLong = performance.now() - begunMs > LONG_READ_MS;
    if (tookLong || isDoubtful(response.headers)) await this.refuseOther(path, fileInfoOf(response.headers, total));
  }

  async list(path: string): Promise<DirectoryEntry[] | undefined> {
    const url = urlBelow(this.root, path);
    url.pathname = withEndSlash(url.pathname);
    const uri = this.uriOf(path);
    const response = await this.client.request({ method: 'GET', url, uri, headers: { accept: 'text/html' } });
    const { status } = response;
    if (status === 200 && (isPage(response.headers) || isJson(response))) {
      return parseDirectoryPage(await textOf(response, uri), response.url);
    }
    await discardBody(response);
    if (status === 404 || status === 410) return path !== '' && (await this.listsRoot()) ? [] : undefined;
    // Any other file there, and a listing that is forbidden: the server does not tell.
    if (isSuccess(status) || status === 403 || status === 405) return undefined;
    throw statusError(status, headerOf(response.headers, 'retry-after'), response.inquiry);
  }

  prepare(expected?: ExpectedReads): void {
    this.client.prepare(connectionsFor(expected, FIRST_CONNECTIONS + INITIAL_READS));
  }

  close(): Promise<void> {
    return this.client.close();
  }

  /** @throws {IactError} `changed` if the file is another by now. */
  private async refuseOther(path: string, info: FileInfo): Promise<void> {
    const found = await this.stat(path);
    const difference = found === undefined ? 'it is gone' : differenceBetween(info, found);
    if (difference !== undefined) throw changedFile(this.uriOf(path), difference);
  }

  private request(
    method: 'GET' | 'HEAD',
    path: string,
    headers: Record<string, string> = {},
    signal?: AbortSignal | undefined,
  ): Promise<HttpResponse> {
    return this.client.request({ method, url: urlBelow(this.root, path), headers, uri: this.uriOf(path), signal });
  }

  private async requestFirstByte(path: string): Promise<HttpResponse> {
    const response = await this.request('GET', path, { range: 'bytes=0-0' });
    if (response.status !== 416) return response;
    // An empty file has no first byte.
    await discardBody(response);
    return this.request('GET', path);
  }

  /** What an answer tells of the path; `'unknown'` if there is a file whose size it does not tell. Ends the answer. */
  private async infoOf(response: HttpResponse, path: string): Promise<FileInfo | undefined | 'unknown'> {
    const { status, headers, isFolder, inquiry } = response;
    await discardBody(response);
    if (isFolder) return DIRECTORY;
    if (status === 404 || status === 410) return undefined;
    if (path === '' && (isSuccess(status) || status === 403)) return DIRECTORY;
    if (!isSuccess(status)) throw statusError(status, headerOf(headers, 'retry-after'), inquiry);
    if (isPage(headers) && (await this.isListing(path))) return DIRECTORY;
    if (isPageForData(headers, path)) throw pageError(inquiry.uri, false);
    if (isRecoded(headers, path)) throw recodedError(inquiry.uri, headerOf(headers, 'content-encoding') ?? '');
    this.noteRanges(response);
    const size = sizeIn(response);
    return size === undefined ? 'unknown' : fileInfoOf(headers, size);
  }

  private noteRanges({ status, headers }: HttpResponse): void {
    if (!isSuccess(status)) return;
    this.hasRanges = status === 206 || headerOf(headers, 'accept-ranges')?.trim().toLowerCase() === 'bytes';
  }

  /** Reads a file to its end: the server makes it as it sends it, and does not tell how large it will be. */
  private async count(path: string): Promise<FileInfo> {
    const response = await this.request('GET', path);
    const uri = this.uriOf(path);
    let size = 0;
    for await (const chunk of readBody(response, { uri, path, start: 0, end: Number.POSITIVE_INFINITY })) {
      size += chunk.length;
      if (size <= MAX_COUNTED_BYTES) continue;
      const message = `Cannot tell the size of "${uri}": the server does not tell it. ${FETCH_BY_ITSELF}`;
      throw new IactError('unreadable', message, { uri });
    }
    return fileInfoOf(response.headers, size);
  }

  /** Some servers show a folder also without `/` at its end. */
  private async isListing(path: string): Promise<boolean> {
    const response = await this.request('GET', path);
    if (response.status !== 200) {
      await discardBody(response);
      return false;
    }
    return parseDirectoryPage(await textOf(response, this.uriOf(path)), response.url) !== undefined;
  }

  /** A server that lists the root has listings; a folder that it does not find is none. */
  private listsRoot(): Promise<boolean> {
    this.rootIsListed ??= this.list('').then((entries) => entries !== undefined);
    // A failure is not remembered.
    this.rootIsListed.catch(() => {
      this.rootIsListed = undefined;
    });
    return this.rootIsListed;
  }
}

/** Without user, password and query, so that it can be shown and pasted. */
function shownUri(root: URL): string {
  return redactUrls(root.origin + root.pathname.replace(/\/+$/, ''));
}

/** The size of the file that an answer is about, if it tells. */
function sizeIn({ status, headers }: HttpResponse): number | undefined {
  return status === 206 ? contentRangeOf(headers)?.total : contentLengthOf(headers);
}

function isJson({ headers }: HttpResponse): boolean {
  return /^\s*application\/json/i.test(headerOf(headers, 'content-type') ?? '');
}

async function textOf(response: HttpResponse, uri: string): Promise<string> {
  const content = readBody(response, { uri, path: '', start: 0, end: Number.POSITIVE_INFINITY });
  const bytes = await beginningOf(content, MAX_PAGE_BYTES);
  if (bytes.length <= MAX_PAGE_BYTES) return bytes.toString('utf8');
  throw new IactError('unreadable', `Cannot list "${uri}": the page is too large.`, { uri });
}
