import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { bytesOf, contentOf } from '../testing/conformance.ts';
import { serveFile } from './testing/scripted-server.ts';
import { content, file, modified, openSource, served, statted } from './testing/served-source.ts';

describe('HttpSource.stat()', () => {
  it('tells size, time and strong ETag', async () => {
    const { source } = await served((request, response) => serveFile(request, response, file));
    expect(await source.stat('a.fits')).toEqual({
      kind: 'file',
      sizeBytes: 100_000,
      mtimeMs: Date.parse(modified),
      mode: undefined,
      identity: undefined,
      version: '"one"',
    });
  });

  it('passes over a weak ETag', async () => {
    const { source } = await served((request, response) => serveFile(request, response, { ...file, etag: 'W/"one"' }));
    expect(await source.stat('a.fits')).not.toHaveProperty('version');
  });

  for (const status of [403, 405, 501]) {
    it(`asks for the first byte where HEAD is refused with ${status}, and does not try HEAD again`, async () => {
      const { server, source } = await served((request, response) => {
        if (request.method === 'HEAD') response.writeHead(status).end();
        else serveFile(request, response, request.url === '/empty' ? { content: bytesOf(0) } : file);
      });
      expect(await source.stat('a.fits')).toMatchObject({ sizeBytes: 100_000, version: '"one"' });
      expect(await source.stat('empty')).toMatchObject({ sizeBytes: 0 });
      expect(server.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
        'HEAD /a.fits',
        'GET /a.fits',
        'GET /empty',
        'GET /empty',
      ]);
    });
  }

  it('counts the bytes of a file that comes in chunks without a length', async () => {
    const { source } = await served((request, response) => {
      response.writeHead(200, { 'last-modified': modified });
      response.write(request.method === 'HEAD' ? '' : content.subarray(0, 7));
      response.end(request.method === 'HEAD' ? undefined : content.subarray(7, 5000));
    });
    const info = await statted(source, 'master.json');
    expect(info).toMatchObject({ sizeBytes: 5000, mtimeMs: Date.parse(modified) });
    expect((await contentOf(source, 'master.json', { expected: info })).length).toBe(5000);
    expect(source.traits.parallelRanges).toBe(false);
  });

  it('says what helps where a large file comes without a length', async () => {
    const { server, source } = await served((request, response) => {
      response.writeHead(200, { 'transfer-encoding': 'chunked' });
      response.end(request.method === 'HEAD' ? undefined : Buffer.alloc(17 * 1024 * 1024));
    });
    await expect(source.stat('a.tar')).rejects.toMatchObject({
      code: 'unreadable',
      message:
        `Cannot tell the size of "${server.url}a.tar": the server does not tell it. ` +
        'Fetch the file with another program, and use it from there.',
    });
  });

  it('takes a redirect to the same path with a slash, and a listing, for a directory', async () => {
    const page = '<html><head><title>Index of /shown</title></head><body><a href="x">x</a></body></html>';
    const { source } = await served((request, response) => {
      if (request.url === '/data') response.writeHead(301, { location: 'https://elsewhere.invalid/data/' }).end();
      else if (request.url === '/shown') response.writeHead(200, { 'content-type': 'text/html' }).end(page);
      else response.writeHead(404).end();
    });
    expect((await source.stat('data'))?.kind).toBe('directory');
    expect((await source.stat('shown'))?.kind).toBe('directory');
    await expect(contentOf(source, 'data')).rejects.toMatchObject({ code: 'unreadable' });
    expect(await source.stat('absent')).toBeUndefined();
  });

  it('refuses a web page in place of a data file, and takes one for a page', async () => {
    const { source } = await served((_, response) => {
      response
        .writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-length': 11 })
        .end('<p>Login</p>'.slice(1));
    });
    await expect(source.stat('a.fits.gz')).rejects.toMatchObject({ code: 'unreadable', retryable: false });
    expect(await source.stat('page.html')).toMatchObject({ kind: 'file', sizeBytes: 11 });
  });

  it('takes a file with gzip as it lies there, and refuses another that is sent compressed', async () => {
    const headers = { 'content-encoding': 'gzip' };
    const { server, source } = await served((request, response) => serveFile(request, response, { ...file, headers }));
    const info = await statted(source, 'a.fits.gz');
    expect(info.sizeBytes).toBe(100_000);
    expect(Buffer.compare(await contentOf(source, 'a.fits.gz', { expected: info }), content)).toBe(0);
    await expect(source.stat('a.fits')).rejects.toMatchObject({ code: 'unreadable' });
    await expect(contentOf(source, 'a.fits')).rejects.toMatchObject({ code: 'unreadable' });
    await expect(source.stat('a.fits.fz')).rejects.toMatchObject({ code: 'unreadable' });
    expect(server.requests.every((request) => request.headers['accept-encoding'] === 'identity')).toBe(true);
  });

  it('refuses a file with gzip that is sent compressed once more', async () => {
    const once = gzipSync(content);
    const twice = gzipSync(once);
    const { source } = await served((_, response) => {
      response.writeHead(200, { 'content-encoding': 'x-gzip', 'content-length': twice.length }).end(twice);
    });
    await expect(contentOf(source, 'a.fits.gz')).rejects.toThrow(/the server sends it compressed \("gzip"\)/);
    const { source: other } = await served((_, response) => {
      response.writeHead(200, { 'content-encoding': 'x-gzip', 'content-length': once.length }).end(once);
    });
    expect(Buffer.compare(await contentOf(other, 'a.fits.gz'), once)).toBe(0);
  });
});

describe('HttpSource.list()', () => {
  it('cannot tell what a folder holds that is forbidden or shows another page', async () => {
    const { source } = await served((request, response) => {
      if (request.url === '/') response.writeHead(403).end();
      else
        response.writeHead(200, { 'content-type': 'text/html' }).end('<title>Our data</title><a href="a.fits">a</a>');
    });
    expect(await source.list('')).toBeUndefined();
    expect(await source.list('data')).toBeUndefined();
  });

  it('takes a folder for absent only if the server lists its root', async () => {
    let lists = false;
    const { source } = await served((request, response) => {
      if (request.url !== '/' || !lists) response.writeHead(404).end();
      else response.writeHead(200, { 'content-type': 'text/html' }).end('<title>Index of /</title>');
    });
    expect(await source.list('absent')).toBeUndefined();
    lists = true;
    const other = await openSource(source.uri);
    expect(await other.list('absent')).toEqual([]);
  });
});
