import type { Agent, buildConnector, ProxyAgent } from 'undici';
import { poolWithHeldEnds } from '../http/hold-end.ts';
import { proxyFor, proxyLogin } from '../http/proxy.ts';
import { CONNECT_TIMEOUT_MS } from '../http/ready-connections.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What leads to a URL: the proxy of the environment, or no other machine.
 *
 * @param connect how connections are made where there is no proxy.
 */
export async function dispatcherTo(
  url: URL,
  env: Environment,
  connections: number,
  connect?: buildConnector.connector,
): Promise<Agent | ProxyAgent> {
  const undici = await import('undici');
  const proxy = proxyFor(url, env);
  // The last resort; whoever reads decides sooner how long silence may be.
  const timeouts = { connect: { timeout: CONNECT_TIMEOUT_MS }, headersTimeout: 300_000, bodyTimeout: 300_000 };
  const options = { connections, ...timeouts };
  if (proxy === undefined) return new undici.Agent({ ...options, ...(connect && { connect }) });
  const token = proxyLogin(proxy);
  // What is not encrypted needs no tunnel, and most proxies allow none for it.
  return new undici.ProxyAgent({
    ...options,
    factory: poolWithHeldEnds(undici),
    uri: proxy.origin,
    proxyTunnel: url.protocol === 'https:',
    ...(token && { token }),
  });
}

export interface Question {
  readonly url: URL;
  readonly method?: 'GET' | 'PUT' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
  /** Whose proxy is used; none if absent. */
  readonly env?: Environment;
}

/** Asks a small thing of a service that gives credentials. Throws what undici throws. */
export async function ask(question: Question): Promise<{ status: number; text: string }> {
  const { url, method = 'GET', headers = {}, body = null, timeoutMs, env = {} } = question;
  const dispatcher = await dispatcherTo(url, env, 1);
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const path = url.pathname + url.search;
    const answer = await dispatcher.request({ origin: url.origin, path, method, headers, body, signal });
    return { status: answer.statusCode, text: await answer.body.text() };
  } finally {
    await dispatcher.destroy();
  }
}
