import { IactError } from '../../core/index.ts';
import type { AccessOptions } from '../access.ts';
import { beginningOf } from '../beginning-of.ts';
import { connectionError } from '../http/http-error.ts';
import { proxyFor } from '../http/proxy.ts';
import type { AwsCredentials } from './aws-credentials.ts';
import { readAwsProfiles } from './aws-profile.ts';
import { CredentialKeeper, findCredentials } from './credential-chain.ts';
import { findEndpoint, isAws, type S3Endpoint, urlOf } from './s3-endpoint.ts';
import { s3Error } from './s3-error.ts';
import { type S3Answer, type S3Request, S3Sender } from './s3-sender.ts';
import { parseS3Xml, textOf, type XmlNode } from './s3-xml.ts';

const EXPIRED = new Set(['ExpiredToken', 'TokenRefreshRequired']);
const ERROR_BYTES = 1 << 20;
/** A page of a thousand names takes a few. */
const DOCUMENT_BYTES = 64 << 20;
/** Of one request, for another region or other credentials. */
const MAX_REPEATS = 3;

/** Signs requests about one bucket, sends them, and says in our words what S3 refuses. */
export class S3Client {
  readonly bucket: string;
  private endpoint: S3Endpoint;
  private readonly credentials: CredentialKeeper;
  private readonly env: AccessOptions['env'];
  private readonly sender: S3Sender;
  private hasAnswered = false;

  private constructor(
    bucket: string,
    endpoint: S3Endpoint,
    credentials: CredentialKeeper,
    env: AccessOptions['env'],
    connections: number,
  ) {
    this.bucket = bucket;
    this.endpoint = endpoint;
    this.credentials = credentials;
    this.env = env;
    this.sender = new S3Sender(env, connections);
  }

  /** Reads the configuration; nothing is asked of the service yet. */
  static async open(bucket: string, options: AccessOptions, connections: number): Promise<S3Client> {
    const { env } = options;
    const profiles = await readAwsProfiles(env);
    const endpoint = findEndpoint(options, profiles);
    const context = { env, region: endpoint.region, asksMachine: isAws(endpoint) };
    const credentials = new CredentialKeeper(async () => {
      // Read anew each time: another program may have renewed them.
      if (!options.s3Anonymous) return findCredentials({ ...context, profiles: await readAwsProfiles(env) });
      return undefined;
    });
    return new S3Client(bucket, endpoint, credentials, env, connections);
  }

  /** Names the service, whatever its region: buckets of one name at two services are two. */
  get service(): string {
    const { url } = this.endpoint;
    return url === undefined ? 'AWS' : url.origin + url.pathname.replace(/\/+$/, '');
  }

  /** Makes connections ahead. Returns at once and never throws. */
  prepare(count: number): void {
    this.sender.prepare(urlOf(this.endpoint, this.bucket, ''), count).catch(() => undefined);
  }

  /**
   * A success, or 304, 412 or 416; its body must be read or destroyed. A bucket of another region, and credentials that
   * have expired, are dealt with.
   *
   * @throws {IactError} for everything else.
   */
  async send(request: S3Request): Promise<S3Answer> {
    let credentials = await this.credentials.current();
    for (let attempt = 0; ; attempt++) {
      const { endpoint } = this;
      const answer = await this.sendOnce(request, credentials);
      if (answer.status < 300 || [304, 412, 416].includes(answer.status)) return answer;
      const document = await this.reasonFor(answer, request, credentials);
      if (attempt < MAX_REPEATS && this.adoptRegion(endpoint, answer, document)) continue;
      if (attempt < MAX_REPEATS && EXPIRED.has(textOf(document, 'Code') ?? '')) {
        const renewed = await this.credentials.replace(credentials);
        const isOther = renewed?.sessionToken !== credentials?.sessionToken;
        credentials = renewed;
        if (isOther) continue;
      }
      throw this.errorOf(answer, document, request, credentials);
    }
  }

  /** The document that S3 answers with. */
  async sendForXml(request: S3Request): Promise<XmlNode> {
    const answer = await this.send(request);
    const document = await parseS3Xml(await this.textOf(answer, request));
    // Some answers begin before S3 knows that they will be errors.
    if (document === undefined || document.name === 'Error') {
      throw this.errorOf(answer, document, request, await this.credentials.current());
    }
    return document;
  }

  /** Reads the body of an answer to its end. */
  private async textOf(answer: S3Answer, request: S3Request): Promise<string> {
    let bytes: Buffer;
    try {
      bytes = await beginningOf(answer.body, DOCUMENT_BYTES);
    } catch (error) {
      throw this.lost(error, request);
    }
    if (bytes.length <= DOCUMENT_BYTES) return bytes.toString();
    const { uri, verb } = request;
    throw new IactError('unreadable', `Cannot ${verb} "${uri}": the answer of S3 is too large.`, { uri });
  }

  /** What failed between us and the service. */
  lost(error: unknown, { uri }: Pick<S3Request, 'uri'>): IactError {
    const url = urlOf(this.endpoint, this.bucket, '');
    const { host } = url;
    const proxy = proxyFor(url, this.env);
    return connectionError(error, { uri, host, proxy, hasLogin: true, hasAnswered: this.hasAnswered });
  }

  async close(): Promise<void> {
    await this.sender.close();
  }

  private async sendOnce(request: S3Request, credentials: AwsCredentials | undefined): Promise<S3Answer> {
    const { region } = this.endpoint;
    const url = urlOf(this.endpoint, this.bucket, request.key, request.query);
    try {
      const answer = await this.sender.send(url, region, request, credentials);
      this.hasAnswered = true;
      return answer;
    } catch (error) {
      if (request.signal?.aborted) throw error;
      throw this.lost(error, request);
    }
  }

  /** Takes over the region that the service tells; `false` if there is nothing new in it. */
  private adoptRegion(asked: S3Endpoint, answer: S3Answer, document: XmlNode | undefined): boolean {
    const mayTell = [301, 307, 308, 400, 403].includes(answer.status);
    const region = answer.headers['x-amz-bucket-region'] ?? textOf(document, 'Region');
    if (!mayTell || !region || !/^[a-z0-9-]+$/.test(region) || region === asked.region) return false;
    this.endpoint = { ...this.endpoint, region };
    return true;
  }

  /** The document of an error. An answer to HEAD has none, one to GET does. */
  private async reasonFor(
    answer: S3Answer,
    request: S3Request,
    credentials: AwsCredentials | undefined,
  ): Promise<XmlNode | undefined> {
    const document = await errorDocument(answer);
    if (request.method !== 'HEAD' || (answer.status !== 400 && answer.status !== 403)) return document;
    const headers = { range: 'bytes=0-0' };
    const other = await this.sendOnce({ ...request, method: 'GET', headers }, credentials);
    return errorDocument(other);
  }

  private errorOf(
    { status, headers }: S3Answer,
    document: XmlNode | undefined,
    { uri, verb }: S3Request,
    credentials: AwsCredentials | undefined,
  ): IactError {
    const { bucket } = this;
    const { host } = urlOf(this.endpoint, bucket, '');
    // Of an answer that began as a success, only its code tells.
    const isLate = status < 300;
    const code = textOf(document, 'Code') ?? (isLate ? 'InternalError' : '');
    const message = textOf(document, 'Message') ?? textOf(document, 'Endpoint') ?? '';
    const refusal = { status: isLate ? 500 : status, code, message, retryAfter: headers['retry-after'] };
    return s3Error(refusal, { uri, verb, bucket, host, identity: credentials?.source });
  }
}

async function errorDocument({ body }: S3Answer): Promise<XmlNode | undefined> {
  // The status alone is an answer.
  const bytes = await beginningOf(body, ERROR_BYTES).catch(() => Buffer.alloc(0));
  return bytes.length === 0 ? undefined : parseS3Xml(bytes.toString());
}
