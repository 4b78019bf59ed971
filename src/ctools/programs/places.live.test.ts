import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { places } from '../../../test/support/copy.ts';
import { overSftp } from '../../../test/support/far-store.ts';
import { itNeeds } from '../../../test/support/require.ts';
import { sshd } from '../../../test/support/sshd.ts';
import { simulatedStore } from '../../../test/support/store.ts';
import { world } from '../testing/demo-world.ts';
import { csiactcopy, csiactdata } from './index.ts';

describe('the ctools programs', () => {
  itNeeds(...sshd())('take a store by SFTP', async () => {
    const { from, to } = await places();
    const store = await simulatedStore(from, { observations: 2 });
    const { place, env } = await overSftp(from);
    const listing = world({ env: { ...env } });
    expect(await csiactdata([`datapath=${place}`, 'debug=yes'], listing)).toBe(0);
    expect(listing.out()).toMatch(/Name \.+: simulated\n/);
    const args = [`remote_master=${place}/master.json`, 'prodname=simulated', `outpath=${to}`];
    expect(await csiactcopy(args, world({ env: { ...env } }))).toBe(0);
    expect(readdirSync(join(to, 'data'))).toHaveLength(store.ids.length);
  });
});
