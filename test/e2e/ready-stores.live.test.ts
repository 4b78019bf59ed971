import { join } from 'node:path';
import { create } from 'tar';
import { describe, expect } from 'vitest';
import { runIact } from '../../src/cli/testing/run-iact.ts';
import { csiactcopy } from '../../src/ctools/programs/index.ts';
import { world } from '../../src/ctools/testing/demo-world.ts';
import { filesIn, places } from '../support/copy.ts';
import { sftpServer } from '../support/fake-ssh.ts';
import { type FarStore, overHttp } from '../support/far-store.ts';
import { loggedSftp } from '../support/logged-sftp.ts';
import { itNeeds, program } from '../support/require.ts';
import { simulatedStore } from '../support/store.ts';
import { tempDirectory } from '../support/temp.ts';

type Copy = (far: Pick<FarStore, 'place' | 'env'>, from: string, to: string) => Promise<unknown>;

const iact =
  (...options: readonly string[]): Copy =>
  async ({ place, env }, _from, to) => {
    const { status, stderr } = await runIact(['copy', place, to, ...options], { env });
    expect(status, stderr).toBe(0);
  };

const merge: Copy = async ({ place, env }, from, to) => {
  const { status, stderr } = await runIact(['merge', place, from, '-o', to, '--prefer', 'first'], { env });
  expect(status, stderr).toBe(0);
};

const ctools: Copy = async ({ place, env }, _from, to) => {
  const args = [`remote_master=${place.replace(/\/$/, '')}/master.json`, 'prodname=simulated', `outpath=${to}`];
  expect(await csiactcopy(args, world({ env }))).toBe(0);
};

const READY: [name: string, copy: Copy][] = [
  ['iact copy', iact()],
  ['iact copy of many at once', iact('--jobs', '40')],
  ['iact merge', merge],
  ['csiactcopy', ctools],
];
const SPARING: [name: string, copy: Copy][] = [
  ['few reads at once', iact('--jobs', '4')],
  ['a rate', iact('--bwlimit', '100M')],
  ['nothing to be written', iact('--dry-run')],
];

const USUAL = ['hdu-index.fits.gz', 'obs-index.fits.gz', '.iact/manifest.jsonl'].map((name) => `open ${name}`);

describe('a store behind ssh that is going to be copied', () => {
  const test = itNeeds(sftpServer());

  async function openedFirst(copy: Copy): Promise<string[]> {
    const { from, to } = await places();
    await simulatedStore(from, { observations: 2 });
    const far = await loggedSftp(from);
    await copy(far, from, to);
    const requests = await far.requests();
    return requests.slice(0, requests.indexOf('open master.json'));
  }

  for (const [name, copy] of READY) {
    test(`is asked by ${name} for the usual index files together with the master index`, async () => {
      expect(await openedFirst(copy)).toEqual(USUAL);
    });
  }

  for (const [name, copy] of SPARING) {
    test(`is not asked ahead for ${name}`, async () => {
      expect(await openedFirst(copy)).toEqual([]);
    });
  }
});

describe('a store on a web server that is going to be copied', () => {
  const test = itNeeds(program('nginx'));

  async function connections(copy: Copy): Promise<number> {
    const { from, to } = await places();
    await simulatedStore(from, { observations: 2 });
    const far = await overHttp(from);
    await copy(far, from, to);
    return far.link.connections;
  }

  for (const [name, copy] of READY) {
    test(`is connected to as often as it will be read from, by ${name}`, async () => {
      expect(await connections(copy)).toBeGreaterThanOrEqual(36);
    });
  }

  for (const [name, copy] of SPARING) {
    test(`is spared for ${name}`, async () => {
      expect(await connections(copy)).toBeLessThan(16);
    });
  }

  test('is spared where it is an archive, which comes at once', async () => {
    const { from, to } = await places();
    await simulatedStore(from, { observations: 2 });
    const folder = await tempDirectory();
    await create({ file: join(folder, 'store.tar'), cwd: from }, await filesIn(from));
    const { place, env, link } = await overHttp(folder);
    await iact()({ place: `${place}store.tar`, env }, from, to);
    expect(link.connections).toBe(4);
  });
});
