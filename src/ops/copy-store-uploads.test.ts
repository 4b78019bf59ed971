import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type S3TestServer, startS3Server } from '../../test/support/s3-server.ts';
import { simulatedStore, type TestStore } from '../../test/support/store.ts';
import { tempDirectory } from '../../test/support/temp.ts';
import { IactError } from '../core/index.ts';
import { parseRunList } from '../gadf/index.ts';
import { LocalSource } from '../storage/index.ts';
import { type CopyRequest, type CopyResult, copyStore, openStore } from './index.ts';

const MIB = 1 << 20;
const PATIENCE = { timeout: 30_000 };
/** Three parts. */
const LARGE = Buffer.alloc(20 * MIB, 'noise');

/** The source of a file breaks off when S3 has two parts of it. */
function breakOff(path: string, server: S3TestServer): void {
  const { read } = LocalSource.prototype;
  const spy = vi.spyOn(LocalSource.prototype, 'read').mockImplementation(async function* (
    this: LocalSource,
    asked,
    options,
  ) {
    if (asked !== path) return yield* read.call(this, asked, options);
    yield LARGE.subarray(0, 17 * MIB);
    await expect.poll(() => [...server.store.uploads.values()].map(({ parts }) => parts.size), PATIENCE).toEqual([2]);
    throw new IactError('unreadable', 'The disk is damaged.');
  });
  onTestFinished(() => void spy.mockRestore());
}

async function push(
  store: TestStore,
  env: Record<string, string>,
  options: { readonly runs?: number; readonly laterPaths?: CopyRequest['laterPaths'] } = {},
): Promise<CopyResult> {
  const { runs, laterPaths } = options;
  return copyStore({
    store: await openStore(store.directory),
    dataset: store.dataset,
    destination: 's3://bucket/store',
    access: { env },
    prefer: 'remote',
    overwrite: 'if-different',
    program: 'test',
    runs: runs === undefined ? undefined : parseRunList(String(runs), 'runs.lis'),
    laterPaths,
  });
}

interface Place {
  readonly store: TestStore;
  /** Of the first observation. */
  readonly path: string;
  readonly server: S3TestServer;
  readonly env: Record<string, string>;
}

async function place(): Promise<Place> {
  const store = await simulatedStore(await tempDirectory(), { observations: 2 });
  const path = store.fileOf(store.ids[0] as number);
  await writeFile(join(store.directory, path), LARGE);
  const server = await startS3Server();
  onTestFinished(() => server.stop());
  const env = { ...server.env, XDG_STATE_HOME: await tempDirectory() };
  return { store, path, server, env };
}

describe('copyStore() to S3, when the source of a large file broke off', () => {
  it('goes on with its parts, which were kept until then', async () => {
    const { store, path, server, env } = await place();
    breakOff(path, server);
    const { failed, bytesResumed } = await push(store, env);
    expect([failed.map((file) => file.path), bytesResumed]).toEqual([[path], 0]);
    vi.restoreAllMocks();
    const since = server.requests.length;
    expect(await push(store, env)).toMatchObject({ failed: [], filesCopied: 1, bytesResumed: 16 * MIB });
    expect(server.requests.slice(since).filter((line) => line.includes('partNumber='))).toEqual([
      expect.stringContaining('partNumber=3&'),
    ]);
    expect(server.store.uploads.size).toBe(0);
  });

  it('keeps its parts while other datasets are copied, and not if it is no longer wanted', async () => {
    const { store, path, server, env } = await place();
    const [large, other] = store.ids;
    breakOff(path, server);
    await push(store, env, { runs: large as number });
    vi.restoreAllMocks();
    const uploads = [...server.store.uploads.keys()];
    expect(uploads).toHaveLength(1);
    await push(store, env, { runs: other as number, laterPaths: async () => new Set([path]) });
    expect([...server.store.uploads.keys()]).toEqual(uploads);
    await push(store, env, { runs: other as number });
    expect(server.store.uploads.size).toBe(0);
  });
});
