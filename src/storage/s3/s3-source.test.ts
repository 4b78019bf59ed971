import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, request as forward } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startLink } from '../../../test/support/link.ts';
import { startS3Server } from '../../../test/support/s3-server.ts';
import { tempDirectory } from '../../../test/support/temp.ts';
import { bytesOf, contentOf, sourceConformance } from '../testing/conformance.ts';
import { S3Source } from './s3-source.ts';
import { LOCATION, open, serve } from './testing/open-s3.ts';

sourceConformance('S3Source', async (files) => {
  const server = await startS3Server({ pageKeys: 2 });
  for (const [path, content] of Object.entries(files)) server.store.put(`bucket/some/store/${path}`, content);
  const source = await S3Source.open(LOCATION, { env: server.env });
  return { source, stop: () => server.stop() };
});

describe('S3Source.stat()', () => {
  it('takes the time of change that rclone keeps, before that of the object', async () => {
    const server = await serve();
    server.store.put('bucket/some/store/a', bytesOf(3), { 'x-amz-meta-mtime': '1500000000.123456789' });
    server.store.put('bucket/some/store/b', bytesOf(3), { 'x-amz-meta-mtime': 'yesterday' });
    const version = server.store.objects.get('bucket/some/store/a')?.etag;
    const source = await open(server);
    const info = await source.stat('a');
    expect(info?.mtimeMs).toBeCloseTo(1_500_000_000_123.457, 2);
    expect(info?.version).toBe(version);
    expect((await source.stat('b'))?.mtimeMs).toBeGreaterThan(Date.now() - 60_000);
    expect(await source.stat('')).toMatchObject({ kind: 'directory' });
  });

  it('says that a bucket is not there, and asks for it once only', async () => {
    const server = await serve();
    const source = await open(server, {}, { kind: 's3', bucket: 'absent', key: '' });
    await expect(source.stat('master.json')).rejects.toThrow(/there is no bucket "absent" at 127\.0\.0\.1/);
    await expect(source.list('')).rejects.toMatchObject({ code: 'not-found' });
    const there = await open(server);
    for (const path of ['x', 'y', 'z']) expect(await there.stat(path)).toBeUndefined();
    expect(server.requests.filter((line) => line === 'HEAD /bucket')).toHaveLength(1);
  });

  it('tells why, although the answer to HEAD does not', async () => {
    const server = await serve({ keys: { AKIDTEST: { secret: 'another' } } });
    const source = await open(server);
    const error = { code: 'unreachable', retryable: false };
    await expect(source.stat('a')).rejects.toMatchObject(error);
    await expect(source.stat('a')).rejects.toThrow('the secret key of AWS_ACCESS_KEY_ID "AKIDTEST" of the environment');
    await expect(source.stat('a')).rejects.not.toThrow('test/secret');
  });
});

describe('S3Source', () => {
  it.each([
    [503, 'SlowDown', {}, { code: 'unreachable', retryable: true, retryAfterMs: 1000 }, 'fewer requests'],
    [503, 'SlowDown', { 'retry-after': '7' }, { code: 'unreachable', retryable: true, retryAfterMs: 7000 }, 'fewer'],
    [500, 'InternalError', {}, { code: 'unreachable', retryable: true, retryAfterMs: undefined }, 'error of its own'],
    [403, 'RequestTimeTooSkewed', {}, { code: 'unreachable', retryable: false }, 'clock of this machine'],
    [403, 'InvalidAccessKeyId', {}, { code: 'unreachable', retryable: false }, 'does not know the access key'],
    [
      403,
      'AccessDenied',
      {},
      { code: 'unreadable', retryable: false },
      'denies access to AWS_ACCESS_KEY_ID "AKIDTEST"',
    ],
    [403, 'InvalidObjectState', {}, { code: 'unreadable', retryable: false }, 'archive'],
    [301, 'PermanentRedirect', {}, { code: 'unreadable', retryable: false }, '301 PermanentRedirect'],
    [418, 'Teapot', {}, { code: 'unreadable', retryable: false }, '418 Teapot, "test: Teapot"'],
  ])('says what %i %s means', async (status, code, headers, expected, text) => {
    const server = await serve();
    server.store.put('bucket/some/store/a', bytesOf(10));
    const source = await open(server);
    server.fail({ match: /^(GET|HEAD)/, times: 4, status, code, headers });
    await expect(contentOf(source, 'a')).rejects.toMatchObject(expected);
    await expect(contentOf(source, 'a')).rejects.toThrow(text);
    await expect(contentOf(source, 'a')).rejects.toThrow('"s3://bucket/some/store/a"');
  });

  it('goes without a signature if asked to, or if there are no credentials', async () => {
    const server = await serve({ publicBuckets: ['public'] });
    server.store.put('public/a', bytesOf(10));
    const { AWS_ACCESS_KEY_ID: _, ...env } = server.env;
    const location = { kind: 's3', bucket: 'public', key: '' } as const;
    for (const options of [{ s3Anonymous: true }, { env }]) {
      const source = await open(server, options, location);
      expect((await contentOf(source, 'a')).length).toBe(10);
      expect(server.headers.at(-1)?.authorization).toBeUndefined();
    }
    const refused = await open(server, { s3Anonymous: true });
    await expect(refused.stat('a')).rejects.toThrow(/to those without a login; give credentials in AWS_ACCESS_KEY_ID/);
  });

  it('learns the region of a bucket', async () => {
    const server = await serve({ region: 'eu-south-9' });
    server.store.put('bucket/some/store/a', bytesOf(10));
    const source = await open(server);
    expect((await source.stat('a'))?.sizeBytes).toBe(10);
    expect((await contentOf(source, 'a')).length).toBe(10);
    expect(server.requests.slice(-1)).toEqual(['GET /bucket/some/store/a']);
    server.fail({ match: /^HEAD/, status: 301, headers: { 'x-amz-bucket-region': 'eu-south-9' } });
    const told = await open(server);
    expect((await told.stat('a'))?.sizeBytes).toBe(10);
  });

  it('takes other credentials when the session has expired', async () => {
    const server = await serve();
    server.store.put('bucket/some/store/a', bytesOf(10));
    const file = join(await tempDirectory(), 'credentials');
    const session = (token: string): Promise<void> =>
      writeFile(
        file,
        `[default]\naws_access_key_id = AKIDTEST\naws_secret_access_key = test/secret+key\naws_session_token = ${token}\n`,
      );
    await session('first');
    server.keys = { AKIDTEST: { secret: 'test/secret+key', sessionToken: 'first' } };
    const { AWS_ACCESS_KEY_ID: _, ...env } = server.env;
    const source = await open(server, { env: { ...env, AWS_SHARED_CREDENTIALS_FILE: file } });
    expect((await source.stat('a'))?.sizeBytes).toBe(10);
    server.fail({ match: /./, status: 400, code: 'ExpiredToken' });
    await expect(contentOf(source, 'a')).rejects.toThrow(
      'the session of the profile "default" has expired; log in anew',
    );
    await session('second');
    server.keys = { AKIDTEST: { secret: 'test/secret+key', sessionToken: 'second' } };
    // Once for HEAD, and once for GET, which tells why.
    server.fail({ match: /./, times: 2, status: 400, code: 'ExpiredToken' });
    expect((await source.stat('a'))?.sizeBytes).toBe(10);
  });

  it('reads keys as they are, and refuses steps that a URL would resolve', async () => {
    const server = await serve();
    const source = await open(server);
    for (const path of ['../a', 'a//b', './a', 'a/..']) {
      await expect(source.stat(path)).rejects.toMatchObject({ code: 'unsafe-path' });
    }
    await expect(S3Source.open({ kind: 's3', bucket: 'b', key: 'a/../c' }, { env: {} })).rejects.toMatchObject({
      code: 'usage',
    });
    expect(server.requests).toEqual([]);
  });

  it('works on after the connection was cut, and says that nobody is there', async () => {
    const server = await serve();
    const link = await startLink({ port: server.port });
    onTestFinished(() => link.stop());
    server.store.put('bucket/some/store/a', bytesOf(10));
    const source = await open(server, { s3Endpoint: `http://127.0.0.1:${link.port}` });
    expect((await source.stat('a'))?.sizeBytes).toBe(10);
    link.refuse(true);
    link.cut();
    await expect(source.stat('a')).rejects.toMatchObject({ code: 'unreachable', retryable: true });
    link.refuse(false);
    expect((await contentOf(source, 'a')).length).toBe(10);
    const nowhere = await open(server, { s3Endpoint: 'http://127.0.0.1:1' });
    await expect(nowhere.stat('a')).rejects.toMatchObject({ code: 'unreachable', retryable: false });
  });
});

describe('S3Source behind a proxy', () => {
  it('asks the proxy of the environment, and the signature stays valid', async () => {
    const server = await serve();
    server.store.put('bucket/some/store/a', bytesOf(10));
    const asked: string[] = [];
    const proxy = createServer((request, response) => {
      asked.push(request.url ?? '');
      const { method, headers } = request;
      const onward = forward(request.url ?? '', { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      request.pipe(onward);
    });
    await once(proxy.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void proxy.close());
    const http_proxy = `http://127.0.0.1:${(proxy.address() as { port: number }).port}`;
    const source = await open(server, { env: { ...server.env, http_proxy } });
    expect((await contentOf(source, 'a')).length).toBe(10);
    expect(asked).toEqual([`${server.endpoint}/bucket/some/store/a`]);
    const around = await open(server, { env: { ...server.env, http_proxy, no_proxy: '127.0.0.1' } });
    expect((await contentOf(around, 'a')).length).toBe(10);
    expect(asked).toHaveLength(1);
  });
});

it('S3Source tells a proxy who asks, whatever is in the password', async () => {
  const logins: (string | undefined)[] = [];
  const proxy = createServer((request, response) => {
    logins.push(request.headers['proxy-authorization']);
    response.writeHead(404).end();
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void proxy.close());
  const server = await serve();
  const http_proxy = `http://user:100%@127.0.0.1:${(proxy.address() as { port: number }).port}`;
  const source = await open(server, { env: { ...server.env, http_proxy } });
  await expect(contentOf(source, 'a')).rejects.toMatchObject({ code: 'not-found' });
  expect(logins).toEqual([`Basic ${btoa('user:100%')}`]);
});

it('S3Source makes connections ahead, and asks over them', async () => {
  const server = await serve();
  for (let i = 0; i < 16; i++) server.store.put(`bucket/some/store/${i}`, bytesOf(10));
  const source = await open(server);
  await expect.poll(() => server.connections).toBe(4);
  source.prepare();
  await expect.poll(() => server.connections).toBe(20);
  const found = await Promise.all(Array.from({ length: 16 }, (_, i) => contentOf(source, `${i}`)));
  expect(found.map(({ length }) => length)).toEqual(Array(16).fill(10));
  expect(server.connections).toBe(20);
});

it('S3Source asks nothing after it was closed', async () => {
  const server = await serve();
  server.store.put('bucket/some/store/a', bytesOf(10));
  const source = await open(server);
  expect((await contentOf(source, 'a')).length).toBe(10);
  await expect.poll(() => server.connections).toBe(4);
  await source.close();
  await expect(contentOf(source, 'a')).rejects.toMatchObject({ code: 'cancelled', retryable: false });
  source.prepare();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(server.connections).toBe(4);
});
