import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bytesOf } from '../testing/conformance.ts';
import { poolWithHeldEnds } from './hold-end.ts';
import { openSource } from './testing/served-source.ts';

const content = bytesOf(400_000);
const little = bytesOf(150_000);

/** A server that sends a file as fast as it can and then does something with the connection; it knows no others. */
async function urlOfServer(header: string, after: (connection: Socket) => void, body = content): Promise<string> {
  const server = createServer((connection) => {
    connection.on('error', () => undefined);
    connection.once('data', () => {
      connection.write(`HTTP/1.1 200 OK\r\n${header}Connection: close\r\n\r\n`);
      connection.write(body, () => after(connection));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** Reads so slowly that all has come, and the connection has ended, long before the last is asked for. */
async function slowly(content: AsyncIterable<Uint8Array>, pauseMs = 40): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) {
    chunks.push(chunk);
    await sleep(pauseMs);
  }
  return Buffer.concat(chunks);
}

const length = `Content-Length: ${content.length}\r\n`;

/** A proxy that makes tunnels. */
async function urlOfProxy(): Promise<string> {
  const proxy = createHttpServer().on('connect', ({ url = '' }, client: Socket) => {
    const { hostname, port } = new URL(`http://${url}`);
    const server = connect(Number(port), hostname, () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      server.pipe(client).pipe(server);
    });
    client.on('error', () => server.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    proxy.close();
  });
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
}

describe('poolWithHeldEnds()', () => {
  it('gives an answer whole that comes through a tunnel', async () => {
    const undici = await import('undici');
    const uri = await urlOfProxy();
    const agent = new undici.ProxyAgent({ uri, proxyTunnel: true, factory: poolWithHeldEnds(undici) });
    onTestFinished(() => agent.destroy());
    // Where chunks end is left to the system; the end must come where nothing of one is left.
    for (const bytes of [90_000, 110_000, 130_000, 150_000, 170_000, 190_000].map((size) =>
      content.subarray(0, size),
    )) {
      const header = `Content-Length: ${bytes.length}\r\n`;
      const origin = await urlOfServer(header, (connection) => connection.end(), bytes);
      const { body } = await agent.request({ origin, path: '/', method: 'GET' });
      await sleep(50);
      expect((await slowly(body)).equals(bytes)).toBe(true);
    }
  });
});

describe('HttpSource.read() slower than a server that ends the connection', () => {
  it.each([
    ['of a told length', length],
    ['up to its end', ''],
  ])('gives an answer %s whole', async (_, header) => {
    const source = await openSource(await urlOfServer(header, (connection) => connection.end()));
    expect((await slowly(source.read('file'))).equals(content)).toBe(true);
  });

  it('tells that an answer was cut off', async () => {
    const header = `Content-Length: ${content.length + 1}\r\n`;
    const source = await openSource(await urlOfServer(header, (connection) => connection.end()));
    await expect(slowly(source.read('file'))).rejects.toMatchObject({ code: 'unreachable', retryable: true });
  });

  it('tells that a connection was reset', async () => {
    // So much is taken from the system before anybody asks for it.
    const header = `Content-Length: ${little.length + 1}\r\n`;
    const url = await urlOfServer(header, (connection) => setTimeout(() => connection.resetAndDestroy(), 50), little);
    const source = await openSource(url);
    await expect(slowly(source.read('file'), 300)).rejects.toMatchObject({ code: 'unreachable', retryable: true });
  });
});
