import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { places } from '../../test/support/copy.ts';
import { type S3TestServer, startS3Server } from '../../test/support/s3-server.ts';
import { simulatedStore, type TestStore } from '../../test/support/store.ts';
import { scriptedServer, serveFile } from '../storage/http/testing/scripted-server.ts';
import { recordsOf, runIact } from './testing/run-iact.ts';

/** A store, and an S3 service in this process. */
async function start(observations: number): Promise<{ store: TestStore; to: string; server: S3TestServer }> {
  const { from, to } = await places();
  const server = await startS3Server();
  onTestFinished(() => server.stop());
  return { store: await simulatedStore(from, { observations }), to, server };
}

describe('iact push', () => {
  it('copies a store to a server, from where every other command reads it', async () => {
    const { store, to, server } = await start(2);
    const env = { ...server.env, XDG_STATE_HOME: to };
    const args = ['push', store.directory, 's3://bucket/store'];
    const planned = await runIact([...args, '--dry-run'], { env });
    expect([planned.status, planned.stdout]).toEqual([0, expect.stringContaining('2 files to copy')]);
    expect(server.requests.filter((line) => /^(PUT|POST|DELETE)/.test(line))).toEqual([]);
    await expect(stat(to)).rejects.toMatchObject({ code: 'ENOENT' });
    const pushed = await runIact(args, { env });
    expect([pushed.status, pushed.stdout]).toEqual([0, expect.stringMatching(/^Copied 2 files, /)]);
    // Nothing of the journal.
    expect(await readdir(join(to, 'iactools/push'))).toEqual([]);
    const again = recordsOf(await runIact([...args, '--json'], { env }));
    expect(again.at(-1)).toMatchObject({
      result: { command: 'push', destination: 's3://bucket/store', files: 0, kept: 2 },
    });
    expect(await runIact(['diff', store.directory, 's3://bucket/store', '--content'], { env })).toMatchObject({
      status: 0,
    });
    expect(await runIact(['verify', 's3://bucket/store'], { env })).toMatchObject({ status: 0 });
    expect(await runIact(['copy', 's3://bucket/store', to], { env })).toMatchObject({ status: 0 });
    expect(await runIact(['diff', store.directory, to, '--content'])).toMatchObject({ status: 0 });
  });

  it('takes the service of --endpoint, and asks it without a login with --anonymous', async () => {
    const { store, server } = await start(1);
    await runIact(['push', store.directory, 's3://bucket/store'], { env: server.env });
    const { AWS_ENDPOINT_URL_S3: endpoint = '', ...env } = server.env;
    const there = ['ls', 's3://bucket/store', '--endpoint', endpoint];
    expect(await runIact(there, { env })).toMatchObject({ status: 0 });
    const { AWS_SECRET_ACCESS_KEY: secret = '' } = server.env;
    const refused = await runIact([...there, '--anonymous'], { env });
    expect(refused).toMatchObject({ status: 3, stdout: '', stderr: expect.not.stringContaining(secret) });
  });

  it('tries again as often as --retries says, also at the destination, and tells of it', async () => {
    const { store, server } = await start(1);
    const env = server.env;
    await runIact(['push', store.directory, 's3://bucket/store'], { env });
    server.fail({ match: /data\//, status: 500, code: 'InternalError', times: 1 });
    const run = await runIact(['ls', 's3://bucket/store'], { env });
    expect([run.status, run.stderr]).toEqual([
      0,
      expect.stringMatching(/note: .* Trying again in .*, 5 attempts left/),
    ]);
    server.fail({ match: /data\//, status: 500, code: 'InternalError', times: 1 });
    expect(await runIact(['ls', 's3://bucket/store', '--retries', '0'], { env })).toMatchObject({ status: 9 });
    const push = ['push', store.directory, 's3://bucket/store'];
    server.fail({ match: /^HEAD .*data\//, status: 500, code: 'InternalError', times: 1 });
    expect(await runIact(push, { env })).toMatchObject({
      status: 0,
      stderr: expect.stringMatching(/note: .* Trying again in .*, 5 attempts left/),
    });
    server.fail({ match: /^HEAD .*data\//, status: 500, code: 'InternalError', times: 1 });
    expect(await runIact([...push, '--retries', '0'], { env })).toMatchObject({ status: 9 });
  });

  it('does so with what it writes, too', async () => {
    const { store, to, server } = await start(1);
    const env = { ...server.env, XDG_STATE_HOME: to };
    const push = ['push', store.directory, 's3://bucket/store'];
    server.fail({ match: /^PUT .*data\//, status: 503, code: 'SlowDown', headers: { 'retry-after': '0' }, times: 2 });
    const refused = await runIact([...push, '--retries', '0'], { env });
    expect([refused.status, refused.stderr]).toEqual([9, expect.stringContaining('S3 asks for fewer requests')]);
    expect(server.requests.filter((line) => /^PUT .*data\//.test(line))).toHaveLength(1);
    const pushed = await runIact([...push, '--retries', '1'], { env });
    expect([pushed.status, pushed.stderr]).toEqual([
      0,
      expect.stringMatching(/note: .*fewer requests.* 0 attempts left/),
    ]);
  });
});

/** A web server that gives a store to whoever has a password and a token; some of its files it refuses. */
async function withSecrets(store: TestStore): Promise<string> {
  const { port } = await scriptedServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://x');
    const isLogin = request.headers.authorization === `Basic ${Buffer.from('me:hidden1').toString('base64')}`;
    if (!isLogin || url.searchParams.get('sig') !== 'hidden2') {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
      return;
    }
    readFile(join(store.directory, url.pathname)).then(
      (content) => serveFile(request, response, { content, etag: '"1"' }),
      () => response.writeHead(404).end(),
    );
  });
  return `http://me:hidden1@127.0.0.1:${port}/?sig=hidden2`;
}

describe('iact copy from a web server', () => {
  it.each([[[]], [['--verbose']], [['--json']], [['--dry-run', '--json']]])(
    'never shows the secrets of a URL, with %j',
    async (options) => {
      const { store, to } = await start(2);
      const url = await withSecrets(store);
      const [first = 0] = store.ids;
      await rm(join(store.directory, store.fileOf(first)));
      const run = await runIact(['copy', url, to, ...options]);
      expect(run.status).toBe(1);
      expect(run.stderr).toMatch(/"http:\/\/127\.0\.0\.1:\d+\/data\/.*" does not exist/);
      expect(`${run.stdout}${run.stderr}`).not.toMatch(/hidden/);
      if (options.includes('--dry-run')) return;
      const manifest = await readFile(join(to, '.iact/manifest.jsonl'), 'utf8');
      expect(manifest).not.toMatch(/hidden/);
      expect((await stat(join(to, store.fileOf(store.ids[1] ?? 0)))).size).toBeGreaterThan(0);
    },
  );

  it('ends quietly when it is stopped while it waits for the server', async () => {
    const { store, to } = await start(1);
    const controller = new AbortController();
    const { url } = await scriptedServer((request, response) => {
      // The index never comes.
      if (request.method === 'GET' && request.url?.includes('hdu-index')) controller.abort();
      else {
        readFile(join(store.directory, request.url ?? '')).then(
          (content) => serveFile(request, response, { content }),
          () => response.writeHead(404).end(),
        );
      }
    });
    const run = await runIact(['copy', url, to], { interrupts: () => controller.signal });
    expect(run).toEqual({
      status: 130,
      stdout: '',
      stderr: expect.stringMatching(/^iact: error: Stopped .*\n$/),
    });
  });

  it('nor shows those of one that is refused, or that leads nowhere', async () => {
    const { store, to } = await start(1);
    const good = await withSecrets(store);
    for (const url of [
      good.replace('hidden1', 'hidden3'),
      'http://me:hidden1@127.0.0.1:1/?sig=hidden2',
      'http://me:hidden@[::/x',
    ]) {
      for (const options of [[], ['--json'], ['--verbose']]) {
        const { status, stdout, stderr } = await runIact(['copy', url, to, '--retries', '0', ...options]);
        expect(status).toBeGreaterThan(1);
        expect(`${stdout}${stderr}`).not.toMatch(/hidden/);
      }
    }
  });
});
