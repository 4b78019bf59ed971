import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import { startLink } from '../../../test/support/link.ts';
import { itNeeds } from '../../../test/support/require.ts';
import { sshd, startSshd, type TestSshd } from '../../../test/support/sshd.ts';
import { tempDirectory } from '../../../test/support/temp.ts';
import type { SftpLocation } from '../location.ts';
import { bytesOf, contentOf, sourceConformance } from '../testing/conformance.ts';
import { SftpSource } from './sftp-source.ts';

const test = itNeeds(...sshd());

sourceConformance(
  'SftpSource',
  async (files) => {
    const root = await tempDirectory();
    for (const [path, bytes] of Object.entries(files)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), bytes);
    }
    const { env, location, stop } = await startSshd();
    return { source: await SftpSource.open(location(root), { env }), stop };
  },
  {},
  test,
);

async function open(location: SftpLocation, env: TestSshd['env']): Promise<SftpSource> {
  const source = await SftpSource.open(location, { env });
  onTestFinished(() => source.close());
  return source;
}

/** An sshd a long way off. */
async function distant(): Promise<{ server: TestSshd; link: Awaited<ReturnType<typeof startLink>> }> {
  let link: Awaited<ReturnType<typeof startLink>> | undefined;
  const clientPort = async (port: number) => {
    link = await startLink({ port, roundTripMs: 20 });
    return link.port;
  };
  const server = await startSshd({ clientPort });
  if (link === undefined) throw new Error('no link');
  const made = link;
  onTestFinished(() => made.stop());
  return { server, link: made };
}

describe('SftpSource', () => {
  test('list() and read() follow links, and leave out those that lead nowhere', async () => {
    const root = await tempDirectory();
    await mkdir(join(root, 'real'));
    await writeFile(join(root, 'real/a'), 'a');
    await symlink('real', join(root, 'directory'));
    await symlink('real/a', join(root, 'file'));
    await symlink('absent', join(root, 'nowhere'));
    const server = await startSshd();
    const source = await open(server.location(root), server.env);
    expect(await source.list('')).toEqual([
      { name: 'directory', kind: 'directory' },
      { name: 'file', kind: 'file' },
      { name: 'real', kind: 'directory' },
    ]);
    expect(Buffer.from(await contentOf(source, 'directory/a')).toString()).toBe('a');
    expect(await source.stat('file')).toMatchObject({ kind: 'file', sizeBytes: 1 });
  });

  test('list() gives a directory with more names than come at a time', async () => {
    const root = await tempDirectory();
    const names = Array.from({ length: 2500 }, (_, i) => `run_${String(i).padStart(6, '0')}.fits`);
    await Promise.all(names.map((name) => writeFile(join(root, name), '')));
    const server = await startSshd();
    const source = await open(server.location(root), server.env);
    expect((await source.list(''))?.map((entry) => entry.name)).toEqual(names);
  });

  test('a path without / at its beginning counts from where the login leads', async () => {
    const home = await tempDirectory();
    await mkdir(join(home, 'data'));
    await writeFile(join(home, 'data/a'), 'a');
    const server = await startSshd({ sftp: `internal-sftp -d ${home}` });
    for (const [path, file, uri] of [
      ['data', 'a', 'sftp://store/~/data/a'],
      ['', 'data/a', 'sftp://store/~/data/a'],
      ['~', 'data/a', 'sftp://store/~/data/a'],
      ['~/data', 'a', 'sftp://store/~/data/a'],
      [home, 'data/a', `sftp://store${home}/data/a`],
    ] as const) {
      const source = await open(server.location(path), server.env);
      expect(source.uriOf(file)).toBe(uri);
      expect((await contentOf(source, file)).length).toBe(1);
    }
  });

  test('a large file a long way off is read over several connections', async () => {
    const root = await tempDirectory();
    const content = bytesOf(60_000_000);
    await writeFile(join(root, 'a'), content);
    const { server, link } = await distant();
    const source = await open(server.location(root), server.env);
    const expected = await source.stat('a');
    if (expected === undefined) throw new Error('no file');
    for (let attempt = 0; attempt < 5 && link.connections < 2; attempt++) {
      expect(Buffer.compare(await contentOf(source, 'a', { expected }), content)).toBe(0);
    }
    expect(link.connections).toBeGreaterThan(1);
    // Those beside the first are not needed.
    let chunks = 0;
    const found: Uint8Array[] = [];
    for await (const chunk of source.read('a', { expected })) {
      found.push(chunk);
      if (++chunks === 5) server.cut(1);
    }
    expect(Buffer.compare(Buffer.concat(found), content)).toBe(0);
  });

  test('connects several times before much is read from a long way off, and once for little', async () => {
    const root = await tempDirectory();
    await writeFile(join(root, 'a'), 'a');
    const { server, link } = await distant();
    const source = await open(server.location(root), server.env);
    await source.stat('a');
    source.prepare({ bytes: 5_000_000, unsizedFiles: 0 });
    await source.stat('a');
    expect(link.connections).toBe(1);
    source.prepare();
    await expect.poll(() => link.connections, { timeout: 20_000 }).toBe(2);
    source.prepare({ bytes: 20_000_000, unsizedFiles: 80 });
    await expect.poll(() => link.connections, { timeout: 20_000 }).toBe(4);
    expect((await contentOf(source, 'a')).length).toBe(1);
  });

  test('a large file is read also where no other connection is let in', async () => {
    const root = await tempDirectory();
    const content = bytesOf(60_000_000);
    await writeFile(join(root, 'a'), content);
    const { server, link } = await distant();
    const source = await open(server.location(root), server.env);
    await source.stat('a');
    link.refuse(true);
    expect(Buffer.compare(await contentOf(source, 'a'), content)).toBe(0);
    expect(server.connections()).toBe(1);
  });
});
