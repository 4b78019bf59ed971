import { IactError, messageOf, redactUrls } from '../../core/index.ts';
import { systemCode } from '../system-error.ts';
import { TOKEN_VARIABLE } from './credentials.ts';

/** What was asked of whom, for messages. */
export interface Inquiry {
  /** As shown to people. */
  readonly uri: string;
  /** Host and port that were asked. */
  readonly host: string;
  readonly proxy: URL | undefined;
  /** Whether the host was sent a login. */
  readonly hasLogin: boolean;
  /** Whether this host has answered before. */
  readonly hasAnswered: boolean;
  /** Whether it is another host, which the one that was named leads on to. */
  readonly isElsewhere?: boolean;
  /** Whether the URL has a query, which may be what grants access. */
  readonly hasQuery?: boolean;
}

/** What may have passed when the same call is made again. */
const PASSING: Readonly<Record<string, string>> = {
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was reset',
  ECONNABORTED: 'the connection was reset',
  UND_ERR_SOCKET: 'the connection was closed',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the answer stopped short',
  ETIMEDOUT: 'no answer in time',
  UND_ERR_CONNECT_TIMEOUT: 'no connection could be made in time',
  UND_ERR_HEADERS_TIMEOUT: 'no answer in time',
  UND_ERR_BODY_TIMEOUT: 'the server fell silent',
  EAI_AGAIN: 'the name of the host cannot be looked up now',
};

/** What passes if the server has been reached before, and is a mistake if it has not. */
const LOST: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused; nothing listens there',
  ENOTFOUND: 'there is no host of that name',
  EHOSTUNREACH: 'the network knows no way to the host',
  ENETUNREACH: 'the network cannot be reached',
  ENETDOWN: 'the network is down',
};

const ADD_CERTIFICATE = 'if you trust it, name the file of its certificate in NODE_EXTRA_CA_CERTS';
const TLS_REASONS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'the certificate of the server has expired',
  CERT_NOT_YET_VALID: 'the certificate of the server is not valid yet, or the clock of this machine is wrong',
  DEPTH_ZERO_SELF_SIGNED_CERT: `the certificate of the server is self-signed; ${ADD_CERTIFICATE}`,
  SELF_SIGNED_CERT_IN_CHAIN: `the certificate of the server leads to one that is self-signed; ${ADD_CERTIFICATE}`,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: `no known authority vouches for the certificate of the server; ${ADD_CERTIFICATE}`,
  UNABLE_TO_GET_ISSUER_CERT: `no known authority vouches for the certificate of the server; ${ADD_CERTIFICATE}`,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: `no known authority vouches for the certificate of the server; ${ADD_CERTIFICATE}`,
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate of the server is for another host',
  UND_ERR_PRX_TLS: 'the certificate of the server or of the proxy is for another host',
  CERT_REVOKED: 'the certificate of the server was revoked',
  ERR_SSL_WRONG_VERSION_NUMBER: 'the server does not speak TLS on this port; it may be http:// and not https://',
  EPROTO: 'the server and we cannot agree on how to encrypt',
};

/** Turns what failed between us and a server into an error of ours. */
export function connectionError(error: unknown, inquiry: Inquiry): IactError {
  if (error instanceof IactError) return error;
  const tunnel = /^Proxy response \((\d+)\)/.exec(messageOf(error))?.[1];
  if (tunnel !== undefined && inquiry.proxy !== undefined)
    return tunnelError(Number(tunnel), inquiry, inquiry.proxy, error);
  const code = systemCode(error) ?? '';
  const cause = systemCode((error as { cause?: unknown }).cause) ?? '';
  const known = [code, cause].find((each) => each in PASSING || each in LOST || each in TLS_REASONS) ?? code;
  const reason = unknownHost(error) ?? PASSING[known] ?? LOST[known] ?? TLS_REASONS[known] ?? otherReason(code, error);
  const retryable = known in PASSING || (inquiry.hasAnswered && (known in LOST || code.startsWith('HPE_')));
  return new IactError('unreachable', `Cannot reach ${placeOf(inquiry)}: ${reason}.`, {
    cause: error,
    uri: inquiry.uri,
    retryable,
  });
}

/** Which of the hosts on the way it is, a URL of S3 does not say. */
function unknownHost(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, hostname, cause } = error as { code?: unknown; hostname?: unknown; cause?: unknown };
  if (code === 'ENOTFOUND' && typeof hostname === 'string') return `there is no host "${hostname}"`;
  return cause === undefined ? undefined : unknownHost(cause);
}

function otherReason(code: string, error: unknown): string {
  if (code.startsWith('HPE_')) return 'the answer is not of HTTP';
  return redactUrls(messageOf(error)) || code;
}

function placeOf({ uri, proxy }: Inquiry): string {
  return proxy === undefined ? `"${uri}"` : `"${uri}" by way of the proxy "${proxy.protocol}//${proxy.host}"`;
}

/** Status that an answer may have without being an error of its own. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/** What an answer that is neither success nor "not found" means. */
export function statusError(status: number, retryAfter: string | undefined, inquiry: Inquiry): IactError {
  const { uri } = inquiry;
  if (status === 404 || status === 410) return new IactError('not-found', `"${uri}" does not exist.`, { uri });
  if (status === 407 && inquiry.proxy !== undefined) return tunnelError(status, inquiry, inquiry.proxy);
  if (status === 401) {
    const reason = `${serverOf(inquiry)} ${inquiry.hasLogin ? 'refuses the login' : 'asks for a login'}`;
    // Some proxies say this, and not 407, where their own login is wrong.
    const orProxy = inquiry.proxy && `, or it is the proxy, which takes ${proxyRemedy(inquiry.proxy)}`;
    const message = `Cannot read "${uri}": ${reason} (401); ${loginRemedy(inquiry)}${orProxy ?? ''}.`;
    return new IactError('unreachable', message, { uri });
  }
  if (status === 403) {
    const reason = `${serverOf(inquiry)} forbids it (403)`;
    return new IactError('unreadable', `Cannot read "${uri}": ${reason}; ${forbiddenRemedy(inquiry)}.`, { uri });
  }
  const retryable = status >= 500 || status === 429 || status === 408;
  const said = STATUS_REASONS[status] ?? 'the server answered';
  return new IactError(retryable ? 'unreachable' : 'unreadable', `Cannot read "${uri}": ${said} (${status}).`, {
    uri,
    retryable,
    retryAfterMs: parseRetryAfter(retryAfter, Date.now()),
  });
}

const STATUS_REASONS: Readonly<Record<number, string>> = {
  408: 'the server did not wait for us',
  429: 'the server asks for fewer requests',
  500: 'the server reports an error of its own',
  502: 'the server behind the server does not answer',
  503: 'the server is busy or under maintenance',
  504: 'the server behind the server does not answer in time',
};

const NAME_IT_THERE = 'a login is given to no other host than the one that is named: name the store by its URL there';

/** The server that has answered, in words. */
function serverOf({ host, isElsewhere }: Inquiry): string {
  return isElsewhere ? `"${host}", to which the server leads on,` : 'the server';
}

function forbiddenRemedy(inquiry: Inquiry): string {
  if (inquiry.hasLogin) return 'the login may not be allowed to read it';
  if (inquiry.hasQuery) return 'what the query of its URL grants may have expired, or be for another file';
  return loginRemedy(inquiry);
}

function loginRemedy({ host, isElsewhere }: Inquiry): string {
  if (isElsewhere) return NAME_IT_THERE;
  return `give user and password in the URL or for "${host.replace(/:\d+$/, '')}" in ~/.netrc, or for https a token in ${TOKEN_VARIABLE}`;
}

function proxyRemedy({ protocol, host }: URL): string {
  return `its login in the proxy variable as ${protocol}//user:password@${host}`;
}

function tunnelError(status: number, inquiry: Inquiry, proxy: URL, cause?: unknown): IactError {
  const { uri } = inquiry;
  const reason =
    status === 401 || status === 407
      ? `asks for a login (${status}); it takes ${proxyRemedy(proxy)}`
      : `refuses to connect to the server (${status}); name hosts that need no proxy in no_proxy`;
  const message = `Cannot reach "${uri}": the proxy "${proxy.protocol}//${proxy.host}" ${reason}.`;
  return new IactError('unreachable', message, { cause, uri, retryable: status >= 500 });
}

/** Milliseconds that a `Retry-After` asks to wait. @see RFC 9110 §10.2.3 */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\s*\d+\s*$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
