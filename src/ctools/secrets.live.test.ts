import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { built, builtProgram, itNeeds } from '../../test/support/require.ts';
import { programEnv } from '../../test/support/run-program.ts';
import { simulatedStore } from '../../test/support/store.ts';
import { tempDirectory } from '../../test/support/temp.ts';

const PASSWORD = 'geheim123';
const TOKEN = 'sig-7fe1';

/** Serves the files of a directory to whoever knows the password and the token. */
async function serve(directory: string): Promise<Server> {
  const wanted = `Basic ${Buffer.from(`me:${PASSWORD}`).toString('base64')}`;
  const server = createServer(async (request, response) => {
    const { pathname, search } = new URL(request.url ?? '/', 'http://host');
    if (request.headers.authorization !== wanted || !search.includes(TOKEN)) {
      response.writeHead(401, { 'WWW-Authenticate': 'Basic' }).end();
      return;
    }
    const content = await readFile(join(directory, decodeURIComponent(pathname))).catch(() => undefined);
    if (content === undefined) response.writeHead(404).end();
    else {
      const headers = { 'Content-Length': content.length, 'Last-Modified': new Date(1e12).toUTCString() };
      response.writeHead(200, headers).end(request.method === 'HEAD' ? undefined : content);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise((resolve) => void server.close(() => resolve())));
  return server;
}

/** Runs the program beside the server of this process. */
async function run(args: readonly string[], cwd: string): Promise<{ status: number | null; text: string }> {
  const program = builtProgram('csiactcopy');
  const child = spawn(process.execPath, [program, ...args], { cwd, env: programEnv(cwd), timeout: 60_000 });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { status, text };
}

itNeeds(built())('csiactcopy copies from a URL, and its secrets are in no file and no output', async () => {
  const [from, work] = [await tempDirectory(), await tempDirectory()];
  const store = await simulatedStore(from, { observations: 2 });
  const { port } = (await serve(from)).address() as AddressInfo;
  const url = `http://me:${PASSWORD}@127.0.0.1:${port}/master.json?token=${TOKEN}`;
  const parameters = [`remote_master=${url}`, `prodname=${store.dataset}`, 'outpath=out', 'chatter=4', 'debug=yes'];
  const good = await run(parameters, work);
  expect([good.status, good.text]).toEqual([0, expect.stringContaining('Data files copied')]);
  const bad = await run([parameters[0] ?? '', 'prodname=none', 'outpath=out2', 'chatter=4'], work);
  expect([bad.status, bad.text]).toEqual([1, expect.stringContaining('"none" not available')]);
  const files = await readdir(work, { recursive: true, withFileTypes: true });
  const texts = [good.text, bad.text];
  for (const file of files) if (file.isFile()) texts.push(await readFile(join(file.parentPath, file.name), 'latin1'));
  expect(texts.some((text) => text.includes(`http://me@127.0.0.1:${port}`))).toBe(true);
  for (const text of texts) {
    expect(text).not.toContain(PASSWORD);
    expect(text).not.toContain(TOKEN);
  }
});
