import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { S3Objects, S3Refusal } from './s3-objects.ts';
import { perform, type S3Operation, type S3Reply } from './s3-operations.ts';
import { type SignatureKey, verifySignature } from './s3-signature.ts';

export interface S3ServerOptions {
  /** `bucket` if absent. */
  readonly buckets?: readonly string[];
  /** Those that anybody may read. */
  readonly publicBuckets?: readonly string[];
  readonly region?: string;
  readonly keys?: Readonly<Record<string, SignatureKey>>;
  /** Entries of a page of a listing at most. */
  readonly pageKeys?: number;
  /** ETags that are no MD5, as with encryption by a key of the user. */
  readonly opaqueTags?: boolean;
  /** Size that all parts but the last must have; 5 MiB as at AWS if absent. */
  readonly smallestPart?: number;
  /** Headers on every answer about a bucket. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Something that goes wrong, so many times, with the requests whose `METHOD path?query` matches. */
export interface Fault {
  readonly match: RegExp;
  readonly times?: number;
  /** Answered in place of what was asked. */
  readonly status?: number;
  readonly code?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** In place of the body of the answer. */
  readonly body?: string;
  /** The connection is reset after so many bytes of the body of the answer. */
  readonly resetAfterBytes?: number;
  /** What was asked is done, and the connection reset before the answer. */
  readonly loseAnswer?: boolean;
  /** One bit of what is sent is flipped before it is stored, and nothing is checked. */
  readonly corrupt?: boolean;
  /** Called when the request is there, before it is answered. */
  readonly before?: () => void | Promise<void>;
}

export const TEST_KEY = { id: 'AKIDTEST', secret: 'test/secret+key' } as const;

/** An S3 service in memory on a free loopback port, path style. It checks signatures and sums as AWS does. */
export async function startS3Server(options: S3ServerOptions = {}): Promise<S3TestServer> {
  const running = new S3TestServer(options);
  await running.start();
  return running;
}

export class S3TestServer {
  port = 0;
  readonly store: S3Objects;
  /** `METHOD path?query` of all requests so far. */
  readonly requests: string[] = [];
  /** Their headers. */
  readonly headers: IncomingMessage['headers'][] = [];
  /** Who may come in; may be replaced. */
  keys: Readonly<Record<string, SignatureKey>>;
  /** Requests that are there and not answered yet, also those whose client is gone. */
  underWay = 0;
  /** Connections that were made. */
  connections = 0;
  private readonly options: S3ServerOptions;
  private readonly faults: { fault: Fault; left: number }[] = [];
  private readonly sockets: Set<Socket> = new Set();
  private readonly server: Server = createServer((request, response) => {
    this.underWay++;
    void this.answer(request, response).finally(() => this.underWay--);
  });

  constructor(options: S3ServerOptions) {
    this.options = options;
    this.keys = options.keys ?? { [TEST_KEY.id]: { secret: TEST_KEY.secret } };
    this.store = new S3Objects(options.opaqueTags ?? false, options.smallestPart ?? 5 << 20);
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** An environment that leads to this server and to nothing else. */
  get env(): Record<string, string> {
    return {
      AWS_ENDPOINT_URL_S3: this.endpoint,
      AWS_ACCESS_KEY_ID: TEST_KEY.id,
      AWS_SECRET_ACCESS_KEY: TEST_KEY.secret,
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_EC2_METADATA_DISABLED: 'true',
    };
  }

  async start(): Promise<void> {
    this.server.on('connection', (socket) => {
      this.connections++;
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
    this.server.keepAliveTimeout = 60_000;
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
    this.port = (this.server.address() as { port: number }).port;
  }

  async stop(): Promise<void> {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    if (this.server.listening) await once(this.server, 'close');
  }

  fail(fault: Fault): void {
    this.faults.push({ fault, left: fault.times ?? 1 });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.endpoint);
    const line = `${request.method} ${url.pathname}${url.search}`;
    this.requests.push(line);
    this.headers.push(request.headers);
    const found = this.faults.find(({ fault, left }) => left > 0 && fault.match.test(line));
    if (found) found.left--;
    const fault = found?.fault;
    try {
      const operation = operationOf(request, url, Buffer.from(await buffer(request)));
      await fault?.before?.();
      for (const [name, value] of Object.entries(this.options.headers ?? {})) response.setHeader(name, value);
      if (fault?.status !== undefined) throw new S3Refusal(fault.status, fault.code ?? 'Fault');
      this.admit(operation, url);
      const { body } = operation;
      if (fault?.corrupt) body[body.length >> 1] = (body[body.length >> 1] ?? 0) ^ 1;
      else refuseDamaged(operation);
      const reply = perform(operation, this.store, this.options.pageKeys ?? 1000);
      this.send(request, response, { ...reply, headers: { ...reply.headers, ...fault?.headers } }, fault);
    } catch (error) {
      if (error instanceof S3Refusal) this.refuse(request, response, error, fault);
      else response.destroy(error as Error);
    }
  }

  private refuse(request: IncomingMessage, response: ServerResponse, error: S3Refusal, fault: Fault | undefined): void {
    const region = error.region === undefined ? '' : `<Region>${error.region}</Region>`;
    const body = `<Error><Code>${error.code}</Code><Message>test: ${error.code}</Message>${region}</Error>`;
    const headers = { 'content-type': 'application/xml', ...fault?.headers };
    this.send(request, response, { status: error.status, headers, body }, fault);
  }

  /** Lets in who is known, and the public to what is public. */
  private admit({ method, headers, bucket }: S3Operation, url: URL): void {
    const { region = 'us-east-1', buckets = ['bucket'], publicBuckets = [] } = this.options;
    const request = { method, path: url.pathname, query: [...url.searchParams], headers };
    const verdict = verifySignature(request, this.keys, region, Date.now());
    const isPublic = publicBuckets.includes(bucket) && (method === 'GET' || method === 'HEAD');
    if (verdict === undefined && !isPublic) throw new S3Refusal(403, 'AccessDenied');
    if (verdict !== undefined && 'code' in verdict) {
      const isMistake = ['AuthorizationHeaderMalformed', 'InvalidToken', 'ExpiredToken'].includes(verdict.code);
      throw new S3Refusal(isMistake ? 400 : 403, verdict.code, verdict.region);
    }
    if (bucket !== '' && ![...buckets, ...publicBuckets].includes(bucket)) throw new S3Refusal(404, 'NoSuchBucket');
  }

  private send(request: IncomingMessage, response: ServerResponse, reply: S3Reply, fault: Fault | undefined): void {
    if (fault?.loseAnswer) {
      response.socket?.resetAndDestroy();
      return;
    }
    const body = Buffer.from(fault?.body ?? reply.body);
    response.writeHead(reply.status, { 'content-length': body.length, ...reply.headers });
    if (request.method === 'HEAD' || fault?.resetAfterBytes === undefined) {
      response.end(request.method === 'HEAD' ? undefined : body);
      return;
    }
    response.write(body.subarray(0, fault.resetAfterBytes), () => {
      // Not at once, so that the bytes are read before the connection is gone.
      setTimeout(() => response.socket?.resetAndDestroy(), 20);
    });
  }
}

function operationOf(request: IncomingMessage, url: URL, body: Buffer): S3Operation {
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(decodeURIComponent(url.pathname)) ?? [];
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) headers[name] = String(value);
  return { method: request.method ?? '', headers, bucket, key, query: url.searchParams, body };
}

/** Refuses content that is not what was signed or summed up. */
function refuseDamaged({ headers, body }: S3Operation): void {
  const sum = (name: string, encoding: 'hex' | 'base64'): string => createHash(name).update(body).digest(encoding);
  const hash = headers['x-amz-content-sha256'] ?? 'UNSIGNED-PAYLOAD';
  if (hash !== 'UNSIGNED-PAYLOAD' && !/^[0-9a-f]{64}$/.test(hash)) throw new S3Refusal(501, 'NotImplemented');
  if (hash !== 'UNSIGNED-PAYLOAD' && sum('sha256', 'hex') !== hash)
    throw new S3Refusal(400, 'XAmzContentSHA256Mismatch');
  const { 'content-md5': md5, 'x-amz-checksum-sha256': sha256 } = headers;
  if (md5 !== undefined && sum('md5', 'base64') !== md5) throw new S3Refusal(400, 'BadDigest');
  if (sha256 !== undefined && sum('sha256', 'base64') !== sha256) throw new S3Refusal(400, 'BadDigest');
}
