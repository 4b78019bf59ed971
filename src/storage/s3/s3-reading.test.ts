import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bytesOf, contentOf } from '../testing/conformance.ts';
import { S3Source } from './s3-source.ts';
import { LOCATION, open, serve } from './testing/open-s3.ts';

describe('S3Source.read()', () => {
  it('asks for the version that was expected', async () => {
    const server = await serve();
    server.store.put('bucket/some/store/a', bytesOf(1000, 1));
    const source = await open(server);
    const expected = await source.stat('a');
    if (expected === undefined) throw new Error('no file');
    server.store.put('bucket/some/store/a', bytesOf(1000, 2));
    await expect(contentOf(source, 'a', { expected })).rejects.toMatchObject({ code: 'changed', retryable: true });
    expect(server.headers.at(-1)?.['if-match']).toBe(expected.version);
    expect(server.headers.at(-1)?.range).toBeUndefined();
  });

  it('compares the version itself where the service does not', async () => {
    const server = await serve();
    server.store.put('bucket/some/store/a', bytesOf(1000));
    const source = await open(server);
    const expected = await source.stat('a');
    if (expected === undefined) throw new Error('no file');
    server.fail({ match: /^GET/, headers: { etag: '"other"' } });
    await expect(contentOf(source, 'a', { expected })).rejects.toMatchObject({ code: 'changed' });
    expect((await contentOf(source, 'a', { expected })).length).toBe(1000);
  });

  it('ends with an error that may be tried again where the connection breaks', async () => {
    const server = await serve();
    const content = bytesOf(3_000_000);
    server.store.put('bucket/some/store/a', content);
    const source = await open(server);
    server.fail({ match: /^GET/, resetAfterBytes: 1_000_000 });
    const found: Uint8Array[] = [];
    const reading = (async () => {
      for await (const chunk of source.read('a')) found.push(chunk);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'unreachable', retryable: true });
    const start = Buffer.concat(found).length;
    expect(start).toBeLessThanOrEqual(1_000_000);
    found.push(await contentOf(source, 'a', { start }));
    expect(Buffer.compare(Buffer.concat(found), content)).toBe(0);
  });

  it('counts the bytes itself where the answer does not tell how many come', async () => {
    const server = createServer((_, response) => {
      response.writeHead(206, { 'content-range': 'bytes 0-99/1000' });
      response.end(Buffer.alloc(60));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void server.close());
    const s3Endpoint = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
    const source = await S3Source.open(LOCATION, { env: { HOME: '/nowhere' }, s3Endpoint, s3Anonymous: true });
    onTestFinished(() => source.close());
    const reading = contentOf(source, 'a', { end: 100 });
    await expect(reading).rejects.toMatchObject({ code: 'unreachable', retryable: true });
    await expect(reading).rejects.toThrow('60 bytes came, 100 were promised');
  });

  it('does not take another range for the one that was asked for', async () => {
    const server = await serve();
    server.store.put('bucket/some/store/a', bytesOf(1000));
    const source = await open(server);
    server.fail({ match: /^GET/, headers: { 'content-range': 'bytes 0-99/1000' } });
    await expect(contentOf(source, 'a', { start: 100, end: 200 })).rejects.toMatchObject({ code: 'unreadable' });
  });
});
