import { describe, expect } from 'vitest';
import { filesIn, places } from '../../test/support/copy.ts';
import { itNeeds } from '../../test/support/require.ts';
import { sshd, startSshd } from '../../test/support/sshd.ts';
import { simulatedStore } from '../../test/support/store.ts';
import { tempDirectory } from '../../test/support/temp.ts';
import { recordsOf, runIact } from './testing/run-iact.ts';

describe('iact push over ssh', () => {
  itNeeds(...sshd())('copies a store, keeps what is there, and finds it as it was', async () => {
    const { from, to } = await places();
    const store = await simulatedStore(from, { observations: 3 });
    const server = await startSshd();
    const env = { ...server.env, XDG_STATE_HOME: await tempDirectory() };
    const url = `store:${to}`;
    const first = await runIact(['push', from, url], { env });
    expect(first).toMatchObject({ status: 0, stdout: expect.stringMatching(/^Copied 3/) });
    expect(await filesIn(to)).toEqual(await filesIn(from));
    const again = await runIact(['push', from, url, '--json'], { env });
    expect(recordsOf(again).at(-1)).toMatchObject({ result: { command: 'push', files: 0, kept: store.ids.length } });
    expect(await runIact(['verify', url, '--against', from], { env })).toMatchObject({ status: 0, stderr: '' });
    expect(await runIact(['diff', from, `sftp://store${to}`, '--content'], { env })).toMatchObject({ status: 0 });
  });
});
