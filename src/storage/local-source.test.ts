import { appendFileSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempDirectory } from '../../test/support/temp.ts';
import { LocalSource } from './local-source.ts';
import { sourceConformance } from './testing/conformance.ts';

sourceConformance('LocalSource', async (files) => {
  const root = await tempDirectory();
  for (const [path, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), bytes);
  }
  return { source: new LocalSource(root), stop: async () => undefined };
});

describe('LocalSource', () => {
  it('list() follows links, and is not stopped by one that leads in a circle', async () => {
    const root = await tempDirectory();
    await writeFile(join(root, 'file'), 'x');
    await mkdir(join(root, 'folder'));
    for (const target of ['file', 'folder', 'absent']) await symlink(target, join(root, `to-${target}`));
    await symlink('circle', join(root, 'circle'));
    expect(await new LocalSource(root).list('')).toEqual([
      { name: 'circle', kind: 'other' },
      { name: 'file', kind: 'file' },
      { name: 'folder', kind: 'directory' },
      { name: 'to-file', kind: 'file' },
      { name: 'to-folder', kind: 'directory' },
    ]);
  });

  it('read() goes on in large pieces where a file grows, and refuses it where its size is known', async () => {
    const root = await tempDirectory();
    await writeFile(join(root, 'x'), 'beginning');
    const source = new LocalSource(root);
    const expected = (await source.stat('x')) ?? expect.fail('not written');
    const onOpened = () => appendFileSync(join(root, 'x'), Buffer.alloc(3_000_000));
    const lengths: number[] = [];
    for await (const chunk of source.read('x', { onOpened })) lengths.push(chunk.length);
    expect(lengths.reduce((sum, length) => sum + length)).toBe(3_000_009);
    expect(lengths.length).toBeLessThan(6);
    await expect(source.read('x', { expected })[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'changed',
    });
  });
});
