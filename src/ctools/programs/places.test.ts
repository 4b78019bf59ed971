import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { create } from 'tar';
import { describe, expect, it } from 'vitest';
import { places } from '../../../test/support/copy.ts';
import { serveFolder } from '../../../test/support/serve-folder.ts';
import { simulatedStore } from '../../../test/support/store.ts';
import { world } from '../testing/demo-world.ts';
import { joinPath } from './data-path.ts';
import { csiactcopy, csiactdata } from './index.ts';

describe('the ctools programs', () => {
  it('take a store from a web server whose URL has a query', async () => {
    const { from, to } = await places();
    const store = await simulatedStore(from, { observations: 2 });
    const url = await serveFolder(from);
    const listing = world();
    expect(await csiactdata([`datapath=${url}?sig=1`, 'debug=yes'], listing)).toBe(0);
    expect(listing.out()).toMatch(/Name \.+: simulated\n/);
    const args = [`remote_master=${url}master.json?sig=1`, 'prodname=simulated', `outpath=${to}`];
    expect(await csiactcopy(args, world())).toBe(0);
    expect(readdirSync(join(to, 'data'))).toHaveLength(store.ids.length);
  });

  it('take a store out of an archive', async () => {
    const { from, to } = await places();
    const store = await simulatedStore(from, { observations: 2 });
    const archive = `${from}.tar.gz`;
    await create({ file: archive, cwd: dirname(from), gzip: true }, [basename(from)]);
    const listing = world();
    expect(await csiactdata([`datapath=${archive}`, 'debug=yes'], listing)).toBe(0);
    expect(listing.out()).toMatch(/Name \.+: simulated\n/);
    expect(await csiactcopy([`remote_master=${archive}`, 'prodname=simulated', `outpath=${to}`], world())).toBe(0);
    expect(readdirSync(join(to, 'data'))).toHaveLength(store.ids.length);
  });
});

describe('joinPath()', () => {
  it.each([
    ['', 'master.json', 'master.json'],
    ['a/', 'master.json', 'a/master.json'],
    ['a?b', 'master.json', 'a?b/master.json'],
    ['a', '/b/master.json', '/b/master.json'],
    ['http://host/a?sig=1', 'master.json', 'http://host/a/master.json?sig=1'],
    ['s3://bucket/a', 'master.json', 's3://bucket/a/master.json'],
  ])('of %j and %j is %j', (first, second, joined) => {
    expect(joinPath(first, second)).toBe(joined);
  });
});
