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
});
