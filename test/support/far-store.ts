import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished } from 'vitest';
import { type Access, type CopyRequest, type CopyResult, copyStore, openStore } from '../../src/ops/index.ts';
import { filesIn, idsOf } from './copy.ts';
import { type Link, type LinkOptions, startLink } from './link.ts';
import { startNginx } from './nginx.ts';
import { startSshd } from './sshd.ts';
import { readRows, type TestStore } from './store.ts';

/** A store of this machine behind a server and a link. */
export interface FarStore {
  readonly place: string;
  readonly env: Readonly<Record<string, string>>;
  readonly link: Link;
  /** Ends the server in the middle of what it does. */
  stopServer(): Promise<void>;
  /** Starts it again at the same port. */
  startServer(): Promise<void>;
}

export type StartFarStore = (directory: string, options?: Omit<LinkOptions, 'port'>) => Promise<FarStore>;

/** A directory by SFTP. */
export const overSftp: StartFarStore = async (directory, options = {}) => {
  let link: Link | undefined;
  const clientPort = async (port: number): Promise<number> => {
    link = await startLink({ ...options, port });
    const started = link;
    onTestFinished(() => started.stop());
    return link.port;
  };
  const server = await startSshd({ clientPort });
  if (link === undefined) throw new Error('sshd asked for no port');
  return {
    place: `sftp://store${directory}`,
    env: server.env,
    link,
    stopServer: server.stop,
    startServer: server.startAgain,
  };
};

/** A directory by HTTP. */
export const overHttp: StartFarStore = async (directory, options = {}) => {
  const server = await startNginx(directory);
  onTestFinished(server.stop);
  const link = await startLink({ ...options, port: server.port });
  onTestFinished(() => link.stop());
  const env = { ...(process.env as Record<string, string>), NETRC: '/nonexistent' };
  const place = `http://127.0.0.1:${link.port}/`;
  return { place, env, link, stopServer: server.kill, startServer: server.startAgain };
};

export interface FarCopy
  extends Partial<Pick<CopyRequest, 'onEvent' | 'signal' | 'overwrite' | 'prefer' | 'dryRun' | 'jobs'>> {
  readonly access?: Partial<Access>;
}

/** Copies the first dataset of a store that is reached from afar, and ends the connections. */
export async function copyFrom(
  far: Pick<FarStore, 'place' | 'env'>,
  destination: string,
  { access = {}, ...request }: FarCopy = {},
): Promise<CopyResult> {
  const store = await openStore(far.place, { env: far.env, ...access });
  try {
    const dataset = store.master.datasets[0]?.name ?? '';
    return await copyStore({ store, dataset, destination, prefer: 'remote', program: 'test', ...request });
  } finally {
    await store.source.close();
  }
}

/** Resolves when something has come to be, and fails when it does not within a minute. */
export async function until(condition: () => boolean): Promise<void> {
  for (const start = performance.now(); !condition(); ) {
    if (performance.now() - start > 60_000) throw new Error('It never came to that.');
    await sleep(2);
  }
}

/** Every file under its own name is whole, and every row of a visible index names a file that is there. */
export async function expectSound(store: TestStore, directory: string): Promise<void> {
  const present = await filesIn(directory).catch(() => []);
  const visible = present.filter((path) => !path.endsWith('.part') && !path.startsWith('.iact/'));
  for (const path of visible.filter((name) => !/^(?:master\.json|.*-index\.fits\.gz)$/.test(name))) {
    const [found, wanted] = await Promise.all([directory, store.directory].map((root) => readFile(join(root, path))));
    expect(found?.equals(wanted as Buffer), path).toBe(true);
  }
  if (!visible.includes('hdu-index.fits.gz')) return;
  const rows = await readRows(join(directory, 'hdu-index.fits.gz'));
  for (const row of rows) expect(visible).toContain(`${row['FILE_DIR']}/${row['FILE_NAME']}`);
}

/** The copy is what the store is, byte for byte, and nothing is left of the work. */
export async function expectSame(store: TestStore, directory: string): Promise<void> {
  await expectSound(store, directory);
  expect(await filesIn(directory)).toEqual(await filesIn(store.directory));
  expect(await idsOf(directory)).toEqual(await idsOf(store.directory));
  expect(await readdir(join(directory, '.iact'))).toEqual(['manifest.jsonl']);
}
