import { execFile } from 'node:child_process';
import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { describe, expect, onTestFinished } from 'vitest';
import { type Nginx, type NginxOptions, startNginx } from '../../../test/support/nginx.ts';
import { itNeeds, program } from '../../../test/support/require.ts';
import { tempDirectory } from '../../../test/support/temp.ts';
import { startTinyproxy, type Tinyproxy } from '../../../test/support/tinyproxy.ts';
import { parseLocation } from '../location.ts';
import { bytesOf, contentOf, sourceConformance, type TestFiles } from '../testing/conformance.ts';
import { HttpSource } from './http-source.ts';

const LONG_AGO = new Date('2015-01-01');
const itServed = itNeeds(program('nginx'));

async function folderOf(files: TestFiles): Promise<string> {
  const root = await tempDirectory();
  for (const [path, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), bytes);
    // What is new would be looked at twice.
    await utimes(join(root, path), LONG_AGO, LONG_AGO);
  }
  return root;
}

function open(url: string, env: Record<string, string> = {}): Promise<HttpSource> {
  const location = parseLocation(url);
  if (location.kind !== 'http') throw new Error(url);
  return HttpSource.open(location, { env: { NETRC: '/nonexistent', ...env } });
}

function conformance(name: string, options: NginxOptions, lists = true): void {
  sourceConformance(
    `HttpSource at nginx, ${name}`,
    async (files) => {
      const server = await startNginx(await folderOf(files), options);
      return { source: await open(server.url), stop: server.stop };
    },
    { lists },
    itServed,
  );
}

conformance('with listings', {});
conformance('with listings in JSON', { autoindex: 'json' });
conformance('without listings', { autoindex: 'off' }, false);

const content = bytesOf(200_000);

async function served(options: NginxOptions): Promise<Nginx> {
  const server = await startNginx(await folderOf({ 'a.fits': content, 'data/b.fits': content }), options);
  onTestFinished(server.stop);
  return server;
}

async function proxied(login?: { user: string; password: string }): Promise<Tinyproxy> {
  const proxy = await startTinyproxy(login);
  onTestFinished(proxy.stop);
  return proxy;
}

async function opened(url: string, env: Record<string, string> = {}): Promise<HttpSource> {
  const source = await open(url, env);
  onTestFinished(() => source.close());
  return source;
}

describe('HttpSource at nginx', () => {
  itServed('gives the login of the URL or of netrc, and says how to give one', async () => {
    const server = await served({ login: { user: 'me', password: 'se@cret' } });
    const withLogin = await opened(server.url.replace('//', '//me:se%40cret@'));
    expect((await contentOf(withLogin, 'a.fits')).length).toBe(content.length);
    expect(await withLogin.list('data')).toEqual([{ name: 'b.fits', kind: 'file' }]);
    const netrc = join(await tempDirectory(), 'netrc');
    await writeFile(netrc, 'machine 127.0.0.1 login me password se@cret');
    expect(await (await opened(server.url, { NETRC: netrc })).stat('a.fits')).toMatchObject({ kind: 'file' });
    for (const url of [server.url, server.url.replace('//', '//me:wrong@')]) {
      const source = await opened(url);
      for (const act of [source.stat('a.fits'), contentOf(source, 'a.fits'), source.list('')]) {
        await expect(act).rejects.toMatchObject({
          code: 'unreachable',
          retryable: false,
          message: expect.stringContaining(url === server.url ? 'asks for a login' : 'refuses the login'),
        });
      }
    }
  });

  itServed('notices that a file was written to, by its ETag', async () => {
    const root = await folderOf({ 'a.fits': content });
    const server = await startNginx(root);
    onTestFinished(server.stop);
    const source = await opened(server.url);
    const expected = (await source.stat('a.fits')) ?? undefined;
    expect(expected?.version).toMatch(/^"/);
    await writeFile(join(root, 'a.fits'), bytesOf(200_001, 2));
    await expect(contentOf(source, 'a.fits', { ...(expected && { expected }), start: 100 })).rejects.toMatchObject({
      code: 'changed',
    });
  });
});

const itProxied = itNeeds(program('nginx'), program('tinyproxy'));

describe('HttpSource by way of tinyproxy', () => {
  itProxied('asks the proxy of the environment, unless no_proxy says otherwise', async () => {
    const server = await served({});
    const proxy = await proxied();
    const env = { http_proxy: proxy.host };
    expect((await contentOf(await opened(server.url, env), 'a.fits')).length).toBe(content.length);
    expect((await proxy.requests()).length).toBe(1);
    await (await opened(server.url, { ...env, no_proxy: '127.0.0.1' })).stat('a.fits');
    expect((await proxy.requests()).length).toBe(1);
  });

  itProxied('gives the proxy its login, and says how to give one', async () => {
    const server = await served({});
    const proxy = await proxied({ user: 'me', password: 'secret' });
    const source = await opened(server.url, { http_proxy: `http://me:secret@${proxy.host}` });
    expect((await contentOf(source, 'a.fits')).length).toBe(content.length);
    const encrypted = server.url.replace('http:', 'https:');
    for (const [url, variable] of [
      [server.url, 'http_proxy'],
      [encrypted, 'https_proxy'],
    ] as const) {
      for (const value of [`http://${proxy.host}`, `http://me:wrong@${proxy.host}`]) {
        const error = await (await opened(url, { [variable]: value })).stat('a.fits').catch((thrown: Error) => thrown);
        expect(error).toMatchObject({ code: 'unreachable', retryable: false });
        expect((error as Error).message).toContain('user:password@');
        expect((error as Error).message).not.toContain('wrong');
      }
    }
  });

  itProxied('says so if the proxy is not there', async () => {
    const source = await opened('http://data.invalid/', { http_proxy: '127.0.0.1:1' });
    await expect(source.stat('a.fits')).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringMatching(/by way of the proxy "http:\/\/127.0.0.1:1": the connection was refused/),
    });
  });
});

/** What a process of its own says of a server, because certificates to trust are read when Node starts. */
async function seenByProcess(url: string, env: Record<string, string>): Promise<string[]> {
  const script = join(await tempDirectory(), 'probe.cjs');
  const contents = `
    import { HttpSource } from './http-source.ts';
    const [url] = process.argv.slice(2);
    void (async () => {
      const source = await HttpSource.open({ kind: 'http', url: new URL(url) }, { env: process.env });
      let size = 0;
      try {
        for await (const chunk of source.read('a.fits')) size += chunk.length;
        console.log('read ' + size);
      } catch (error) { console.log(error.code + ' ' + error.message); }
      await source.stat('down').catch((error) => console.log(error.code + ' ' + error.message));
      await source.close();
    })();`;
  await build({
    stdin: { contents, resolveDir: import.meta.dirname, loader: 'ts' },
    bundle: true,
    platform: 'node',
    outfile: script,
    logLevel: 'error',
  });
  const run = promisify(execFile)(process.execPath, [script, url], {
    env: { PATH: process.env['PATH'] ?? '', NETRC: '/nonexistent', ...env },
    timeout: 60_000,
  });
  return (await run).stdout.trim().split('\n');
}

const itEncrypted = itNeeds(program('nginx'), program('openssl'), program('tinyproxy'));

describe('HttpSource over TLS', () => {
  itEncrypted(
    'trusts a certificate of NODE_EXTRA_CA_CERTS, also through a proxy, and never goes back to http',
    async () => {
      const server = await served({ tls: true, directives: 'location /down { return 302 http://127.0.0.1:1/down; }' });
      const proxy = await proxied({ user: 'me', password: 'secret' });
      const env = { NODE_EXTRA_CA_CERTS: server.certificate };
      const direct = await seenByProcess(server.url, env);
      expect(direct).toEqual(['read 200000', expect.stringMatching(/^unreachable .* from https to "http:/)]);
      const through = await seenByProcess(server.url, { ...env, HTTPS_PROXY: `http://me:secret@${proxy.host}` });
      expect(through).toEqual(direct);
      expect((await proxy.requests()).join()).toContain('CONNECT localhost:');
    },
  );

  itEncrypted('says why it does not trust a certificate, and how it would', async () => {
    const server = await served({ tls: true });
    const error = { code: 'unreachable', retryable: false };
    const untrusted = await opened(server.url);
    await expect(untrusted.stat('a.fits')).rejects.toMatchObject({
      ...error,
      message: expect.stringMatching(/self-signed.*NODE_EXTRA_CA_CERTS/),
    });
    const plain = await served({});
    await expect((await opened(plain.url.replace('http:', 'https:'))).stat('a')).rejects.toMatchObject({
      ...error,
      message: expect.stringMatching(/it may be http:/),
    });
  });

  itEncrypted('names a certificate that has expired or is for another host', async () => {
    const expired = await served({ tls: true, certificateDays: -1 });
    const old = await seenByProcess(expired.url, { NODE_EXTRA_CA_CERTS: expired.certificate });
    expect(old[0]).toMatch(/^unreachable .*has expired/);
    const other = await served({ tls: true, certificateName: 'other.invalid' });
    const wrong = await seenByProcess(other.url, { NODE_EXTRA_CA_CERTS: other.certificate });
    expect(wrong[0]).toMatch(/^unreachable .*for another host/);
  });
});
