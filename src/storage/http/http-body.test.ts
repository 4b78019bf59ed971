import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bytesOf, contentOf } from '../testing/conformance.ts';
import { withRetries } from '../with-retries.ts';
import { readBody } from './http-body.ts';
import type { HttpResponse } from './http-client.ts';
import { type ServedFile, serveFile } from './testing/scripted-server.ts';
import { content, file, onGet, served, statted } from './testing/served-source.ts';

describe('HttpSource.read()', () => {
  it('passes over the beginning of a whole file in answer to a range, and never takes it for the range', async () => {
    const { server, source } = await served((request, response) =>
      serveFile(request, response, { ...file, ranges: false }),
    );
    const info = await statted(source, 'a.fits');
    expect(source.traits.parallelRanges).toBe(false);
    for (const [start, end] of [
      [70_000, 100_000],
      [0, 10],
      [99_999, 200_000],
    ] as const) {
      const found = await contentOf(source, 'a.fits', { start, end, expected: info });
      expect(Buffer.compare(found, content.subarray(start, end))).toBe(0);
    }
    expect(server.requests.length).toBe(4);
  });

  const other: [name: string, status: number, headers: Record<string, string>, body: Uint8Array][] = [
    ['another range', 206, { 'content-range': 'bytes 0-99/100000' }, content.subarray(0, 100)],
    ['a range that begins before', 206, { 'content-range': 'bytes 999-1098/100000' }, content.subarray(999, 1099)],
    ['a longer range', 206, { 'content-range': 'bytes 1000-1200/100000' }, content.subarray(1000, 1201)],
    ['no range', 206, {}, content.subarray(1000, 1100)],
    ['several ranges', 206, { 'content-type': 'multipart/byteranges; boundary=x' }, content.subarray(0, 100)],
    ['a range of another length', 206, { 'content-range': 'bytes 1000-1099/100000' }, content.subarray(1000, 1050)],
    ['a refusal', 416, { 'content-range': 'bytes */100000' }, bytesOf(0)],
  ];
  for (const [name, status, headers, body] of other) {
    it(`refuses ${name} in answer to a range`, async () => {
      const { source } = await served(
        onGet((_, response) => response.writeHead(status, { ...headers, 'content-length': body.length }).end(body)),
      );
      const expected = await statted(source, 'a.fits');
      await expect(contentOf(source, 'a.fits', { start: 1000, end: 1100, expected })).rejects.toMatchObject({
        code: 'unreadable',
        retryable: false,
      });
    });
  }

  it('gives a range that the server cuts short, and then says so', async () => {
    const { source } = await served(
      onGet((_, response) => {
        const headers = { 'content-range': 'bytes 1000-1049/100000', 'content-length': 50 };
        response.writeHead(206, headers).end(content.subarray(1000, 1050));
      }),
    );
    const chunks: Uint8Array[] = [];
    const reading = (async () => {
      for await (const chunk of source.read('a.fits', { start: 1000, end: 1100 })) chunks.push(chunk);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'unreachable', retryable: true });
    expect(Buffer.compare(Buffer.concat(chunks), content.subarray(1000, 1050))).toBe(0);
  });

  it('takes a 416 at the end of the file for the end', async () => {
    const { source } = await served((request, response) => serveFile(request, response, file));
    expect((await contentOf(source, 'a.fits', { start: 100_000 })).length).toBe(0);
    const expected = { ...(await statted(source, 'a.fits')), sizeBytes: 200_000 };
    const grown = contentOf(source, 'a.fits', { start: 150_000, expected });
    await expect(grown).rejects.toMatchObject({ code: 'changed', retryable: true });
  });

  const changes: [name: string, now: ServedFile][] = [
    ['another ETag', { ...file, etag: '"two"' }],
    ['another time', { ...file, etag: undefined, modified: 'Sat, 14 Feb 2009 00:00:00 GMT' }],
    ['another size', { content: bytesOf(100_001) }],
    ['another length in an answer without time and ETag', { content: bytesOf(99_999) }],
  ];
  for (const [name, now] of changes) {
    for (const range of [{}, { start: 500 }, { start: 500, end: 600 }]) {
      it(`notices ${name} (${JSON.stringify(range)})`, async () => {
        const { source } = await served(onGet((request, response) => serveFile(request, response, now)));
        const expected = await statted(source, 'a.fits');
        await expect(contentOf(source, 'a.fits', { ...range, expected })).rejects.toMatchObject({
          code: 'changed',
          retryable: true,
        });
      });
    }
  }

  it('asks for the content that it expects, and takes 412 for a change', async () => {
    const { server, source } = await served(onGet((_, response) => response.writeHead(412).end()));
    const expected = await statted(source, 'a.fits');
    await expect(contentOf(source, 'a.fits', { expected })).rejects.toMatchObject({ code: 'changed' });
    expect(server.requests.at(-1)?.headers['if-match']).toBe('"one"');
    expect(server.requests.at(-1)?.headers.range).toBeUndefined();
  });

  it('ends with an error that can be tried again where the body stops short', async () => {
    const short: Record<string, (request: IncomingMessage, response: ServerResponse) => void> = {
      '/reset.fits': (_, response) => {
        response.writeHead(200, { 'content-length': 100_000 });
        response.write(content.subarray(0, 60_000), () => response.socket?.resetAndDestroy());
      },
      '/closed.fits': (_, response) => {
        response.writeHead(200, { 'content-length': 100_000 });
        response.write(content.subarray(0, 60_000), () => response.socket?.end());
      },
      '/chunked.fits': (_, response) => {
        response.writeHead(200, { 'transfer-encoding': 'chunked' });
        response.end(content.subarray(0, 60_000));
      },
      '/unframed.fits': (_, response) => {
        response.socket?.end(Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\n\r\n'), content.subarray(0, 60_000)]));
      },
      '/silent.fits': (_, response) => response.socket?.resetAndDestroy(),
    };
    const { source } = await served(onGet((request, response) => short[request.url ?? '']?.(request, response)));
    for (const path of Object.keys(short).map((each) => each.slice(1))) {
      const expected = await statted(source, path);
      let size = 0;
      const reading = (async () => {
        for await (const chunk of source.read(path, { expected })) {
          expect(Buffer.compare(chunk, content.subarray(size, size + chunk.length))).toBe(0);
          size += chunk.length;
        }
      })();
      await expect(reading, path).rejects.toMatchObject({ code: 'unreachable', retryable: true });
      expect(size, path).toBeLessThanOrEqual(60_000);
    }
  });

  it('refuses a body that goes on beyond the size of the file', async () => {
    const { source } = await served(
      onGet((_, response) => {
        response.writeHead(200, { etag: '"one"' });
        response.write(content);
        response.end('more');
      }),
    );
    const expected = await statted(source, 'a.fits');
    await expect(contentOf(source, 'a.fits', { expected })).rejects.toMatchObject({
      code: 'unreadable',
      retryable: true,
    });
  });

  it('refuses the page of a proxy in the middle of a copy, and can go on afterwards', async () => {
    let isBroken = true;
    const page = '<html><body>Please log in to the network of the hotel</body></html>';
    const { source } = await served(
      onGet((request, response) => {
        if (isBroken) response.writeHead(200, { 'content-type': 'text/html' }).end(page);
        else serveFile(request, response, file);
      }),
    );
    for (const path of ['a.fits', 'no-known-name']) {
      isBroken = true;
      const expected = await statted(source, path);
      await expect(contentOf(source, path, { expected, start: 10 })).rejects.toMatchObject({
        code: path === 'a.fits' ? 'unreadable' : 'unreachable',
        retryable: true,
      });
      isBroken = false;
      const found = await contentOf(source, path, { expected, start: 10 });
      expect(Buffer.compare(found, content.subarray(10))).toBe(0);
    }
  });

  it('sends no range for a whole file, and uses its connection again', async () => {
    const used = new Set<number | undefined>();
    const { server, source } = await served((request, response) => {
      used.add(request.socket.remotePort);
      serveFile(request, response, file);
    });
    for (let i = 0; i < 5; i++) {
      const expected = await statted(source, 'a.fits');
      await contentOf(source, 'a.fits', { start: 0, end: 100_000, expected });
    }
    expect(server.requests.every((request) => request.headers.range === undefined)).toBe(true);
    // A second one may be taken while the first is about to be free after `stat`.
    expect(used.size).toBeLessThanOrEqual(2);
  });

  it('makes no more connections than its traits say, and no warning of a shared signal', async () => {
    const warnings: unknown[] = [];
    const listen = (warning: unknown): void => void warnings.push(warning);
    process.on('warning', listen);
    onTestFinished(() => void process.off('warning', listen));
    const { server, source } = await served((request, response) => {
      setTimeout(() => serveFile(request, response, file), 20);
    });
    const { signal } = new AbortController();
    await Promise.all(Array.from({ length: 200 }, (_, i) => contentOf(source, `f${i}`, { signal })));
    expect(server.connections).toBe(source.traits.maxReads);
    expect(warnings).toEqual([]);
  });
});

describe('readBody()', () => {
  function answer(bytes: AsyncIterable<Uint8Array>, headers: Record<string, string>): HttpResponse {
    const [uri, host] = ['http://host/a.fits.gz', 'host'];
    const inquiry = { uri, host, proxy: undefined, hasLogin: false, hasAnswered: true };
    const body = bytes as HttpResponse['body'];
    return { status: 200, headers, body, hasBody: true, url: new URL(uri), isFolder: false, inquiry };
  }

  /** What undici gives of a server that sends this and closes the connection, which its answer does not announce. */
  function closedAfter(sent: Uint8Array, headers: Record<string, string>): HttpResponse {
    async function* bytes(): AsyncGenerator<Uint8Array, void> {
      yield sent;
      throw Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' });
    }
    return answer(bytes(), headers);
  }

  async function read(response: HttpResponse): Promise<Buffer> {
    const [uri, path] = ['http://host/a.fits.gz', 'a.fits.gz'];
    const wanted = { uri, path, start: 0, end: Number.POSITIVE_INFINITY };
    const chunks: Uint8Array[] = [];
    for await (const chunk of readBody(response, wanted)) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  it('takes an answer for whole that has all the bytes that it promised, whatever becomes of the connection', async () => {
    expect(Buffer.compare(await read(closedAfter(content, { 'content-length': '100000' })), content)).toBe(0);
  });

  it('tells an answer that broke off before, or that promised no length', async () => {
    for (const headers of [{ 'content-length': '100001' }, {}]) {
      await expect(read(closedAfter(content, headers))).rejects.toMatchObject({
        code: 'unreachable',
        retryable: true,
        message: expect.stringContaining('the answer broke off at byte 100000.'),
      });
    }
  });

  it.each([1, 10, 100])('sees in pieces of %i bytes that a file with gzip was compressed once more', async (bytes) => {
    async function* piecesOf(whole: Uint8Array): AsyncGenerator<Uint8Array, void> {
      for (let at = 0; at < whole.length; at += bytes) yield whole.subarray(at, at + bytes);
    }
    const headers = { 'content-encoding': 'gzip' };
    const once = gzipSync(content.subarray(0, 10_000));
    const twice = gzipSync(once);
    await expect(read(answer(piecesOf(twice), headers))).rejects.toThrow('the server sends it compressed ("gzip")');
    expect((await read(answer(piecesOf(once), headers))).equals(once)).toBe(true);
  });
});

describe('HttpSource.read() of a file that may be changing', () => {
  const now = (): string => new Date().toUTCString();
  const longAgo = 'Thu, 01 Jan 2015 00:00:00 GMT';

  it.each<[string, () => Partial<ServedFile>, () => Partial<ServedFile>]>([
    ['grew, and had no mark of its version', () => ({}), () => ({ content: Buffer.concat([content, content]) })],
    ['was written to just before', () => ({ modified: now() }), () => ({ modified: 'Tue, 01 Jan 2030 00:00:00 GMT' })],
    ['was replaced just after', () => ({ modified: now(), etag: '"1"' }), () => ({ modified: now(), etag: '"2"' })],
  ])('tells that it %s', async (_, before, after) => {
    let isSent = false;
    const { source } = await served((request, response) => {
      serveFile(request, response, { content, ...(isSent ? after() : before()) });
      isSent = true;
    });
    await expect(contentOf(source, 'a.fits')).rejects.toMatchObject({ code: 'changed', retryable: true });
  });

  it.each<[string, Partial<ServedFile>]>([
    ['its version', { etag: '"1"' }],
    ['that it is old', { modified: longAgo }],
  ])('asks no second time where the answer tells %s', async (_, file) => {
    const { server, source } = await served((request, response) => serveFile(request, response, { content, ...file }));
    await contentOf(source, 'a.fits');
    expect(server.requests.map(({ method }) => method)).toEqual(['GET']);
  });

  it('leaves its connection free for the next read', async () => {
    const used = new Set<number | undefined>();
    const { source } = await served((request, response) => {
      used.add(request.socket.remotePort);
      serveFile(request, response, { content, etag: '"1"' });
    });
    for (let i = 0; i < 5; i++) await contentOf(source, 'a.fits');
    expect(used.size).toBe(1);
  });

  it('asks once more of a file that may be changing, and has not', async () => {
    const { server, source } = await served((request, response) => serveFile(request, response, { content }));
    expect((await contentOf(source, 'a.fits')).length).toBe(content.length);
    expect(server.requests.map(({ method }) => method)).toEqual(['GET', 'HEAD']);
  });

  it('looks at it also where the read broke before that', async () => {
    let heads = 0;
    const { source } = await served((request, response) => {
      if (request.method === 'HEAD' && heads++ === 0) response.destroy();
      else serveFile(request, response, { content: heads > 1 ? content.subarray(1) : content });
    });
    const patient = withRetries(source, { retries: 2, silenceMs: 5000 });
    await expect(contentOf(patient, 'a.fits')).rejects.toMatchObject({ code: 'changed' });
  });
});
