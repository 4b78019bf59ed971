import { createHash, createHmac } from 'node:crypto';

/** A request as it came, for checking its signature. */
export interface SignedRequest {
  readonly method: string;
  /** Path as it was sent, still encoded. */
  readonly path: string;
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly headers: Readonly<Record<string, string>>;
}

export interface SignatureKey {
  readonly secret: string;
  readonly sessionToken?: string | undefined;
}

/** What a signature says of itself. */
interface Claim {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly time: string;
  readonly payloadHash: string;
  readonly inQuery: boolean;
}

/** Code of S3 for what is wrong with a signature; `undefined` for a request without one. */
export type Verdict =
  | { readonly accessKeyId: string }
  | { readonly code: string; readonly region?: string }
  | undefined;

const SKEW_MS = 15 * 60_000;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/**
 * Checks a signature of version 4, in the header or in the query, as the AWS documentation describes it.
 * @see Amazon S3 API Reference, "Authenticating Requests (AWS Signature Version 4)"
 */
export function verifySignature(
  request: SignedRequest,
  keys: Readonly<Record<string, SignatureKey>>,
  region: string,
  nowMs: number,
): Verdict {
  const claim = claimOf(request);
  if (claim === undefined) return undefined;
  const key = keys[claim.accessKeyId];
  if (key === undefined) return { code: 'InvalidAccessKeyId' };
  const token = request.headers['x-amz-security-token'] ?? queryValue(request, 'X-Amz-Security-Token');
  if (token !== key.sessionToken) return { code: 'InvalidToken' };
  if (claim.region !== region) return { code: 'AuthorizationHeaderMalformed', region };
  if (Math.abs(timeMs(claim.time) - nowMs) > SKEW_MS) return { code: 'RequestTimeTooSkewed' };
  const must = ['host', ...Object.keys(request.headers).filter((name) => name.startsWith('x-amz-'))];
  if (!must.every((name) => claim.signedHeaders.includes(name))) return { code: 'AccessDenied' };
  if (signatureOf(request, claim, key.secret) !== claim.signature) return { code: 'SignatureDoesNotMatch' };
  return { accessKeyId: claim.accessKeyId };
}

function claimOf(request: SignedRequest): Claim | undefined {
  const { headers } = request;
  const pattern =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request,\s*SignedHeaders=([^,]+),\s*Signature=(\w+)$/;
  const inHeader = pattern.exec(headers['authorization'] ?? '');
  if (inHeader !== null) {
    const [, accessKeyId = '', date = '', region = '', signedHeaders = '', signature = ''] = inHeader;
    const time = headers['x-amz-date'] ?? '';
    const payloadHash = headers['x-amz-content-sha256'] ?? '';
    return {
      accessKeyId,
      date,
      region,
      signedHeaders: signedHeaders.split(';'),
      signature,
      time,
      payloadHash,
      inQuery: false,
    };
  }
  const credential = queryValue(request, 'X-Amz-Credential');
  if (credential === undefined) return undefined;
  const [accessKeyId = '', date = '', region = ''] = credential.split('/');
  return {
    accessKeyId,
    date,
    region,
    signedHeaders: (queryValue(request, 'X-Amz-SignedHeaders') ?? '').split(';'),
    signature: queryValue(request, 'X-Amz-Signature') ?? '',
    time: queryValue(request, 'X-Amz-Date') ?? '',
    payloadHash: headers['x-amz-content-sha256'] ?? 'UNSIGNED-PAYLOAD',
    inQuery: true,
  };
}

function signatureOf(request: SignedRequest, claim: Claim, secret: string): string {
  const query = request.query
    .filter(([name]) => !claim.inQuery || name !== 'X-Amz-Signature')
    .map(([name, value]) => [uriEncode(name), uriEncode(value)] as const)
    .sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : 1))
    .map((pair) => pair.join('='));
  const canonical = [
    request.method,
    uriEncode(decodeURIComponent(request.path)).replaceAll('%2F', '/'),
    query.join('&'),
    ...claim.signedHeaders.map((name) => `${name}:${(request.headers[name] ?? '').trim().replace(/ +/g, ' ')}`),
    '',
    claim.signedHeaders.join(';'),
    claim.payloadHash,
  ].join('\n');
  const scope = `${claim.date}/${claim.region}/s3/aws4_request`;
  const dateKey = hmac(`AWS4${secret}`, claim.date);
  const signingKey = hmac(hmac(hmac(dateKey, claim.region), 's3'), 'aws4_request');
  return hmac(signingKey, ['AWS4-HMAC-SHA256', claim.time, scope, sha256(canonical)].join('\n')).toString('hex');
}

function queryValue({ query }: SignedRequest, wanted: string): string | undefined {
  return query.find(([name]) => name === wanted)?.[1];
}

/** All but the unreserved characters of RFC 3986 is encoded. */
export function uriEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

function timeMs(text: string): number {
  return Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}
