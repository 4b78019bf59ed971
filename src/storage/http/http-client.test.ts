import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../../test/support/nginx.ts';
import { tempDirectory } from '../../../test/support/temp.ts';
import type { IactError } from '../../core/index.ts';
import { bytesOf, contentOf } from '../testing/conformance.ts';
import { scriptedServer, serveFile } from './testing/scripted-server.ts';
import { openSource } from './testing/served-source.ts';

const content = bytesOf(1000);
const file = { content, etag: '"one"' };

async function errorOf(act: Promise<unknown>): Promise<IactError> {
  return act.then(
    () => {
      throw new Error('no error');
    },
    (error: IactError) => error,
  );
}

describe('HttpClient', () => {
  it('keeps the query with every request, encodes paths, and shows neither query nor password', async () => {
    const server = await scriptedServer((request, response) => serveFile(request, response, file));
    const source = await openSource(`http://me:secret@127.0.0.1:${server.port}/a%20b?token=hidden#part`);
    await source.stat('c d/#1?2%3/é.fits');
    expect(server.requests[0]?.url).toBe('/a%20b/c%20d/%231%3F2%253/%C3%A9.fits?token=hidden');
    expect(server.requests[0]?.headers.authorization).toBe(`Basic ${btoa('me:secret')}`);
    expect(source.uri).toBe(`http://127.0.0.1:${server.port}/a%20b`);
    expect(source.uriOf('x/é')).toBe(`http://127.0.0.1:${server.port}/a%20b/x/%C3%A9`);
  });

  it('asks nothing after it was closed', async () => {
    const server = await scriptedServer((request, response) => serveFile(request, response, file));
    const source = await openSource(server.url);
    await contentOf(source, 'a');
    await expect.poll(() => server.connections).toBe(4);
    await source.close();
    expect(await errorOf(source.stat('a'))).toMatchObject({ code: 'cancelled', retryable: false });
    source.prepare();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(server.connections).toBe(4);
  });

  it('follows redirects of every kind, and stops in a loop', async () => {
    const server = await scriptedServer((request, response) => {
      const status = Number(/^\/(\d+)$/.exec(request.url ?? '')?.[1]);
      if (request.url === '/file') serveFile(request, response, file);
      else response.writeHead(status || 302, { location: status ? 'file' : '/loop' }).end();
    });
    const source = await openSource(server.url);
    for (const status of [301, 302, 303, 307, 308]) {
      expect(Buffer.compare(await contentOf(source, String(status)), content)).toBe(0);
    }
    const count = server.requests.length;
    const error = await errorOf(source.stat('loop'));
    expect(error).toMatchObject({ code: 'unreachable', retryable: false });
    expect(server.requests.length - count).toBe(11);
  });

  it('gives the login to no other host, and takes none from a redirect', async () => {
    const other = await scriptedServer((request, response) => serveFile(request, response, file));
    const server = await scriptedServer((request, response) => {
      const location = `http://you:other@127.0.0.1:${other.port}${request.url}`;
      response.writeHead(302, { location }).end();
    });
    for (const [url, env] of [
      [`http://me:secret@127.0.0.1:${server.port}/`, {}],
      [server.url, { IACT_HTTP_TOKEN: 'secret' }],
    ] as const) {
      const source = await openSource(url, env);
      await contentOf(source, 'a.fits');
      expect(server.requests.at(-1)?.headers.authorization).toBeDefined();
      expect(other.requests.at(-1)?.headers.authorization).toBeUndefined();
    }
  });

  it('tells who it is that wants a login, where the server leads on to another host, and what helps', async () => {
    let status = 401;
    const other = await scriptedServer((_, response) => response.writeHead(status).end());
    const server = await scriptedServer((request, response) => {
      response.writeHead(302, { location: `http://127.0.0.1:${other.port}${request.url}` }).end();
    });
    const netrc = join(await tempDirectory(), 'netrc');
    await writeFile(netrc, 'machine 127.0.0.1 login me password secret\n');
    const where = `"127.0.0.1:${other.port}", to which the server leads on,`;
    const remedy = 'a login is given to no other host than the one that is named: name the store by its URL there.';
    const source = await openSource(server.url, { NETRC: netrc });
    const read = async (path: string): Promise<string> => (await errorOf(contentOf(source, path))).message;
    expect(await read('a')).toBe(`Cannot read "${server.url}a": ${where} asks for a login (401); ${remedy}`);
    status = 403;
    expect(await read('a')).toBe(`Cannot read "${server.url}a": ${where} forbids it (403); ${remedy}`);
    const signed = await openSource(`${other.url}?signature=hidden`);
    const expired = 'what the query of its URL grants may have expired, or be for another file';
    expect((await errorOf(contentOf(signed, 'a'))).message).toBe(
      `Cannot read "${other.url}a": the server forbids it (403); ${expired}.`,
    );
  });

  it('goes straight to where a host has moved for good, and back for what has not moved', async () => {
    const other = await scriptedServer((request, response) => {
      if (request.url === '/stayed') response.writeHead(404).end();
      else serveFile(request, response, file);
    });
    const server = await scriptedServer((request, response) => {
      if (request.url === '/stayed') serveFile(request, response, { content: bytesOf(7) });
      else response.writeHead(301, { location: `http://127.0.0.1:${other.port}${request.url}` }).end();
    });
    const source = await openSource(server.url);
    for (const path of ['a', 'b', 'c']) expect((await contentOf(source, path)).length).toBe(1000);
    expect(server.requests.map(({ url }) => url)).toEqual(['/a']);
    expect((await contentOf(source, 'stayed')).length).toBe(7);
    expect((await contentOf(source, 'd')).length).toBe(1000);
  });

  it('goes to no other host for a path that begins with two slashes', async () => {
    const other = await scriptedServer((request, response) => serveFile(request, response, file));
    const server = await scriptedServer((request, response) =>
      response.writeHead(301, { location: `http://127.0.0.1:${other.port}${request.url}` }).end(),
    );
    const source = await openSource(`${server.url}/store/`);
    for (const path of ['a', 'b']) expect((await contentOf(source, path)).length).toBe(1000);
    expect(other.requests.map(({ url }) => url)).toEqual(['//store/a', '//store/b']);
    expect(server.requests).toHaveLength(1);
  });

  const refused: [status: number, headers: Record<string, string>, error: object][] = [
    [401, {}, { code: 'unreachable', retryable: false, message: expect.stringContaining('~/.netrc') }],
    [403, {}, { code: 'unreadable', retryable: false }],
    [404, {}, { code: 'not-found', retryable: false }],
    [410, {}, { code: 'not-found', retryable: false }],
    [400, {}, { code: 'unreadable', retryable: false }],
    [408, {}, { code: 'unreachable', retryable: true }],
    [429, { 'retry-after': '7' }, { code: 'unreachable', retryable: true, retryAfterMs: 7000 }],
    [500, {}, { code: 'unreachable', retryable: true, retryAfterMs: undefined }],
    [502, {}, { code: 'unreachable', retryable: true }],
    [
      503,
      { 'retry-after': 'Fri, 13 Feb 2009 23:31:30 GMT' },
      { code: 'unreachable', retryable: true, retryAfterMs: 0 },
    ],
  ];
  for (const [status, headers, expected] of refused) {
    it(`turns ${status} ${Object.values(headers)} into an error of ours`, async () => {
      const server = await scriptedServer((_, response) => response.writeHead(status, headers).end('<p>No.</p>'));
      const source = await openSource(`http://me:secret@127.0.0.1:${server.port}/?token=hidden`);
      const error = await errorOf(contentOf(source, 'a.fits'));
      expect(error).toMatchObject({ name: 'IactError', uri: source.uriOf('a.fits'), ...expected });
      expect(error.message).toContain(source.uriOf('a.fits'));
      expect(error.message).not.toMatch(/secret|hidden/);
    });
  }

  it('waits until a date where the server names one', async () => {
    const date = new Date(Date.now() + 60_000).toUTCString();
    const server = await scriptedServer((_, response) => response.writeHead(503, { 'retry-after': date }).end());
    const { retryAfterMs = 0 } = await errorOf((await openSource(server.url)).stat('a'));
    expect(retryAfterMs).toBeGreaterThan(30_000);
    expect(retryAfterMs).toBeLessThanOrEqual(60_000);
  });

  it('says what keeps it from a server, and lets a server that was there come back', async () => {
    const port = await freePort();
    const refused = await errorOf((await openSource(`http://127.0.0.1:${port}/`)).stat('a'));
    expect(refused).toMatchObject({ code: 'unreachable', retryable: false });
    expect(refused.message).toMatch(/refused/);
    const unknown = await errorOf((await openSource('http://no-such-host.invalid/')).stat('a'));
    expect(unknown.code).toBe('unreachable');
    const server = await scriptedServer((request, response) => serveFile(request, response, file));
    const source = await openSource(server.url);
    await source.stat('a');
    await source.close();
  });

  it('tries again where a server is gone that has answered before', async () => {
    let answers = true;
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        if (answers) socket.end('HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nabcd');
        else socket.destroy();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const source = await openSource(`http://127.0.0.1:${address.port}/`);
    expect((await contentOf(source, 'a')).length).toBe(4);
    answers = false;
    expect(await errorOf(contentOf(source, 'a'))).toMatchObject({ code: 'unreachable', retryable: true });
    await new Promise((resolve) => server.close(resolve));
    expect(await errorOf(contentOf(source, 'a'))).toMatchObject({ code: 'unreachable', retryable: true });
  });

  it('refuses an answer that is not of HTTP, and a way from https to http', async () => {
    const server = createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const plain = await errorOf((await openSource(`http://127.0.0.1:${address.port}/`)).stat('a'));
    expect(plain).toMatchObject({ code: 'unreachable', retryable: false, message: expect.stringContaining('HTTP') });
    const encrypted = await errorOf((await openSource(`https://127.0.0.1:${address.port}/`)).stat('a'));
    expect(encrypted).toMatchObject({ code: 'unreachable', retryable: false });
  });
});
