import { readdirSync } from 'node:fs';
import { mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { create } from 'tar';
import { describe, expect, it, onTestFinished } from 'vitest';
import { filesIn, places } from '../../../test/support/copy.ts';
import { startS3Server } from '../../../test/support/s3-server.ts';
import { serveFolder } from '../../../test/support/serve-folder.ts';
import { simulatedStore } from '../../../test/support/store.ts';
import { world } from '../testing/demo-world.ts';
import { joinPath } from './data-path.ts';
import { type Command, csfindobs, csiactcopy, csiactdata, csiactobs } from './index.ts';

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

  it('take a store from S3', async () => {
    const { from, to } = await places();
    const store = await simulatedStore(from, { observations: 2 });
    const server = await startS3Server();
    onTestFinished(() => server.stop());
    for (const path of await filesIn(from)) {
      server.store.put(`bucket/store/${path}`, await readFile(join(from, path)));
    }
    const { env } = server;
    const listing = world({ env });
    expect(await csiactdata(['datapath=s3://bucket/store', 'debug=yes'], listing)).toBe(0);
    expect(listing.out()).toMatch(/Name \.+: simulated\n/);
    const args = ['remote_master=s3://bucket/store/master.json', 'prodname=simulated', `outpath=${to}`];
    expect(await csiactcopy(args, world({ env }))).toBe(0);
    expect(readdirSync(join(to, 'data'))).toHaveLength(store.ids.length);
  });

  it('take a folder for its master index, and one without for a dataset of its name', async () => {
    const { from, to } = await places();
    const store = await simulatedStore(from, { observations: 2 });
    const args = [`remote_master=${from}`, `outpath=${to}`];
    expect(await csiactcopy([...args, 'prodname=simulated'], world())).toBe(0);
    await rm(join(from, 'master.json'));
    await rm(to, { recursive: true });
    expect(await csiactcopy([...args, `prodname=${basename(from)}`], world())).toBe(0);
    expect(readdirSync(join(to, 'data'))).toHaveLength(store.ids.length);
  });

  it('complete with clobber=no what was left incomplete, and leave what is another file', async () => {
    const { from, to } = await places();
    const { ids, fileOf } = await simulatedStore(from, { observations: 2 });
    const [cut = '', other = ''] = ids.map((id) => join(to, fileOf(id)));
    const args = [`remote_master=${from}/master.json`, 'prodname=simulated', `outpath=${to}`];
    expect(await csiactcopy(args, world())).toBe(0);
    const whole = await readFile(cut);
    await rm(join(to, '.iact'), { recursive: true });
    await truncate(cut, 1000);
    await writeFile(other, 'of another origin');
    expect(await csiactcopy([...args, 'clobber=no'], world())).toBe(0);
    expect((await readFile(cut)).equals(whole)).toBe(true);
    expect(await readFile(other, 'utf8')).toBe('of another origin');
  });

  it('tell in their own words that there is no master index, whatever its name', async () => {
    const { from, to } = await places();
    await simulatedStore(from, { observations: 1 });
    const common = [`datapath=${from}`, 'prodname=simulated', 'master_indx=other.idx', 'mode=h'];
    const runs = join(from, 'runs.lis');
    await writeFile(runs, '1\n');
    const told = async (command: Command, args: readonly string[]) => {
      const io = world();
      expect(await command(args, io)).toBe(1);
      return io.err();
    };
    const what = `"${join(from, 'other.idx')}"`;
    expect(await told(csiactdata, [`datapath=${from}`, 'master_indx=other.idx'])).toContain(
      `Master index file ${what} not found. Use hidden parameter "master_indx"`,
    );
    const notAvailable = `FITS data store not available. No master index file found at ${what}.`;
    expect(await told(csfindobs, common)).toContain(notAvailable);
    expect(await told(csiactobs, [...common, `infile=${runs}`, `outobs=${to}/o`, `outmodel=${to}/m`])).toContain(
      notAvailable,
    );
    expect(
      await told(csiactcopy, [`remote_master=${join(from, 'other.idx')}`, 'prodname=simulated', `outpath=${to}`]),
    ).toContain(`No master index file found in ${what}. Make sure remote file system is properly mounted.`);
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

  it('find observations in an archive, and warn of an observation list whose files ctools cannot open', async () => {
    const { from, to } = await places();
    const store = await simulatedStore(from, { observations: 2 });
    const archive = join(to, 'a [new].tar');
    await mkdir(to);
    await create({ file: archive, cwd: dirname(from) }, [basename(from)]);
    const runs = join(from, 'runs.lis');
    const circle = ['ra=0', 'dec=0', 'rad=180', `outfile=${runs}`];
    expect(await csfindobs([`datapath=${archive}`, 'prodname=simulated', ...circle], world())).toBe(0);
    expect((await readFile(runs, 'utf8')).trim().split(/\s+/)).toEqual(store.ids.map(String));
    const outputs = [`outobs=${join(from, 'obs.xml')}`, `outmodel=${join(from, 'models.xml')}`];
    const args = ['prodname=simulated', `infile=${runs}`, 'bkgpars=1', ...outputs];
    const far = world();
    expect(await csiactobs([`datapath=${archive}`, ...args], far)).toBe(0);
    expect(far.err()).toMatch(/^csiactobs: warning: .* is no folder of this machine, and ctools cannot open .*\n$/);
    expect(far.err()).toContain(`"${archive}" is no folder`);
    const near = world();
    expect(await csiactobs([`datapath=${from}`, ...args], near)).toBe(0);
    expect(near.err()).toBe('');
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
