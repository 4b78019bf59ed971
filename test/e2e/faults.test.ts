import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { IactError } from '../../src/core/index.ts';
import { scriptedServer, serveFile } from '../../src/storage/http/testing/scripted-server.ts';
import { LocalDestination, type StagedFile } from '../../src/storage/index.ts';
import { copy, places } from '../support/copy.ts';
import { copyFrom, expectSame, expectSound } from '../support/far-store.ts';
import { customStore, simulatedStore, type TestStore } from '../support/store.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const LARGE = 'data/large';
const LARGE_BYTES = 20 * 1024 * 1024;

/** A store of two small files and one that is fetched in parts. */
async function storeWithLarge(directory: string): Promise<TestStore> {
  const rows = ['one', 'large', 'two'].map((name, id) => ({ id, name }));
  const store = await customStore(directory, rows);
  const content = Buffer.alloc(LARGE_BYTES);
  for (let at = 0; at < LARGE_BYTES; at += 4) content.writeInt32LE((at * 2_654_435_761) | 0, at);
  await writeFile(join(directory, LARGE), content);
  return store;
}

type Fault = (request: IncomingMessage, response: ServerResponse, content: Buffer) => unknown;

/** Serves a store by HTTP. Answers about data go wrong, in one way after the other, and of some paths always. */
async function serve(directory: string, faults: Fault[] = [], forbidden: Set<string> = new Set()) {
  let sentBytes = 0;
  const server = await scriptedServer(async (request, response) => {
    const path = decodeURIComponent(request.url ?? '');
    const content = await readFile(join(directory, path)).catch(() => undefined);
    const fault = request.method === 'GET' && path.startsWith('/data/') ? faults.shift() : undefined;
    if (content === undefined) response.writeHead(404).end();
    else if (forbidden.has(path.slice(1))) response.writeHead(403).end();
    else if (fault !== undefined) fault(request, response, content);
    else {
      const range = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '');
      if (request.method === 'GET') sentBytes += range ? Number(range[2]) + 1 - Number(range[1]) : content.length;
      serveFile(request, response, { content, etag: `"${content.length}"` });
    }
  });
  return { place: server.url, env: { NETRC: '/nonexistent' }, faults, sentBytes: () => sentBytes };
}

const refuse =
  (status: number, headers: Record<string, string> = {}): Fault =>
  (_, response) =>
    response.writeHead(status, { 'content-type': 'text/html', ...headers }).end('<html>Please log in.</html>');

const damaged: Fault = (request, response, content) => {
  const other = Buffer.from(content);
  other[other.length >> 1] = (other[other.length >> 1] ?? 0) ^ 1;
  serveFile(request, response, { content: other, etag: `"${content.length}"` });
};

const breaksAt =
  (bytes: number, end: 'reset' | 'end'): Fault =>
  (request, response, content) => {
    const [, first = '0'] = /bytes=(\d+)-/.exec(request.headers.range ?? '') ?? [];
    const start = Number(first);
    const rest = content.subarray(start);
    const range = { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` };
    const headers = { 'content-length': rest.length, etag: `"${content.length}"`, ...range };
    // A range that goes on to the end of the file, whatever was asked for, is another range.
    if (request.headers.range?.endsWith(`-${content.length - 1}`)) response.writeHead(206, headers);
    else response.writeHead(200, { 'content-length': content.length, etag: headers.etag });
    response.write((response.statusCode === 206 ? rest : content).subarray(0, bytes), () =>
      end === 'reset' ? response.socket?.resetAndDestroy() : response.socket?.end(),
    );
  };

const dribble: Fault = (_, response, content) => {
  response.writeHead(200, { 'content-length': content.length, etag: `"${content.length}"` });
  const send = (at: number): void => {
    if (at >= content.length) response.end();
    else response.write(content.subarray(at, at + 1 + (at % 50_000)), () => setImmediate(send, at + 1 + (at % 50_000)));
  };
  send(0);
};

describe('copyStore() from a web server in trouble', () => {
  it.each<[string, Fault[]]>([
    ['asks for patience (503)', [refuse(503, { 'retry-after': '1' }), refuse(503)]],
    ['has had too many questions (429)', [refuse(429, { 'retry-after': '1' })]],
    ['is down behind its proxy (502, 504)', [refuse(502), refuse(504)]],
    ['sends the page of a proxy under the name of a file', [refuse(200), refuse(200)]],
    ['breaks off', [breaksAt(5, 'reset'), breaksAt(1_000_000, 'reset'), breaksAt(3, 'end'), breaksAt(0, 'end')]],
    ['sends whole files where a range was asked for', Array(4).fill(dribble)],
  ])('goes on where it %s, and brings the same', async (_, faults) => {
    const { from, to } = await places();
    const store = await storeWithLarge(from);
    const far = await serve(from, [...faults]);
    expect(await copyFrom(far, to)).toMatchObject({ failed: [], filesCopied: 3 });
    expect(far.faults).toEqual([]);
    await expectSame(store, to);
  });

  it('names a file that it refuses (403), lists only the others, and a rerun fetches just that', async () => {
    const { from, to } = await places();
    const store = await simulatedStore(from, { observations: 5 });
    const forbidden = new Set([store.fileOf(store.ids[2] as number)]);
    const far = await serve(from, [], forbidden);
    const { failed } = await copyFrom(far, to);
    expect(failed.map(({ path, error }) => [path, error.code])).toEqual([[...forbidden, 'unreadable']]);
    await expectSound(store, to);
    forbidden.clear();
    expect(await copyFrom(far, to)).toMatchObject({ failed: [], filesCopied: 1 });
    await expectSame(store, to);
  });

  it('reads again what was damaged on its way, and names what stays damaged', async () => {
    const { from, to } = await places();
    const served = join(from, '../served');
    const store = await simulatedStore(from, { observations: 3 });
    // What a copy serves has a manifest.
    await copy(store, served);
    await copyFrom(await serve(served, [damaged]), to);
    await expectSame(store, to);
    await rm(to, { recursive: true });
    const path = join(served, store.fileOf(store.ids[1] as number));
    const whole = await readFile(path);
    const other = Buffer.from(whole);
    other[100] = (other[100] ?? 0) ^ 1;
    await writeFile(path, other);
    const far = await serve(served);
    const { failed } = await copyFrom(far, to);
    expect(failed.map(({ error }) => [error.code, error.message])).toEqual([
      ['bad-data', expect.stringMatching(/is damaged: its SHA-256 is/)],
    ]);
    await expectSound(store, to);
    await writeFile(path, whole);
    expect(await copyFrom(far, to)).toMatchObject({ failed: [], filesCopied: 1 });
    await expectSame(store, to);
  });
});

describe('copyStore() to a disk in trouble', () => {
  it('ends where the disk is full in the middle of a file, and the next run fetches only the rest', async () => {
    const { from, to } = await places();
    const store = await storeWithLarge(from);
    const far = await serve(from);
    let room = LARGE_BYTES * 0.75;
    const stage = LocalDestination.prototype.stage;
    const staging = vi.spyOn(LocalDestination.prototype, 'stage').mockImplementation(async function (
      this: LocalDestination,
      ...args
    ): Promise<StagedFile> {
      const staged = await stage.apply(this, args);
      const { parts } = staged;
      if (parts === undefined) return staged;
      const write = async (position: number, chunk: Uint8Array): Promise<void> => {
        room -= chunk.length;
        if (room < 0) throw new IactError('unwritable', 'Cannot write "large": no space is left on the device.');
        await parts.write(position, chunk);
      };
      return Object.assign(staged, { parts: { ...parts, write } });
    });
    await expect(copyFrom(far, to)).rejects.toMatchObject({ code: 'unwritable' });
    await expectSound(store, to);
    expect(await readdir(to)).not.toContain('hdu-index.fits.gz');
    staging.mockRestore();
    const before = far.sentBytes();
    expect(await copyFrom(far, to)).toMatchObject({ failed: [] });
    await expectSame(store, to);
    expect(far.sentBytes() - before).toBeLessThan(LARGE_BYTES / 2);
  });

  it('says what is in the way of a directory, and leaves it', async () => {
    const { from, to } = await places();
    const store = await simulatedStore(from, { observations: 2 });
    await mkdir(to);
    await writeFile(join(to, 'data'), 'mine');
    await expect(copy(store, to)).rejects.toThrow(join(to, 'data'));
    expect(await readFile(join(to, 'data'), 'utf8')).toBe('mine');
    expect(await readdir(to)).not.toContain('hdu-index.fits.gz');
    await rm(join(to, 'data'));
    await copy(store, to);
    await expectSame(store, to);
  });
});

describe('copyStore() while the clock jumps', () => {
  it.each(['1971-01-01', '2099-01-01'])('to %s brings all, and the next copy has nothing to do', async (date) => {
    const { from, to } = await places();
    const store = await simulatedStore(from, { observations: 3 });
    vi.useFakeTimers({ toFake: ['Date'] });
    const onEvent = ({ type }: { type: string }): void => {
      if (type === 'plan') vi.setSystemTime(new Date(date));
      if (type === 'files-done') vi.setSystemTime(new Date('2001-01-01'));
    };
    expect(await copy(store, to, { onEvent })).toMatchObject({ failed: [], filesCopied: 3 });
    vi.useRealTimers();
    await expectSame(store, to);
    expect(await copy(store, to, { overwrite: 'if-different' })).toMatchObject({ filesCopied: 0, filesKept: 3 });
  });
});
