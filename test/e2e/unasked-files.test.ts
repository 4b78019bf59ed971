import { readFile, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { CopyEvent } from '../../src/ops/index.ts';
import { scriptedServer, serveFile } from '../../src/storage/http/testing/scripted-server.ts';
import { LocalDestination } from '../../src/storage/index.ts';
import { filesIn, idsOf, places } from '../support/copy.ts';
import { copyFrom, expectSame } from '../support/far-store.ts';
import { customStore, type TestStore } from '../support/store.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const PART = 8 * 1024 * 1024;
const LARGE_BYTES = 2 * PART + 1000;
const LONG_AGO = 'Thu, 01 Jan 2015 00:00:00 GMT';

/** A store of small files, an empty one, and one that is fetched in parts. */
async function storeOfSizes(directory: string): Promise<TestStore> {
  const store = await customStore(
    directory,
    ['one', 'empty', 'large', 'two'].map((name, id) => ({ id, name })),
  );
  const content = Buffer.alloc(LARGE_BYTES);
  for (let at = 0; at + 4 <= LARGE_BYTES; at += 4) content.writeInt32LE((at * 2_654_435_761) | 0, at);
  await writeFile(join(directory, 'data/large'), content);
  await writeFile(join(directory, 'data/empty'), '');
  return store;
}

type Answer = (request: IncomingMessage, response: ServerResponse, content: Buffer) => void;

const ordinary: Answer = (request, response, content) =>
  serveFile(request, response, { content, etag: `"${content.length}"`, modified: LONG_AGO });

/** Serves a store; `asked` has the requests about data: method, path and range. */
async function serve(directory: string, answer: Answer = ordinary) {
  const asked: string[] = [];
  const server = await scriptedServer(async (request, response) => {
    const path = decodeURIComponent(request.url ?? '');
    const content = await readFile(join(directory, path)).catch(() => undefined);
    if (path.startsWith('/data/')) asked.push(`${request.method} ${path.slice(6)} ${request.headers.range ?? 'whole'}`);
    if (content === undefined) response.writeHead(404).end();
    else answer(request, response, content);
  });
  return { place: server.url, env: { NETRC: '/nonexistent' }, asked };
}

describe('copyStore() of files of which the source was not asked', () => {
  it('asks for each small file once, and for each part of a large one', async () => {
    const { from, to } = await places();
    const store = await storeOfSizes(from);
    const far = await serve(from);
    expect(await copyFrom(far, to)).toMatchObject({ failed: [], filesCopied: 4 });
    const [first, second, third] = [`0-${PART - 1}`, `${PART}-${2 * PART - 1}`, `${2 * PART}-${LARGE_BYTES - 1}`];
    const aboutEmpty = far.asked.filter((line) => line.includes('empty'));
    expect(aboutEmpty[0]).toBe(`GET empty bytes=${first}`);
    expect(far.asked.filter((line) => !aboutEmpty.includes(line)).sort()).toEqual([
      `GET large bytes=${first}`,
      `GET large bytes=${third}`,
      `GET large bytes=${second}`,
      `GET one bytes=${first}`,
      `GET two bytes=${first}`,
      // At its end, whether it is still the same.
      'HEAD large whole',
    ]);
    await expectSame(store, to);
  });

  it('asks of all files for a dry run, and of those that are there', async () => {
    const { from, to } = await places();
    const store = await storeOfSizes(from);
    const far = await serve(from);
    const plans: CopyEvent[] = [];
    const request = { dryRun: true, onEvent: (event: CopyEvent) => event.type === 'plan' && plans.push(event) };
    await copyFrom(far, to, request);
    const sizes = await Promise.all(store.ids.map((id) => readFile(join(from, store.fileOf(id)))));
    const totalBytes = sizes.reduce((sum, { length }) => sum + length, 0);
    expect(plans).toMatchObject([{ plan: { unsizedFiles: 0, totalBytes } }]);
    expect(far.asked.filter((line) => line.startsWith('GET'))).toEqual([]);
    await copyFrom(far, to);
    far.asked.length = 0;
    expect(await copyFrom(far, to, { overwrite: 'if-different' })).toMatchObject({ filesCopied: 0, filesKept: 4 });
    expect(far.asked.sort()).toEqual(['HEAD empty whole', 'HEAD large whole', 'HEAD one whole', 'HEAD two whole']);
  });

  it('tells the sizes as they come to be known', async () => {
    const { from, to } = await places();
    const store = await storeOfSizes(from);
    await rm(join(from, 'data/two'));
    const events: CopyEvent[] = [];
    const result = await copyFrom(await serve(from), to, { onEvent: (event) => events.push(event) });
    const plan = events.find((event) => event.type === 'plan');
    expect(plan).toMatchObject({ plan: { totalBytes: 0, unsizedFiles: 4 }, unreadable: [] });
    const sized = events.flatMap((event) => (event.type === 'sized' ? [[event.path, event.sizeBytes]] : []));
    const one = (await readFile(join(from, store.fileOf(0)))).length;
    expect(sized.sort()).toEqual([
      ['data/empty', 0],
      ['data/large', LARGE_BYTES],
      ['data/one', one],
    ]);
    expect(result).toMatchObject({ filesFound: 4, filesCopied: 3, bytesCopied: LARGE_BYTES + one });
  });

  it.each<[string, Answer]>([
    [
      'has no ranges',
      (request, response, content) => serveFile(request, response, { content, modified: LONG_AGO, ranges: false }),
    ],
    [
      'does not tell how long files are',
      (request, response, content) => {
        response.writeHead(200, { 'last-modified': LONG_AGO, 'content-type': 'application/octet-stream' });
        if (request.method === 'HEAD') response.end();
        else response.write(content.subarray(0, 1000), () => response.end(content.subarray(1000)));
      },
    ],
    ['has nothing to tell versions by', (request, response, content) => serveFile(request, response, { content })],
    [
      'sends whole files, whatever it says of ranges',
      (request, response, content) => {
        response.writeHead(200, { 'content-length': content.length, 'accept-ranges': 'bytes', etag: '"1"' });
        response.end(request.method === 'HEAD' ? undefined : content);
      },
    ],
    [
      'refuses ranges that go beyond the end',
      (request, response, content) => {
        const [, last] = /-(\d+)$/.exec(request.headers.range ?? '') ?? [];
        if (last === undefined || Number(last) < content.length) ordinary(request, response, content);
        else response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
      },
    ],
  ])('brings the same from a server that %s', async (_, answer) => {
    const { from, to } = await places();
    const store = await storeOfSizes(from);
    // The size of what is not told is counted, and only of files that are not large.
    await writeFile(join(from, 'data/large'), Buffer.alloc(PART + 1000, 'abc'));
    expect(await copyFrom(await serve(from, answer), to)).toMatchObject({ failed: [], filesCopied: 4 });
    await expectSame(store, to);
  });

  it('takes the compressed sibling of a file that is not there', async () => {
    const { from, to } = await places();
    const rows = [
      { id: 1, name: 'plain' },
      { id: 2, name: 'packed' },
      { id: 3, name: 'both' },
      { id: 4, name: 'both.gz' },
    ];
    await customStore(from, rows, { files: ['data/plain', 'data/packed.gz', 'data/both.gz'] });
    const far = await serve(from);
    expect(await copyFrom(far, to)).toMatchObject({ failed: [], filesCopied: 3 });
    const data = (await filesIn(to)).filter((path) => path.startsWith('data/'));
    expect(data).toEqual(['data/both.gz', 'data/packed.gz', 'data/plain']);
    expect((await idsOf(to)).obs).toEqual([1, 2, 3, 4]);
    expect(far.asked.filter((line) => line.includes('packed'))).toEqual([
      `GET packed bytes=0-${PART - 1}`,
      `GET packed.gz bytes=0-${PART - 1}`,
    ]);
  });

  it('names a file that is not there, and a folder in its place, and lists neither', async () => {
    const { from, to } = await places();
    const store = await customStore(
      from,
      ['folder', 'gone', 'here'].map((name, id) => ({ id, name })),
    );
    await rm(join(from, 'data/gone'));
    const far = await serve(from, (request, response, content) => {
      if (request.url === '/data/folder') response.writeHead(301, { location: '/data/folder/' }).end();
      else ordinary(request, response, content);
    });
    // One at a time: what was not there must not take the place of what comes after it.
    const { failed } = await copyFrom(far, to, { jobs: 1 });
    expect(failed.map(({ path, error }) => [path, error.code, error.message])).toEqual([
      ['data/folder', 'not-found', `"${far.place}data/folder" is no file.`],
      ['data/gone', 'not-found', `"${far.place}data/gone" does not exist.`],
    ]);
    expect((await idsOf(to)).obs).toEqual([store.ids[2]]);
  });

  it('stops before a file for which there is no room, and goes on when there is', async () => {
    const { from, to } = await places();
    const store = await storeOfSizes(from);
    const small = (await readFile(join(from, 'data/one'))).length + (await readFile(join(from, 'data/two'))).length;
    const free = vi.spyOn(LocalDestination.prototype, 'freeBytes').mockResolvedValue(LARGE_BYTES + small - 1);
    await expect(copyFrom(await serve(from), to)).rejects.toThrow(/There is no room in ".*": .* are needed/);
    const brought = (await filesIn(to)).filter((path) => path.startsWith('data/') && !path.includes('.iact'));
    for (const path of brought) {
      expect(Buffer.compare(await readFile(join(to, path)), await readFile(join(from, path)))).toBe(0);
    }
    expect(brought.length).toBeLessThan(4);
    free.mockRestore();
    expect(await copyFrom(await serve(from), to)).toMatchObject({ failed: [] });
    await expectSame(store, to);
  });

  it('fetches a file again that changed while it came', async () => {
    const { from, to } = await places();
    const store = await storeOfSizes(from);
    let version = 0;
    const far = await serve(from, (request, response, content) => {
      // Somebody writes to it when its first part has come.
      const isFirst = request.url === '/data/large' && request.method === 'GET' && version++ === 0;
      const etag = request.url === '/data/large' ? (isFirst ? '"old"' : '"new"') : '"same"';
      const sent = isFirst ? Buffer.from(content).fill(0) : content;
      serveFile(request, response, { content: sent, etag, modified: LONG_AGO });
    });
    expect(await copyFrom(far, to)).toMatchObject({ failed: [], filesCopied: 4 });
    await expectSame(store, to);
  });
});
