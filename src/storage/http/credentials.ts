import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { AccessOptions } from '../access.ts';
import { readError, systemCode } from '../system-error.ts';
import { findEntry, parseNetrc } from './netrc.ts';
import { decoded } from './url-path.ts';

/** Variable with a token that a server asks for. */
export const TOKEN_VARIABLE = 'IACT_HTTP_TOKEN';

/**
 * The `Authorization` that the host of a URL shall see: user and password of the URL, then {@link TOKEN_VARIABLE}
 * (only where nobody on the way can read it: https, or this machine), then the netrc file, then, for a user without a
 * password, what the person at the terminal says. `undefined` if there is none.
 *
 * @throws {IactError} `unreadable` if the netrc file is there and cannot be read.
 */
export async function findAuthorization(url: URL, options: AccessOptions): Promise<string | undefined> {
  const user = url.username === '' ? undefined : decoded(url.username);
  if (user !== undefined && url.password !== '') return basicAuthorization(user, decoded(url.password));
  const token = options.env[TOKEN_VARIABLE];
  if (user === undefined && token && isPrivate(url)) return `Bearer ${token}`;
  const entry = await findInNetrc(url.hostname.replace(/^\[|\]$/g, ''), user, options);
  if (entry !== undefined) return basicAuthorization(user ?? entry.login, entry.password);
  if (user === undefined) return undefined;
  const password = await options.ask?.(`Password of ${user} at ${url.host}: `, true);
  return basicAuthorization(user, password ?? '');
}

/** Whether nobody between us and the server can read along. */
export function isPrivate(url: URL): boolean {
  return url.protocol === 'https:' || /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname);
}

/** Whether a URL is of the host that a login is for; that the host now insists on https makes it no other. */
export function isSameHost(home: URL, url: URL): boolean {
  if (url.origin === home.origin) return true;
  const isUpgrade = home.protocol === 'http:' && url.protocol === 'https:' && home.port === '' && url.port === '';
  return isUpgrade && url.hostname === home.hostname;
}

/** @see RFC 7617 */
export function basicAuthorization(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

async function findInNetrc(
  host: string,
  user: string | undefined,
  options: AccessOptions,
): Promise<{ login: string; password: string } | undefined> {
  const { env } = options;
  const path = env['NETRC'] || join(env['HOME'] || homedir(), '.netrc');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw readError(error, path);
  }
  const entry = findEntry(parseNetrc(text), host, user);
  if (entry?.password === undefined) return undefined;
  return { login: entry.login ?? '', password: entry.password };
}
