import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import { itNeeds } from '../../../test/support/require.ts';
import { sshd, startSshd, type TestSshd } from '../../../test/support/sshd.ts';
import { tempDirectory } from '../../../test/support/temp.ts';
import { bytesOf } from '../testing/conformance.ts';
import { destinationConformance } from '../testing/destination-conformance.ts';
import { SftpDestination } from './sftp-destination.ts';

const test = itNeeds(...sshd());

destinationConformance(
  'SftpDestination',
  async () => {
    const root = join(await tempDirectory(), 'not/yet there');
    const { env, location, stop } = await startSshd();
    const again = () => SftpDestination.open(location(root), { env });
    return { destination: await again(), again, stop };
  },
  { mode: true, mtime: 'seconds', directories: true, parts: true },
  test,
);

/** A server that answers each SSH_FXP_RMDIR (15) by SSH_FX_FAILURE (4). */
const REMOVES_NO_DIRECTORY = `
  const server = require("child_process").spawn("/usr/lib/openssh/sftp-server", { stdio: ["pipe", "inherit", "inherit"] });
  const failure = Buffer.from([0, 0, 0, 17, 101, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0]);
  let rest = Buffer.alloc(0);
  process.stdin.on("end", () => server.stdin.end()).on("data", (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    while (rest.length >= 4 && rest.length >= 4 + rest.readUInt32BE()) {
      const packet = rest.subarray(0, 4 + rest.readUInt32BE());
      rest = rest.subarray(packet.length);
      if (packet[4] !== 15) server.stdin.write(packet);
      else process.stdout.write(Buffer.concat([failure.subarray(0, 5), packet.subarray(5, 9), failure.subarray(9)]));
    }
  });
`;

describe('SftpDestination', () => {
  async function open(root: string): Promise<{ destination: SftpDestination; server: TestSshd }> {
    const server = await startSshd();
    const destination = await SftpDestination.open(server.location(root), { env: server.env });
    onTestFinished(() => destination.close());
    return { destination, server };
  }

  test('refuses a directory that a link leads out of it, and names both', async () => {
    const [root, outside] = [await tempDirectory(), await tempDirectory()];
    await writeFile(join(outside, 'precious'), 'precious');
    await symlink(outside, join(root, 'data'));
    const { destination } = await open(root);
    for (const path of ['data/x', 'data/deeper/x']) {
      await expect(destination.stage(path)).rejects.toMatchObject({ code: 'unsafe-path' });
      await expect(destination.stage(path)).rejects.toThrow(outside);
    }
    await expect(destination.remove('data/precious')).rejects.toMatchObject({ code: 'unsafe-path' });
    expect(await readdir(outside)).toEqual(['precious']);
    await mkdir(join(outside, 'empty'));
    await destination.removeEmptyDirectory('data/empty');
    await destination.removeEmptyDirectory('data');
    expect(await readdir(outside)).toEqual(['empty', 'precious']);
  });

  test('leaves a directory that the server fails to remove without saying why, as it does for a mount point', async () => {
    const root = await tempDirectory();
    await mkdir(join(root, 'data'));
    const ssh = join(await tempDirectory(), 'ssh');
    await writeFile(ssh, `#!/bin/sh\nexec "${process.execPath}" -e '${REMOVES_NO_DIRECTORY}'\n`, { mode: 0o755 });
    const env = { ...(process.env as Record<string, string>), IACT_SSH: ssh };
    const place = { kind: 'sftp', user: undefined, password: undefined, host: 'store', port: undefined } as const;
    const destination = await SftpDestination.open({ ...place, path: root }, { env });
    onTestFinished(() => destination.close());
    await destination.removeEmptyDirectory('data');
    expect(await readdir(root)).toEqual(['data']);
  });

  test('writes where the server lets nobody set permissions, times and sizes', async () => {
    const root = await tempDirectory();
    const ssh = join(await tempDirectory(), 'ssh');
    await writeFile(ssh, '#!/bin/sh\nexec /usr/lib/openssh/sftp-server -P setstat,fsetstat\n', { mode: 0o755 });
    const env = { ...(process.env as Record<string, string>), IACT_SSH: ssh };
    const place = { kind: 'sftp', user: undefined, password: undefined, host: 'store', port: undefined } as const;
    const destination = await SftpDestination.open({ ...place, path: root }, { env });
    onTestFinished(() => destination.close());
    const staged = await destination.stage('small');
    await staged.write(bytesOf(1000));
    expect(await staged.seal({ mode: 0o444, mtimeMs: 5000 })).toBe(1000);
    await staged.publish();
    expect(await readFile(join(root, 'small'))).toEqual(Buffer.from(bytesOf(1000)));

    const { parts } = await destination.stage('large', { resume: true });
    await parts?.truncate(1000);
    await parts?.write(0, bytesOf(1000));
    await expect(parts?.truncate(999)).rejects.toMatchObject({ code: 'unwritable' });
  });

  test('follows a link that stays inside, and takes a root that is a link itself', async () => {
    const root = await tempDirectory();
    await mkdir(join(root, 'store/real'), { recursive: true });
    await symlink('real', join(root, 'store/data'));
    await symlink('store', join(root, 'link'));
    const { destination } = await open(join(root, 'link'));
    const staged = await destination.stage('data/x');
    await staged.seal({});
    await staged.publish();
    expect(await readdir(join(root, 'store/real'))).toEqual(['x']);
  });

  test('replaces a link without touching what it leads to, also where it has the name of an unfinished file', async () => {
    const [root, outside] = [await tempDirectory(), await tempDirectory()];
    await writeFile(join(outside, 'precious'), 'precious');
    const { destination } = await open(root);
    await (await destination.stage('x')).write(bytesOf(1));
    const [partial = ''] = await readdir(root);
    for (const resume of [false, true]) {
      await destination.remove(partial);
      await symlink(join(outside, 'precious'), join(root, partial));
      await destination.remove('x');
      await symlink(join(outside, 'precious'), join(root, 'x'));
      const staged = await destination.stage('x', { resume });
      await staged.write(bytesOf(5));
      await staged.seal({});
      await staged.publish();
      expect(await readFile(join(root, 'x'))).toEqual(Buffer.from(bytesOf(5)));
    }
    expect(await readFile(join(outside, 'precious'), 'utf8')).toBe('precious');
  });

  test('tells a connection that is lost while writing, and starts anew over another one', async () => {
    const root = await tempDirectory();
    const { destination, server } = await open(root);
    const staged = await destination.stage('x');
    await staged.write(bytesOf(1_000_000));
    server.cut();
    const writing = (async () => {
      for (let i = 0; i < 20; i++) await staged.write(bytesOf(1_000_000));
      await staged.seal({});
    })();
    await expect(writing).rejects.toMatchObject({ code: 'unreachable', retryable: true });
    await staged.discard();
    expect(await readdir(root)).toEqual([]);
    const next = await destination.stage('x');
    await next.write(bytesOf(10));
    expect(await next.seal({})).toBe(10);
    await next.publish();
    expect(await readdir(root)).toEqual(['x']);
  });
});
