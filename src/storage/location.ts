import { existsSync } from 'node:fs';
import { IactError, redactUrls } from '../core/index.ts';

/** A file or folder of this machine, or of what is mounted on it. */
export interface LocalLocation {
  readonly kind: 'local';
  readonly path: string;
}

/** A file or folder that `ssh` leads to. */
export interface SftpLocation {
  readonly kind: 'sftp';
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** Name or address, or an alias of the user's ssh configuration. */
  readonly host: string;
  readonly port: number | undefined;
  /** Absolute, or relative to the directory that the login leads to. Without `/` at its end. */
  readonly path: string;
}

/** A file or folder of a web server. */
export interface HttpLocation {
  readonly kind: 'http';
  /** With user, password and query as they were given. */
  readonly url: URL;
}

/** An object, or all those below a prefix. */
export interface S3Location {
  readonly kind: 's3';
  readonly bucket: string;
  /** Without `/` at its ends. */
  readonly key: string;
}

/** Where a store, or a file, lies. */
export type Location = LocalLocation | SftpLocation | HttpLocation | S3Location;

const SCHEME = /^([a-z][a-z0-9+.-]*):\/\//i;
/** As scp and rsync have it: a host, a colon, and a path; a slash before the colon makes it a local path. */
const HOST_AND_PATH = /^(?:([^@:/\s]+)@)?(\[[0-9a-f:.]+\]|[^@:/\s[\]]{2,}):(.*)$/i;

/**
 * Reads a place as people write it: a path, `sftp://user@host:port/path`, `host:path`, `http(s)://…`, `s3://bucket/prefix`.
 *
 * In `sftp://host/path` the path is absolute, and `/~/path` counts from the home directory; in `host:path` a path
 * without `/` at its beginning does. A file of this machine that is named like `host:path` is that file.
 *
 * @throws {IactError} `usage` for a scheme that is not known, for what lacks its host or bucket, for a host or user that
 *   `ssh` would take for an option, and for escapes that are none or stand for control characters.
 */
export function parseLocation(text: string): Location {
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return parseWithoutScheme(text);
  if (scheme === 'sftp' || scheme === 'ssh') return parseSftp(text);
  if (scheme === 'http' || scheme === 'https') return { kind: 'http', url: parseUrl(text) };
  if (scheme === 's3') return parseS3(text);
  if (scheme === 'file') return parseFile(text);
  throw bad(text, `"${scheme}://" is not known; sftp, http, https, s3 and file are`);
}

function parseWithoutScheme(text: string): Location {
  const [, user, host, path = ''] = HOST_AND_PATH.exec(text) ?? [];
  if (host === undefined || existsSync(text)) return { kind: 'local', path: text };
  const name = host.replace(/^\[|\]$/g, '');
  refuseOptions(text, user, name);
  return { kind: 'sftp', user, password: undefined, host: name, port: undefined, path: withoutEndSlash(path) };
}

function parseFile(text: string): LocalLocation {
  const url = parseUrl(text);
  if (url.hostname !== '')
    throw bad(text, `"${url.hostname}" is another machine; "sftp://" and "host:path" lead there`);
  return { kind: 'local', path: decoded(url.pathname, text) };
}

function parseSftp(text: string): SftpLocation {
  const url = parseUrl(text);
  if (url.hostname === '') throw bad(text, 'it names no host');
  const path = decoded(url.pathname, text).replace(/^\/~(?:\/|$)/, '');
  const user = url.username === '' ? undefined : decoded(url.username, text);
  const host = decoded(url.hostname, text).replace(/^\[|\]$/g, '');
  refuseOptions(text, user, host);
  return {
    kind: 'sftp',
    user,
    password: url.password === '' ? undefined : decoded(url.password, text),
    host,
    port: url.port === '' ? undefined : Number(url.port),
    path: withoutEndSlash(path === '' && !url.pathname.startsWith('/~') ? '/' : path),
  };
}

function parseS3(text: string): S3Location {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]*)\/?(.*)$/i.exec(text) ?? [];
  if (bucket === '') throw bad(text, 'it names no bucket');
  if (!/^[a-z0-9][a-z0-9._-]+$/i.test(bucket)) throw bad(text, `"${bucket}" is no name of a bucket`);
  return { kind: 's3', bucket, key: key.replace(/^\/+|\/+$/g, '') };
}

function parseUrl(text: string): URL {
  try {
    return new URL(text);
  } catch {
    throw bad(text, 'it is no URL');
  }
}

function decoded(part: string, text: string): string {
  let result: string;
  try {
    result = decodeURIComponent(part);
  } catch {
    throw bad(text, 'it holds a "%" that begins no escape; write "%25" for the character itself');
  }
  if (/\p{Cc}/u.test(result)) throw bad(text, 'it holds a control character');
  return result;
}

/** Names that the command `ssh` would take for an option, and run a program of somebody else's choice. */
function refuseOptions(text: string, user: string | undefined, host: string): void {
  if (host.startsWith('-') || user?.startsWith('-')) throw bad(text, 'no host or user begins with "-"');
  if (/^$|[\s\p{Cc}]/u.test(host + (user ?? '')))
    throw bad(text, 'a blank or a control character is in the name of the host or the user');
}

function withoutEndSlash(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, '') || '/' : path;
}

function bad(text: string, reason: string): IactError {
  return new IactError('usage', `Cannot tell where "${redactUrls(text)}" is: ${reason}.`);
}
