import { createWriteStream } from 'node:fs';
import { readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import { places } from '../support/copy.ts';
import { copyFrom, expectSame } from '../support/far-store.ts';
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
