import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Fault, type S3ServerOptions, type S3TestServer, TEST_KEY } from '../../../test/support/s3-server.ts';
import { tempDirectory } from '../../../test/support/temp.ts';
import { bytesOf, contentOf } from '../testing/conformance.ts';
import { DEFAULT_RETRIES } from '../with-retries.ts';
import { S3Destination } from './s3-destination.ts';
import type { S3StagedFile } from './s3-staged-file.ts';
import { LOCATION, serve } from './testing/open-s3.ts';

const MIB = 1 << 20;
const PATIENCE = { timeout: 30_000 };
/** Four parts, of which the last one is short. */
const LARGE = bytesOf(25 * MIB + 1);
const FILE = { sizeBytes: LARGE.length, mtimeMs: 1_500_000_000_123.5 };
const SENT = 16 * MIB;

interface Place {
  readonly server: S3TestServer;
  readonly notes: string;
  /** As another process would. */
  again(): Promise<S3Destination>;
}

async function place(options: S3ServerOptions = {}): Promise<Place> {
  const [server, directory] = [await serve(options), join(await tempDirectory(), 'state')];
  const again = async (): Promise<S3Destination> => {
    const opened = await S3Destination.open(LOCATION, { env: server.env }, DEFAULT_RETRIES, () => directory);
    onTestFinished(() => opened.close());
    return opened;
  };
  return { server, notes: join(directory, 'uploads.jsonl'), again };
}

async function write(staged: Pick<S3StagedFile, 'write'>, content: Uint8Array): Promise<void> {
  for (let at = 0; at < content.length; at += MIB) await staged.write(content.subarray(at, at + MIB));
}

/** Uploads two parts of a file, and ends as a killed process does. */
async function interrupt({ server, again }: Place, path = 'a'): Promise<string> {
  const before = new Set(server.store.uploads.keys());
  await write(await (await again()).stage(path, { ...FILE, resume: true }), LARGE.subarray(0, SENT));
  const [id = ''] = [...server.store.uploads.keys()].filter((key) => !before.has(key));
  await expect.poll(() => server.store.uploads.get(id)?.parts.size, PATIENCE).toBe(2);
  return id;
}

/** Brings a file whole; resolves to how much was there from before. */
async function push(destination: S3Destination, content = LARGE, file = FILE): Promise<number> {
  const staged = await destination.stage('a', { ...file, resume: true });
  await write(staged, content);
  const kept = staged.keptBytes ?? 0;
  expect(await staged.seal({ mtimeMs: file.mtimeMs })).toBe(content.length);
  await staged.publish();
  expect(Buffer.compare(await contentOf(destination, 'a'), content)).toBe(0);
  expect((await destination.stat('a'))?.mtimeMs).toBeCloseTo(file.mtimeMs, 2);
  return kept;
}

/** Numbers of the parts that were sent since a request. */
function partsSent({ requests }: S3TestServer, since: number): number[] {
  const numbers = requests.slice(since).map((line) => /^PUT .*partNumber=(\d+)/.exec(line)?.[1]);
  return numbers.flatMap((number) => (number === undefined ? [] : [Number(number)])).sort();
}

/** A list of the first part, with its digest, and so many bytes. */
function listOf(sizeBytes: number): string {
  const tag = createHash('md5')
    .update(LARGE.subarray(0, 8 * MIB))
    .digest('hex');
  const part = `<PartNumber>1</PartNumber><ETag>"${tag}"</ETag><Size>${sizeBytes}</Size>`;
  return `<ListPartsResult><Part>${part}</Part></ListPartsResult>`;
}

describe('S3Destination.stage() with resume', () => {
  it.each([{}, { opaqueTags: true }, { pageKeys: 1 }])('sends only what S3 has not (%j)', async (options) => {
    const there = await place(options);
    const id = await interrupt(there);
    const since = there.server.requests.length;
    const destination = await there.again();
    expect(await push(destination)).toBe(SENT);
    expect(partsSent(there.server, since)).toEqual([3, 4]);
    expect(there.server.requests.filter((line) => line.startsWith('POST') && line.includes(id))).toHaveLength(1);
    expect(there.server.store.uploads.size).toBe(0);
    expect(await (await there.again()).unfinishedPaths()).toEqual([]);
    await destination.removeUnfinished(() => false);
    await expect(stat(join(there.notes, '..'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('goes on with what leave() has left, also of an upload that was gone on with before', async () => {
    const there = await place();
    await interrupt(there);
    const staged = await (await there.again()).stage('a', { ...FILE, resume: true });
    await write(staged, LARGE.subarray(0, 24 * MIB));
    const [upload] = there.server.store.uploads.values();
    await expect.poll(() => upload?.parts.size, PATIENCE).toBe(3);
    await staged.leave?.();
    const since = there.server.requests.length;
    expect(await push(await there.again())).toBe(24 * MIB);
    expect(partsSent(there.server, since)).toEqual([4]);
  });

  it('sends nothing of a file that S3 has whole, and counts all of it before it is sealed', async () => {
    const there = await place();
    const staged = await (await there.again()).stage('a', { ...FILE, resume: true });
    await write(staged, LARGE);
    await staged.seal({ mtimeMs: FILE.mtimeMs });
    await staged.leave?.();
    const since = there.server.requests.length;
    expect(await push(await there.again())).toBe(LARGE.length);
    expect(partsSent(there.server, since)).toEqual([]);
  });

  it('sends again what is another content, though size and time are the same', async () => {
    const there = await place();
    await interrupt(there);
    const since = there.server.requests.length;
    const other = LARGE.slice();
    other.fill(1, 0, 10);
    expect(await push(await there.again(), other)).toBe(8 * MIB);
    expect(partsSent(there.server, since)).toEqual([1, 3, 4]);
  });

  it('begins anew where nobody asks for what is there', async () => {
    const there = await place();
    await interrupt(there);
    const staged = await (await there.again()).stage('a', FILE);
    expect(there.server.store.uploads.size).toBe(0);
    await write(staged, LARGE);
    expect(staged.keptBytes).toBe(0);
    await staged.discard();
  });

  it('believes its notes only of the very part that S3 has', async () => {
    const there = await place({ opaqueTags: true });
    const id = await interrupt(there);
    there.server.store.putPart(id, 'some/store/a', 1, Buffer.alloc(8 * MIB));
    const since = there.server.requests.length;
    expect(await push(await there.again())).toBe(8 * MIB);
    expect(partsSent(there.server, since)).toEqual([1, 3, 4]);
  });

  it.each([
    { ...FILE, mtimeMs: FILE.mtimeMs + 1 },
    { ...FILE, sizeBytes: LARGE.length - 1 },
  ])('begins anew for a file that has changed (%j)', async (file) => {
    const there = await place();
    const id = await interrupt(there);
    const since = there.server.requests.length;
    expect(await push(await there.again(), LARGE.subarray(0, file.sizeBytes), file)).toBe(0);
    expect(partsSent(there.server, since)).toEqual([1, 2, 3, 4]);
    expect(there.server.requests.filter((line) => line.startsWith('DELETE') && line.includes(id))).toHaveLength(1);
    expect(there.server.store.uploads.size).toBe(0);
  });

  it.each<[string, Omit<Fault, 'match'>]>([
    ['refuses to list parts', { status: 403, code: 'AccessDenied' }],
    ['has no such list', { status: 501, code: 'NotImplemented' }],
    ['lists none', { body: '<ListPartsResult><IsTruncated>false</IsTruncated></ListPartsResult>' }],
    ['answers something else', { body: '<Ok/>' }],
    ['lists other sizes', { body: listOf(1) }],
    [
      'leads in circles',
      {
        body: '<ListPartsResult><IsTruncated>true</IsTruncated><NextPartNumberMarker>0</NextPartNumberMarker></ListPartsResult>',
      },
    ],
    ['tells no sizes', { body: '<ListPartsResult><Part><PartNumber>1</PartNumber><ETag/></Part></ListPartsResult>' }],
    ['has forgotten the upload', { status: 404, code: 'NoSuchUpload' }],
  ])('sends all where S3 %s, and says nothing', async (_, fault) => {
    const there = await place();
    await interrupt(there);
    there.server.fail({ ...fault, match: /^GET .*uploadId/ });
    const since = there.server.requests.length;
    expect(await push(await there.again())).toBe(0);
    expect(partsSent(there.server, since)).toEqual([1, 2, 3, 4]);
    expect(there.server.store.uploads.size).toBe(0);
  });

  it('tells of an upload that is lost on its way, and begins anew the next time', async () => {
    const there = await place();
    const id = await interrupt(there);
    const staged = await (await there.again()).stage('a', { ...FILE, resume: true });
    there.server.store.uploads.delete(id);
    const sealing = write(staged, LARGE).then(() => staged.seal({}));
    await expect(sealing).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('begins it anew'),
    });
    await staged.leave?.();
    const since = there.server.requests.length;
    expect(await push(await there.again())).toBe(0);
    expect(partsSent(there.server, since)).toEqual([1, 2, 3, 4]);
  });

  it('begins anew where S3 lists parts and then does not take them', async () => {
    const there = await place();
    await interrupt(there);
    there.server.fail({ match: /^POST .*uploadId/, status: 400, code: 'InvalidPart' });
    await expect(push(await there.again())).rejects.toMatchObject({ code: 'unwritable' });
    expect(there.server.store.uploads.size).toBe(0);
    expect(await push(await there.again())).toBe(0);
  });

  it('leaves alone what others upload to the same name, and asks nobody for it', async () => {
    const there = await place();
    const other = there.server.store.begin('bucket', 'some/store/a', {});
    await push(await there.again());
    expect([...there.server.store.uploads.keys()]).toEqual([other]);
    expect(there.server.requests.filter((line) => line.startsWith('GET') && line.includes('upload'))).toEqual([]);
  });

  it('knows that a bucket of the same name elsewhere is another one', async () => {
    const there = await place();
    const id = await interrupt(there);
    const elsewhere = await serve();
    const directory = join(there.notes, '..');
    const destination = await S3Destination.open(LOCATION, { env: elsewhere.env }, DEFAULT_RETRIES, () => directory);
    onTestFinished(() => destination.close());
    expect(await push(destination)).toBe(0);
    await destination.removeUnfinished(() => false);
    expect(elsewhere.requests.filter((line) => line.includes(id))).toEqual([]);
    expect(await push(await there.again())).toBe(SENT);
  });

  it('goes on where S3 does not let it abort, and tries that again the next time', async () => {
    const there = await place();
    const id = await interrupt(there);
    there.server.fail({ match: /^DELETE .*uploadId/, status: 403, code: 'AccessDenied' });
    const destination = await there.again();
    await push(destination, LARGE, { ...FILE, mtimeMs: 1_500_000_000_999 });
    expect([...there.server.store.uploads.keys()]).toEqual([id]);
    await (await there.again()).removeUnfinished(() => false);
    expect(there.server.store.uploads.size).toBe(0);
  });

  it('aborts with the signal of the copy, and what was sent by then stays', async () => {
    const there = await place();
    const stop = new AbortController();
    const policy = { ...DEFAULT_RETRIES, signal: stop.signal };
    const stateDirectoryOf = () => join(there.notes, '..');
    const destination = await S3Destination.open(LOCATION, { env: there.server.env }, policy, stateDirectoryOf);
    onTestFinished(() => destination.close());
    const partsThere = (): number[] => [...there.server.store.uploads.values()].map(({ parts }) => parts.size);
    // The second part never comes to its end.
    const before = async (): Promise<void> => {
      await expect.poll(partsThere, PATIENCE).toEqual([3]);
      stop.abort();
      await new Promise(() => undefined);
    };
    there.server.fail({ match: /partNumber=2/, before });
    const staged = await destination.stage('a', { ...FILE, resume: true });
    const sealing = write(staged, LARGE).then(() => staged.seal({}));
    await expect(sealing).rejects.toThrow();
    await staged.leave?.();
    const since = there.server.requests.length;
    await push(await there.again());
    expect(partsSent(there.server, since)).toEqual([2]);
  });
});

describe('S3Destination.removeUnfinished()', () => {
  it('aborts uploads of ours that nobody needs, and no others', async () => {
    const there = await place();
    const other = there.server.store.begin('bucket', 'some/store/b', {});
    const needed = await interrupt(there, 'data/a');
    await interrupt(there, 'data/b');
    const destination = await there.again();
    await destination.removeUnfinished((path) => path === 'data/a');
    expect([...there.server.store.uploads.keys()].sort()).toEqual([other, needed].sort());
    await destination.removeUnfinished(() => false);
    expect([...there.server.store.uploads.keys()]).toEqual([other]);
    await expect(stat(there.notes)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('keeps no secrets in its notes', async () => {
    const there = await place();
    const id = await interrupt(there);
    const text = await readFile(there.notes, 'utf8');
    expect(text).toContain(id);
    expect(text).not.toContain(TEST_KEY.secret);
    expect(text).not.toContain(TEST_KEY.id);
    expect((await stat(there.notes)).mode & 0o077).toBe(0);
  });
});
