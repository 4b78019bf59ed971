import { BlockList, isIP } from 'node:net';
import { IactError, redactUrls } from '../../core/index.ts';
import { basicAuthorization } from './credentials.ts';
import { decoded } from './url-path.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that the environment names for a URL: `https_proxy` or `HTTPS_PROXY`, `http_proxy` (in lower case only: the
 * other may come from a request to a CGI program), else `all_proxy` or `ALL_PROXY`; `undefined` if it is to be asked
 * directly.
 *
 * @throws {IactError} `usage` for a proxy that is no HTTP proxy.
 */
export function proxyFor(url: URL, env: Environment): URL | undefined {
  const names = url.protocol === 'https:' ? ['https_proxy', 'HTTPS_PROXY'] : ['http_proxy'];
  const name = [...names, 'all_proxy', 'ALL_PROXY'].find((each) => env[each]);
  const value = name === undefined ? undefined : env[name];
  if (name === undefined || !value || isExempt(url, env['no_proxy'] ?? env['NO_PROXY'] ?? '')) return undefined;
  return parseProxy(name, value);
}

/** What a proxy is told of who asks; `undefined` if its URL names nobody. */
export function proxyLogin({ username, password }: URL): string | undefined {
  return username === '' ? undefined : basicAuthorization(decoded(username), decoded(password));
}

function parseProxy(name: string, value: string): URL {
  const text = value.includes('://') ? value : `http://${value}`;
  const proxy = URL.canParse(text) ? new URL(text) : undefined;
  if (proxy?.hostname && (proxy.protocol === 'http:' || proxy.protocol === 'https:')) return proxy;
  const found = `the variable ${name} is "${redactUrls(text)}"`;
  throw new IactError('usage', `Cannot use the proxy: ${found}; needed is http://host:3128, or no_proxy=*.`);
}

/**
 * `no_proxy`: names that stand for themselves and all below them, with or without a dot before; addresses and networks
 * (`10.0.0.0/8`); any of them with a port; `*` for all.
 */
function isExempt(url: URL, noProxy: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return noProxy.split(/[,\s]+/).some((entry) => {
    if (entry === '') return false;
    if (entry === '*') return true;
    const [written, entryPort] = splitPort(entry);
    const name = written.toLowerCase().replace(/^\*?\./, '');
    if (entryPort !== undefined && entryPort !== port) return false;
    if (name.includes('/')) return isInNetwork(host, name);
    return host === name || (isIP(host) === 0 && name !== '' && host.endsWith(`.${name}`));
  });
}

function splitPort(entry: string): [name: string, port: string | undefined] {
  // An address of IPv6 has more than one colon.
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(entry) ?? [];
  return [bracketed ?? plain ?? entry, port];
}

function isInNetwork(host: string, network: string): boolean {
  const [address = '', bits = ''] = network.split('/');
  const family = isIP(address);
  if (family === 0 || isIP(host) !== family || !/^\d{1,3}$/.test(bits)) return false;
  if (Number(bits) > (family === 4 ? 32 : 128)) return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(address, Number(bits), type);
  return list.check(host, type);
}
