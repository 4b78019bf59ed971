import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect } from 'vitest';
import { type Access, copyStore, isFine, openStore, verifyStore } from '../../src/ops/index.ts';
import { filesIn } from '../support/copy.ts';
import { itNeeds } from '../support/require.ts';
import { startS3Server } from '../support/s3-server.ts';
import { sshd, startSshd } from '../support/sshd.ts';
import { simulatedStore, type TestStore } from '../support/store.ts';
import { tempDirectory } from '../support/temp.ts';

/** A place that stores are pushed to. */
interface Place {
  readonly url: string;
  readonly access: Access;
}

const live = itNeeds(...sshd());

/** A folder through sshd, and the same folder of this machine; the journals of pushes lie in a directory of their own. */
async function sftpPlace(): Promise<Place & { readonly folder: string }> {
  const server = await startSshd();
  const folder = join(await tempDirectory(), 'there');
  const XDG_STATE_HOME = await tempDirectory();
  return { url: `sftp://store${folder}`, folder, access: { env: { ...server.env, XDG_STATE_HOME } } };
}

async function s3Place(): Promise<Place> {
  const server = await startS3Server();
  const XDG_STATE_HOME = await tempDirectory();
  return { url: 's3://bucket/stores/mine', access: { env: { ...server.env, XDG_STATE_HOME } } };
}

interface PushOptions {
  readonly signal?: AbortSignal;
  readonly onFile?: () => void;
  readonly prune?: boolean;
}

async function push(store: TestStore, { url, access }: Place, options: PushOptions = {}) {
  return copyStore({
    store: await openStore(store.directory),
    dataset: store.dataset,
    destination: url,
    access,
    prefer: 'remote',
    overwrite: 'if-different',
    program: 'test',
    prune: options.prune ? {} : undefined,
    signal: options.signal,
    onEvent: ({ type }) => type === 'file' && options.onFile?.(),
  });
}

/** What is wrong with the pushed store, compared with its own manifest and with what it came from. */
async function faultsOf(store: TestStore, { url, access }: Place): Promise<string[]> {
  const [there, here] = [await openStore(url, access), await openStore(store.directory)];
  try {
    const results = [await verifyStore({ store: there }), await verifyStore({ store: there, against: here })];
    const faults = results.flatMap(({ files }) => files.filter((file) => !isFine(file)));
    return faults.flatMap(({ problems }) => problems).filter((problem) => !problem.includes('master.json'));
  } finally {
    await there.source.close();
  }
}

describe.each([
  ['SFTP', sftpPlace],
  ['S3', s3Place],
])('copyStore() to %s', (_, makePlace) => {
  let store: TestStore;
  let place: Place;
  beforeEach(async () => {
    store = await simulatedStore(await tempDirectory(), { observations: 5, eventsPerObservation: 100 });
    await writeFile(join(store.directory, 'LICENSE'), 'Cite us.');
  });

  live('brings everything, and nothing twice', async () => {
    place = await makePlace();
    expect(await push(store, place)).toMatchObject({ filesCopied: 5, failed: [] });
    expect(await faultsOf(store, place)).toEqual([]);
    expect(await push(store, place)).toMatchObject({ filesCopied: 0, filesKept: 5 });
    const there = await openStore(place.url, place.access);
    const names = (await there.source.list(''))?.map(({ name }) => name);
    const state = (await there.source.list('.iact'))?.map(({ name }) => name);
    await there.source.close();
    expect(names).toEqual(expect.arrayContaining(['LICENSE', 'hdu-index.fits.gz', 'master.json', 'obs-index.fits.gz']));
    expect(state).toEqual(['manifest.jsonl']);
  });

  live('shows no index when it was stopped, and finishes later', async () => {
    place = await makePlace();
    const many = await simulatedStore(await tempDirectory(), { observations: 40 });
    const controller = new AbortController();
    await writeFile(join(many.directory, many.fileOf(many.ids[39] ?? 0)), Buffer.alloc(30_000_000, 'large'));
    setTimeout(() => controller.abort(), 150);
    const outcome = await push(many, place, { signal: controller.signal }).catch(
      (error: { code: string }) => error.code,
    );
    if (typeof outcome === 'string') {
      expect(outcome).toBe('cancelled');
      await expect(openStore(place.url, place.access)).rejects.toMatchObject({ code: 'not-found' });
    }
    expect(await push(many, place)).toMatchObject({ failed: [] });
    expect(await faultsOf(many, place)).toEqual([]);
  });

  live('removes what the source no longer has', async () => {
    place = await makePlace();
    await push(store, place);
    const smaller = await simulatedStore(await tempDirectory(), { observations: 3, name: store.dataset });
    await writeFile(join(smaller.directory, 'LICENSE'), 'Cite us.');
    expect(await push(smaller, place, { prune: true })).toMatchObject({
      removed: [store.fileOf(store.ids[3] ?? 0), store.fileOf(store.ids[4] ?? 0)],
    });
    expect(await faultsOf(smaller, place)).toEqual([]);
  });

  live('lets nobody else in meanwhile', async () => {
    place = await makePlace();
    const results = await Promise.allSettled([push(store, place), push(store, place)]);
    const codes = results.map((each) =>
      each.status === 'fulfilled' ? 'done' : (each.reason as { code: string }).code,
    );
    expect(codes.every((code) => code === 'done' || code === 'locked')).toBe(true);
    await push(store, place);
    expect(await faultsOf(store, place)).toEqual([]);
  });
});

describe('copyStore() to SFTP', () => {
  live('writes files as they are, with time and permissions', async () => {
    const place = await sftpPlace();
    const store = await simulatedStore(await tempDirectory(), { observations: 2 });
    await push(store, place);
    expect(await filesIn(place.folder)).toEqual(await filesIn(store.directory));
    for (const path of await filesIn(join(store.directory, 'data'))) {
      const [wanted, found] = [join(store.directory, 'data', path), join(place.folder, 'data', path)];
      expect((await readFile(found)).equals(await readFile(wanted))).toBe(true);
      const [a, b] = [await stat(wanted), await stat(found)];
      expect([b.mode, Math.floor(b.mtimeMs / 1000)]).toEqual([a.mode, Math.floor(a.mtimeMs / 1000)]);
    }
    expect((await readdir(place.folder)).filter((name) => name.startsWith('.iact-'))).toEqual([]);
  });
});
