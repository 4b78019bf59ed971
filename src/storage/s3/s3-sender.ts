import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { Readable } from 'node:stream';
import type { Agent, Dispatcher, ProxyAgent } from 'undici';
import type { AccessOptions } from '../access.ts';
import { closedSource } from '../closed-source.ts';
import { proxyFor } from '../http/proxy.ts';
import { CONNECT_TIMEOUT_MS, ReadyConnections } from '../http/ready-connections.ts';
import { dispatcherTo } from './ask.ts';
import type { AwsCredentials } from './aws-credentials.ts';
import type { S3Task } from './s3-error.ts';

export interface S3Request {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** `''` for the bucket itself. */
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** As shown to people. */
  readonly uri: string;
  readonly verb: S3Task['verb'];
  readonly signal?: AbortSignal | undefined;
}

export interface S3Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Dispatcher.ResponseData['body'];
}

const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
/** Bodies are handed over in pieces, so that time-outs count the silence and not the whole way. */
const PIECE_BYTES = 256 * 1024;

/** Signs requests and sends them over connections that are kept. */
export class S3Sender {
  private readonly env: AccessOptions['env'];
  private readonly connections: number;
  private readonly dispatchers: Map<string, Promise<Agent | ProxyAgent>> = new Map();
  private readonly signingKeys: Map<string, ArrayBuffer> = new Map();
  private ready: Promise<ReadyConnections> | undefined;
  private isClosed = false;

  constructor(env: AccessOptions['env'], connections: number) {
    this.env = env;
    this.connections = connections;
  }

  /** Makes connections ahead; a proxy is left to do this by itself. What fails is heard of by who asks. */
  async prepare(url: URL, count: number): Promise<void> {
    if (proxyFor(url, this.env) === undefined) (await this.readyConnections()).open(url, count);
  }

  /** The answer, of whatever status. Throws what undici throws. */
  async send(url: URL, region: string, request: S3Request, credentials: AwsCredentials | undefined): Promise<S3Answer> {
    const { method, body, signal } = request;
    const headers = await this.headersOf(request, url, region, credentials);
    // Many reads share the signal of a whole copy.
    if (signal) setMaxListeners(0, signal);
    if (this.isClosed) throw closedSource(request.uri);
    const dispatcher = await this.dispatcherTo(url);
    const {
      statusCode,
      headers: found,
      body: content,
    } = await dispatcher.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method,
      headers,
      body: body === undefined || body.length === 0 ? null : Readable.from(piecesOf(body), { objectMode: false }),
      signal: signal ?? null,
    });
    // Errors of a body that nobody reads any more are nobody's.
    content.on('error', () => undefined);
    return { status: statusCode, headers: singleHeaders(found), body: content };
  }

  private async headersOf(
    { method, headers = {}, body }: S3Request,
    url: URL,
    region: string,
    credentials: AwsCredentials | undefined,
  ): Promise<Record<string, string>> {
    const signed =
      credentials === undefined ? headers : await this.sign(method, url, region, headers, body, credentials);
    return {
      ...signed,
      // Not signed: what stands between may change it. Without it some services decompress what is stored compressed.
      'accept-encoding': 'identity',
      'user-agent': 'iactools',
      ...(body === undefined ? {} : { 'content-length': String(body.length) }),
    };
  }

  private async sign(
    method: string,
    url: URL,
    region: string,
    headers: Readonly<Record<string, string>>,
    body: Uint8Array | undefined,
    { accessKeyId, secretAccessKey, sessionToken }: AwsCredentials,
  ): Promise<Record<string, string>> {
    const { AwsV4Signer } = await import('aws4fetch');
    const hash = body === undefined ? EMPTY_SHA256 : createHash('sha256').update(body).digest('hex');
    const signer = new AwsV4Signer({
      method,
      url: url.href,
      headers: { ...headers, 'x-amz-content-sha256': hash },
      accessKeyId,
      secretAccessKey,
      ...(sessionToken === undefined ? {} : { sessionToken }),
      service: 's3',
      region,
      cache: this.signingKeys,
    });
    return Object.fromEntries((await signer.sign()).headers);
  }

  private dispatcherTo(url: URL): Promise<Agent | ProxyAgent> {
    let dispatcher = this.dispatchers.get(url.origin);
    if (dispatcher === undefined) {
      dispatcher = this.readyConnections().then(({ connect }) =>
        dispatcherTo(url, this.env, this.connections, connect),
      );
      this.dispatchers.set(url.origin, dispatcher);
    }
    return dispatcher;
  }

  private readyConnections(): Promise<ReadyConnections> {
    this.ready ??= import('undici').then(
      ({ buildConnector }) => new ReadyConnections(buildConnector({ timeout: CONNECT_TIMEOUT_MS })),
    );
    return this.ready;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    (await this.ready)?.close();
    const ends = [...this.dispatchers.values()].map(async (dispatcher) => (await dispatcher).destroy());
    this.dispatchers.clear();
    await Promise.allSettled(ends);
  }
}

async function* piecesOf(body: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < body.length; at += PIECE_BYTES) yield body.subarray(at, at + PIECE_BYTES);
}

function singleHeaders(headers: Dispatcher.ResponseData['headers']): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
  );
}
