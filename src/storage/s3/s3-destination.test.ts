import { createHash } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type S3ServerOptions, type S3TestServer, startS3Server } from '../../../test/support/s3-server.ts';
import { tempDirectory } from '../../../test/support/temp.ts';
import { IactError } from '../../core/index.ts';
import type { StageOptions } from '../contract.ts';
import { bytesOf, contentOf, sourceConformance } from '../testing/conformance.ts';
import { destinationConformance } from '../testing/destination-conformance.ts';
import { DEFAULT_RETRIES, type Retry } from '../with-retries.ts';
import { partBytesOf } from './multipart-upload.ts';
import { S3Destination } from './s3-destination.ts';
import { openClient } from './s3-source.ts';
import { S3StagedFile } from './s3-staged-file.ts';
import { Slots } from './slots.ts';
import { UploadNotes } from './upload-notes.ts';

const LOCATION = { kind: 's3', bucket: 'bucket', key: 'some/store' } as const;

destinationConformance(
  'S3Destination',
  async () => {
    const server = await startS3Server({ pageKeys: 3 });
    const again = () => S3Destination.open(LOCATION, { env: server.env }, DEFAULT_RETRIES);
    return { destination: await again(), again, stop: () => server.stop() };
  },
  { mode: false, mtime: 'milliseconds', directories: false, parts: false },
);

const MIB = 1 << 20;

sourceConformance('S3Destination', async (files) => {
  const server = await startS3Server();
  for (const [path, content] of Object.entries(files)) server.store.put(`bucket/some/store/${path}`, content);
  return {
    source: await S3Destination.open(LOCATION, { env: server.env }, DEFAULT_RETRIES),
    stop: () => server.stop(),
  };
});

async function place(options: S3ServerOptions = {}): Promise<{ server: S3TestServer; destination: S3Destination }> {
  const server = await startS3Server(options);
  onTestFinished(() => server.stop());
  const destination = await S3Destination.open(LOCATION, { env: server.env }, DEFAULT_RETRIES);
  onTestFinished(() => destination.close());
  return { server, destination };
}

async function push(
  destination: S3Destination,
  path: string,
  content: Uint8Array,
  stageOptions: StageOptions = {},
  mtimeMs = 1_500_000_000_123,
): Promise<void> {
  const staged = await destination.stage(path, stageOptions);
  try {
    for (let at = 0; at < content.length; at += MIB) await staged.write(content.subarray(at, at + MIB));
    expect(await staged.seal({ mtimeMs })).toBe(content.length);
    await staged.publish();
  } catch (error) {
    await staged.discard();
    throw error;
  }
}

const LARGE = bytesOf(20 * MIB + 1);

describe('S3Destination.stage()', () => {
  it('sends a small file by one request, with sums of its content', async () => {
    const { server, destination } = await place();
    await push(destination, 'a', bytesOf(1000));
    const puts = server.requests.filter((line) => !line.startsWith('GET'));
    expect(puts).toEqual(['PUT /bucket/some/store/a']);
    const headers = server.headers.at(-1);
    expect(headers?.['content-md5']).toBe(createHash('md5').update(bytesOf(1000)).digest('base64'));
    expect(headers?.['x-amz-meta-sha256']).toBe(createHash('sha256').update(bytesOf(1000)).digest('hex'));
    expect(headers?.['x-amz-meta-mtime']).toBe('1500000000.123000');
  });

  it('sends a large file in parts, and it is visible at the end', async () => {
    const { server, destination } = await place();
    const staged = await destination.stage('a', { sizeBytes: LARGE.length, mtimeMs: 1_500_000_000_000 });
    for (let at = 0; at < LARGE.length; at += MIB) await staged.write(LARGE.subarray(at, at + MIB));
    await staged.seal({ mtimeMs: 1_500_000_000_000 });
    expect([...server.store.uploads.values()].map(({ parts }) => parts.size)).toEqual([3]);
    expect(server.store.objects.size).toBe(0);
    await staged.publish();
    expect(server.store.uploads.size).toBe(0);
    expect((await destination.stat('a'))?.mtimeMs).toBe(1_500_000_000_000);
    expect(Buffer.compare(await contentOf(destination, 'a'), LARGE)).toBe(0);
    expect(
      server.requests.some((line) => line.startsWith('PUT /bucket/some/store/a?') === false && line.startsWith('PUT')),
    ).toBe(false);
  });

  it('gives a large file its time also where that was not told at the beginning', async () => {
    const { server, destination } = await place();
    await push(destination, 'ä b/+', LARGE);
    expect((await destination.stat('ä b/+'))?.mtimeMs).toBe(1_500_000_000_123);
    expect(Buffer.compare(await contentOf(destination, 'ä b/+'), LARGE)).toBe(0);
    expect(server.headers.filter((headers) => headers['x-amz-copy-source'] !== undefined)).toHaveLength(1);
  });

  it('holds no more small files in memory than there is room, and loses none', async () => {
    const { server, destination } = await place();
    const client = await openClient(LOCATION, { env: server.env });
    onTestFinished(() => client.close());
    const notes = new UploadNotes(undefined, 'here');
    const room = { parts: new Slots(2), heldBytes: 0, mostHeldBytes: 100_000, notes, policy: { retries: 6 } };
    const content = bytesOf(30_000);
    const stageOne = async (path: string): Promise<S3StagedFile> => {
      const target = { client, key: `some/store/${path}`, uri: path };
      const file = new S3StagedFile(path, 'bucket', target, room, { mtimeMs: 1_500_000_000_000 });
      await file.write(content);
      await file.seal({ mtimeMs: 1_500_000_000_000 });
      return file;
    };
    const paths = ['a', 'b', 'c', 'd', 'e'];
    const staged: S3StagedFile[] = [];
    for (const path of paths) staged.push(await stageOne(path));
    expect([...server.store.uploads.values()].map(({ key }) => key)).toEqual(['some/store/d', 'some/store/e']);
    expect(server.store.objects.size).toBe(0);
    expect(room.heldBytes).toBe(90_000);
    for (const file of staged) await file.publish();
    expect(room.heldBytes).toBe(0);
    for (const path of paths) {
      expect(Buffer.compare(await contentOf(destination, path), content)).toBe(0);
      expect((await destination.stat(path))?.mtimeMs).toBe(1_500_000_000_000);
    }
    await (await stageOne('f')).discard();
    expect(room.heldBytes).toBe(0);
    expect(server.store.uploads.size).toBe(0);
  });

  it('sends what was lost once more', async () => {
    const { server, destination } = await place();
    server.fail({ match: /partNumber=2/, times: 2, status: 503, code: 'SlowDown', headers: { 'retry-after': '0' } });
    server.fail({ match: /^PUT.*partNumber=1/, loseAnswer: true });
    server.fail({ match: /^POST.*uploadId/, loseAnswer: true });
    await push(destination, 'large', LARGE, { mtimeMs: 1_500_000_000_123 });
    expect(Buffer.compare(await contentOf(destination, 'large'), LARGE)).toBe(0);
    server.fail({ match: /^PUT/, loseAnswer: true });
    await push(destination, 'small', bytesOf(10));
    expect((await contentOf(destination, 'small')).length).toBe(10);
    expect(server.store.uploads.size).toBe(0);
  });

  it('takes for complete what is there whole after the answer was lost, whatever its ETag', async () => {
    const { server, destination } = await place({ opaqueTags: true });
    server.fail({ match: /^POST.*uploadId/, loseAnswer: true });
    await push(destination, 'large', LARGE, { mtimeMs: 1_500_000_000_123 });
    expect(Buffer.compare(await contentOf(destination, 'large'), LARGE)).toBe(0);
    // What was there before is not taken for it.
    const refused = { status: 404, code: 'NoSuchUpload' };
    server.fail({ match: /^POST.*uploadId/, status: 503, code: 'SlowDown', headers: { 'retry-after': '0' } });
    server.fail({ match: /^POST.*uploadId/, ...refused });
    const other = LARGE.slice().fill(1, 0, 9);
    await expect(push(destination, 'large', other)).rejects.toMatchObject({ code: 'unwritable' });
    expect(Buffer.compare(await contentOf(destination, 'large'), LARGE)).toBe(0);
  });

  it('takes an answer that begins as a success for the error that it becomes', async () => {
    const { server, destination } = await place();
    const body = '<Error><Code>InternalError</Code><Message>try again</Message></Error>';
    server.fail({ match: /^POST.*uploadId/, status: 200, body });
    await push(destination, 'a', LARGE, { mtimeMs: 1_500_000_000_123 });
    expect(server.requests.filter((line) => /^POST.*uploadId/.test(line))).toHaveLength(2);
    expect((await contentOf(destination, 'a')).length).toBe(LARGE.length);
  });

  it('ends at once with what will not pass, and leaves nothing', async () => {
    const { server, destination } = await place();
    server.fail({ match: /partNumber=1/, status: 403, code: 'AccessDenied' });
    const error = { code: 'unwritable', retryable: false };
    await expect(push(destination, 'a', LARGE)).rejects.toMatchObject(error);
    expect(server.store.uploads.size).toBe(0);
    server.fail({ match: /^PUT/, status: 403, code: 'QuotaExceeded' });
    await expect(push(destination, 'a', bytesOf(1))).rejects.toThrow(/Cannot write "s3:.*a": the quota is used up/);
  });

  it('reads back what has an ETag that is no sum of the content', async () => {
    const { server, destination } = await place({ opaqueTags: true });
    for (const [path, content] of Object.entries({ large: LARGE, small: bytesOf(10), empty: bytesOf(0) })) {
      await push(destination, path, content, { mtimeMs: 1_500_000_000_123 });
      expect(Buffer.compare(await contentOf(destination, path), content)).toBe(0);
    }
    expect(server.requests.filter((line) => line === 'GET /bucket/some/store/large')).toHaveLength(2);
  });

  it.each([false, true])(
    'refuses and removes an object that is not what was sent (opaque tags: %s)',
    async (opaqueTags) => {
      const { server, destination } = await place({ opaqueTags });
      server.fail({ match: /^PUT .*small/, corrupt: true });
      const error = { code: 'unwritable', retryable: true };
      await expect(push(destination, 'small', bytesOf(10_000))).rejects.toMatchObject(error);
      server.fail({ match: /^PUT .*large.*partNumber=2/, corrupt: true });
      await expect(push(destination, 'large', LARGE)).rejects.toMatchObject(error);
      expect([...server.store.objects.keys()]).toEqual([]);
      expect(server.store.uploads.size).toBe(0);
    },
  );

  it('discard() ends an upload that is under way', async () => {
    const { server, destination } = await place();
    let parts = 0;
    server.fail({ match: /partNumber/, times: 9, before: () => void parts++, status: 503, code: 'SlowDown' });
    const staged = await destination.stage('a', { sizeBytes: LARGE.length });
    for (let at = 0; at < 17 * MIB; at += MIB) await staged.write(LARGE.subarray(at, at + MIB));
    await staged.discard();
    expect(server.store.uploads.size).toBe(0);
    expect(parts).toBeLessThan(9);
  });
});

describe('partBytesOf()', () => {
  it('needs no more than 10,000 parts for any size, all alike where the size is known', () => {
    const largest = 5 * 2 ** 40;
    for (const size of [1, 17 * MIB, 80 * 2 ** 30, 2 ** 40, largest]) {
      expect(Math.ceil(size / partBytesOf(1, size))).toBeLessThanOrEqual(10_000);
      expect(partBytesOf(9999, size)).toBe(partBytesOf(1, size));
      expect(partBytesOf(1, size)).toBeGreaterThanOrEqual(8 * MIB);
    }
    let total = 0;
    for (let number = 1; number <= 10_000; number++) total += partBytesOf(number, undefined);
    expect(total).toBeGreaterThan(largest);
    expect(partBytesOf(1000, undefined)).toBe(8 * MIB);
  });
});

describe('S3Destination', () => {
  it('asks again after what passes, also where nothing is written', async () => {
    const { server, destination } = await place();
    server.store.put('bucket/some/store/a', bytesOf(100));
    for (const method of ['HEAD', 'GET', 'DELETE']) {
      server.fail({ match: new RegExp(`^${method} /bucket/some`), status: 503, code: 'SlowDown' });
    }
    server.fail({ match: /list-type/, status: 500, code: 'InternalError' });
    expect(await destination.stat('a')).toMatchObject({ sizeBytes: 100 });
    expect((await contentOf(destination, 'a')).length).toBe(100);
    expect(await destination.list('')).toEqual([{ name: 'a', kind: 'file' }]);
    await destination.remove('a');
    expect(await destination.stat('a')).toBeUndefined();
  });

  it('reads as patiently as it is told to, and tells of it', async () => {
    const server = await startS3Server();
    onTestFinished(() => server.stop());
    const told: number[] = [];
    const policy = { retries: 1, silenceMs: 60_000, onRetry: ({ attempt }: Retry) => void told.push(attempt) };
    const destination = await S3Destination.open(LOCATION, { env: server.env }, policy);
    onTestFinished(() => destination.close());
    server.fail({ match: /^HEAD /, status: 503, code: 'SlowDown', times: 2 });
    await expect(destination.stat('a')).rejects.toMatchObject({ retryable: true });
    expect(told).toEqual([1]);
  });

  interface Overloaded {
    readonly destination: S3Destination;
    /** Opens the same place once more. */
    again(): Promise<S3Destination>;
  }

  async function overloaded(match: RegExp, end: (destination: S3Destination, stop: AbortController) => void) {
    const server = await startS3Server();
    onTestFinished(() => server.stop());
    const stop = new AbortController();
    const directory = await tempDirectory();
    const again = async (): Promise<S3Destination> => {
      const policy = { ...DEFAULT_RETRIES, signal: stop.signal };
      const opened = await S3Destination.open(LOCATION, { env: server.env }, policy, () => directory);
      onTestFinished(() => opened.close());
      return opened;
    };
    const destination = await again();
    // Once the answer is there, what is waited for is the next attempt.
    const before = () => void setTimeout(() => end(destination, stop), 100);
    server.fail({ match, status: 503, code: 'SlowDown', times: 9, headers: { 'retry-after': '200' }, before });
    return { destination, again };
  }

  it.each<[name: string, match: RegExp, act: (place: Overloaded) => Promise<unknown>]>([
    ['a look', /^HEAD /, ({ destination }) => destination.stat('a')],
    ['a removal', /^DELETE /, ({ destination }) => destination.remove('a')],
    [
      'the list of parts',
      /^GET .*uploadId/,
      async ({ destination, again }) => {
        await (await destination.stage('a', { sizeBytes: LARGE.length })).write(LARGE);
        return (await again()).stage('a', { sizeBytes: LARGE.length, resume: true });
      },
    ],
    [
      'the removal of an upload that was left',
      /^DELETE .*uploadId/,
      async ({ destination, again }) => {
        await (await destination.stage('a', { sizeBytes: LARGE.length })).write(LARGE);
        return (await again()).stage('a');
      },
    ],
  ])('waits for no further attempt of %s when it is stopped', async (_, match, act) => {
    const place = await overloaded(match, (_destination, stop) => stop.abort());
    await expect(act(place)).rejects.toBeInstanceOf(IactError);
  });

  it('waits for no further attempt when it is closed', async () => {
    const { destination } = await overloaded(/^HEAD /, (opened) => void opened.close());
    await expect(destination.stat('a')).rejects.toMatchObject({ code: 'unreachable' });
  });
});
