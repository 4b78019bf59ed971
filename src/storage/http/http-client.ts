import { setMaxListeners } from 'node:events';
import type { Agent, Dispatcher, ProxyAgent } from 'undici';
import { IactError } from '../../core/index.ts';
import type { AccessOptions } from '../access.ts';
import { closedSource } from '../closed-source.ts';
import { findAuthorization, isSameHost } from './credentials.ts';
import { poolWithHeldEnds } from './hold-end.ts';
import { connectionError, type Inquiry, isSuccess } from './http-error.ts';
import { proxyFor, proxyLogin } from './proxy.ts';
import { CONNECT_TIMEOUT_MS, ReadyConnections } from './ready-connections.ts';
import { headerOf, type ResponseHeaders } from './response-headers.ts';

/** As many as curl allows itself is 50; no server that is set up well needs more than a few. */
const MAX_REDIRECTS = 10;
/** The last resort; whoever reads decides sooner how long silence may be. */
const SILENCE_TIMEOUT_MS = 300_000;

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** As shown to people. */
  readonly uri: string;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly body: Dispatcher.ResponseData['body'];
  /** Not in answer to HEAD. */
  readonly hasBody: boolean;
  /** Where it came from, after redirects. */
  readonly url: URL;
  /** Whether the server leads on to the same path with `/` at its end: the path is a folder. */
  readonly isFolder: boolean;
  readonly inquiry: Inquiry;
}

/**
 * Asks a web server, and those that it leads on to: connections are kept, the login is given only to the host that it is
 * for, proxies are those of the environment.
 */
export class HttpClient {
  private readonly undici: typeof import('undici');
  private readonly home: URL;
  private readonly authorization: string | undefined;
  private readonly env: AccessOptions['env'];
  private readonly maxConnections: number;
  private readonly ready: ReadyConnections;
  /** By proxy; `''` for none. */
  private readonly dispatchers: Map<string, Agent | ProxyAgent> = new Map();
  /** Hosts that have moved for good: from origin to origin. */
  private readonly moved: Map<string, string> = new Map();
  private readonly answered: Set<string> = new Set();
  private isClosed = false;

  private constructor(
    undici: typeof import('undici'),
    home: URL,
    authorization: string | undefined,
    env: AccessOptions['env'],
    maxConnections: number,
  ) {
    this.undici = undici;
    this.home = home;
    this.authorization = authorization;
    this.env = env;
    this.maxConnections = maxConnections;
    this.ready = new ReadyConnections(undici.buildConnector({ timeout: CONNECT_TIMEOUT_MS }));
  }

  /** Finds the login; nothing is asked of the server yet. */
  static async open(home: URL, options: AccessOptions, maxConnections: number): Promise<HttpClient> {
    const authorization = await findAuthorization(home, options);
    return new HttpClient(await import('undici'), home, authorization, options.env, maxConnections);
  }

  /**
   * The answer, of whatever status, of the place that redirects lead to. Its body must be read or destroyed.
   *
   * @throws {IactError} `unreachable` if there is none.
   */
  async request(request: HttpRequest): Promise<HttpResponse> {
    const origin = this.moved.get(request.url.origin);
    if (origin === undefined) return this.follow(request, request.url);
    const url = new URL(origin + request.url.pathname + request.url.search);
    const response = await this.follow(request, url);
    if (isSuccess(response.status) || response.status === 416 || response.isFolder) return response;
    // Only a part may have moved.
    this.moved.delete(request.url.origin);
    await discardBody(response);
    return this.follow(request, request.url);
  }

  /** Makes connections ahead; a proxy is left to do this by itself. */
  prepare(count: number): void {
    if (proxyFor(this.home, this.env) !== undefined) return;
    this.ready.open(new URL(this.moved.get(this.home.origin) ?? this.home), count);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.ready.close();
    const ends = [...this.dispatchers.values()].map((dispatcher) => dispatcher.destroy().catch(() => undefined));
    this.dispatchers.clear();
    await Promise.all(ends);
  }

  private async follow(request: HttpRequest, first: URL): Promise<HttpResponse> {
    let url = first;
    for (let count = 0; ; count++) {
      const response = await this.send(request, url);
      const target = redirectTarget(response);
      if (target === undefined || response.isFolder) return response;
      await discardBody(response);
      refuseRedirect(request.uri, url, target, count);
      const isForGood = response.status === 301 || response.status === 308;
      if (isForGood && target.pathname === url.pathname && target.search === url.search) {
        this.moved.set(url.origin, target.origin);
      }
      url = target;
    }
  }

  private async send(request: HttpRequest, url: URL): Promise<HttpResponse> {
    const { method, signal, uri } = request;
    if (this.isClosed) throw closedSource(uri);
    const proxy = proxyFor(url, this.env);
    const isElsewhere = !isSameHost(this.home, url);
    const authorization = isElsewhere ? undefined : this.authorization;
    const inquiry = {
      uri,
      host: url.host,
      proxy,
      hasLogin: authorization !== undefined,
      hasAnswered: this.answered.has(url.origin),
      isElsewhere,
      hasQuery: url.search !== '',
    };
    const headers: Record<string, string> = {
      accept: '*/*',
      // Else a server may send a file compressed, and sizes and ranges would count other bytes.
      'accept-encoding': 'identity',
      'user-agent': 'iactools',
      ...(authorization && { authorization }),
      ...request.headers,
    };
    // Many reads share the signal of a whole copy.
    if (signal) setMaxListeners(0, signal);
    try {
      // A connection is kept also after HEAD, unless the server sends a body with it.
      const options = { method, signal: signal ?? null, reset: false, ...this.route(url, proxy, headers) };
      const { statusCode, headers: found, body } = await this.dispatcherFor(url, proxy).request(options);
      // Errors of a body that nobody reads any more are nobody's.
      body.on('error', () => undefined);
      this.answered.add(url.origin);
      const response = { status: statusCode, headers: found, body, hasBody: method !== 'HEAD', url, inquiry };
      const target = redirectTarget(response);
      return { ...response, isFolder: target?.pathname === `${url.pathname}/` };
    } catch (error) {
      if (signal?.aborted) throw error;
      throw connectionError(error, inquiry);
    }
  }

  /** An encrypted connection goes through a proxy; else the proxy asks in our place. @see RFC 9112 §3.2.2 */
  private route(
    url: URL,
    proxy: URL | undefined,
    headers: Record<string, string>,
  ): Pick<Dispatcher.RequestOptions, 'origin' | 'path' | 'headers'> {
    const path = url.pathname + url.search;
    if (proxy === undefined || url.protocol === 'https:') return { origin: url.origin, path, headers };
    const login = proxyLogin(proxy);
    return {
      origin: proxy.origin,
      path: url.origin + path,
      headers: { ...headers, host: url.host, ...(login && { 'proxy-authorization': login }) },
    };
  }

  private dispatcherFor(url: URL, proxy: URL | undefined): Agent | ProxyAgent {
    const tunnel = url.protocol === 'https:' ? proxy : undefined;
    const key = tunnel?.href ?? '';
    let dispatcher = this.dispatchers.get(key);
    if (dispatcher === undefined) {
      const options = {
        connections: this.maxConnections,
        headersTimeout: SILENCE_TIMEOUT_MS,
        bodyTimeout: SILENCE_TIMEOUT_MS,
      };
      const token = tunnel && proxyLogin(tunnel);
      dispatcher =
        tunnel === undefined
          ? new this.undici.Agent({ ...options, connect: this.ready.connect })
          : new this.undici.ProxyAgent({
              ...options,
              connect: { timeout: CONNECT_TIMEOUT_MS },
              factory: poolWithHeldEnds(this.undici),
              uri: tunnel.origin,
              ...(token && { token }),
            });
      this.dispatchers.set(key, dispatcher);
    }
    return dispatcher;
  }
}

/** Ends an answer whose body is of no use, and keeps its connection if little of it is left. */
export async function discardBody({ body, hasBody }: HttpResponse): Promise<void> {
  // The length in an answer to HEAD is not that of its body.
  await body.dump({ limit: hasBody ? 64 * 1024 : Number.MAX_SAFE_INTEGER }).catch(() => undefined);
}

function redirectTarget({ status, headers, url }: Pick<HttpResponse, 'status' | 'headers' | 'url'>): URL | undefined {
  const location = headerOf(headers, 'location');
  if (![301, 302, 303, 307, 308].includes(status) || location === undefined) return undefined;
  if (!URL.canParse(location, url.href)) return undefined;
  return new URL(location, url);
}

function refuseRedirect(uri: string, from: URL, to: URL, count: number): void {
  const refuse = (reason: string): never => {
    throw new IactError('unreachable', `Cannot read "${uri}": ${reason}.`, { uri });
  };
  if (count >= MAX_REDIRECTS) refuse(`the server leads on from place to place, more than ${MAX_REDIRECTS} times`);
  const target = `"${to.protocol}//${to.host}"`;
  if (to.protocol !== 'http:' && to.protocol !== 'https:')
    refuse(`the server leads on to ${target}, which is no web server`);
  if (from.protocol === 'https:' && to.protocol === 'http:') {
    refuse(`the server leads on from https to ${target}, where anybody could read and change what is sent`);
  }
}
