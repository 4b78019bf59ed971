import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import { places } from '../support/copy.ts';
import { sftpServer } from '../support/fake-ssh.ts';
import { copyFrom, expectSame } from '../support/far-store.ts';
import { loggedSftp } from '../support/logged-sftp.ts';
import { startNginx } from '../support/nginx.ts';
import { itNeeds, program } from '../support/require.ts';
import { customStore } from '../support/store.ts';

const itServed = itNeeds(program('nginx'));
const PART = 8 * 1024 * 1024;
const LONG_AGO = new Date('2015-01-01');

describe('copyStore() from nginx', () => {
  itServed('asks for each small file once, and of a large one for each part', async () => {
    const { from, to } = await places();
    const store = await customStore(
      from,
      ['one', 'large', 'two'].map((name, id) => ({ id, name })),
    );
    await writeFile(join(from, 'data/large'), Buffer.alloc(PART + 1000, 'some content'));
    for (const id of store.ids) await utimes(join(from, store.fileOf(id)), LONG_AGO, LONG_AGO);
    const server = await startNginx(from);
    onTestFinished(server.stop);
    const far = { place: server.url, env: { NETRC: '/nonexistent' } };
    expect(await copyFrom(far, to)).toMatchObject({ failed: [], filesCopied: 3 });
    const about = (await server.requests()).filter((line) => line.includes(' /data/'));
    expect(about.sort()).toEqual([
      `GET /data/large 206 - bytes=0-${PART - 1}`,
      `GET /data/large 206 - bytes=${PART}-${PART + 999}`,
      `GET /data/one 206 - bytes=0-${PART - 1}`,
      `GET /data/two 206 - bytes=0-${PART - 1}`,
      'HEAD /data/large 200 - -',
    ]);
    await expectSame(store, to);
  });

  itServed('fetches a small file again that is being written while it comes', async () => {
    const { from, to } = await places();
    const store = await customStore(from, [{ id: 0, name: 'growing' }]);
    const path = join(from, 'data/growing');
    await writeFile(path, Buffer.alloc(300_000, 'a'));
    const server = await startNginx(from, { bytesPerSecond: 200_000 });
    onTestFinished(server.stop);
    let isWritten = false;
    const onEvent = ({ type }: { readonly type: string }): void => {
      if (type !== 'bytes' || isWritten) return;
      isWritten = true;
      createWriteStream(path, { flags: 'a' }).end('more');
    };
    const far = { place: server.url, env: { NETRC: '/nonexistent' } };
    expect(await copyFrom(far, to, { onEvent })).toMatchObject({ failed: [], filesCopied: 1 });
    expect((await readFile(join(to, 'data/growing'))).subarray(-5).toString()).toBe('amore');
    await expectSame(store, to);
  });
});

const itServesFiles = itNeeds(sftpServer());

describe('copyStore() through SFTP', () => {
  itServesFiles('opens each file once, and looks at none before', async () => {
    const { from, to } = await places();
    const store = await customStore(
      from,
      ['one', 'empty', 'large', 'two'].map((name, id) => ({ id, name })),
    );
    await writeFile(join(from, 'data/large'), Buffer.alloc(PART + 1000, 'some content'));
    await writeFile(join(from, 'data/empty'), '');
    const far = await loggedSftp(from);
    expect(await copyFrom(far, to)).toMatchObject({ failed: [], filesCopied: 4 });
    const about = (await far.requests()).filter((line) => line.includes(' data/'));
    expect(about.sort()).toEqual([
      'open data/empty',
      'open data/large',
      'open data/one',
      'open data/two',
      // Whether it is still the same.
      'stat data/large',
    ]);
    await expectSame(store, to);
  });

  itServesFiles('says that a directory is no file, and that nothing is not there', async () => {
    const { from, to } = await places();
    await customStore(
      from,
      ['one', 'directory', 'absent'].map((name, id) => ({ id, name })),
    );
    await rm(join(from, 'data/directory'));
    await mkdir(join(from, 'data/directory'));
    await rm(join(from, 'data/absent'));
    const far = await loggedSftp(from);
    const { failed } = await copyFrom(far, to);
    expect(failed.map(({ error }) => error.message).sort()).toEqual([
      `"${far.place}/data/absent" does not exist.`,
      `"${far.place}/data/directory" is no file.`,
    ]);
    const about = (await far.requests()).filter((line) => line.includes('data/absent'));
    expect(about).toEqual(['open data/absent', 'open data/absent.gz']);
  });
});
