import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempDirectory } from '../../test/support/temp.ts';
import { LocalDestination } from '../storage/index.ts';
import { publishTogether } from './publish-files.ts';

const bytes = (text: string) => [new TextEncoder().encode(text)];

describe('publishTogether()', () => {
  it('publishTogether() replaces files of several directories', async () => {
    const folder = await tempDirectory();
    const [left, right] = ['left', 'right'].map((name) => new LocalDestination(join(folder, name)));
    if (left === undefined || right === undefined) throw new Error('unreachable');
    await publishTogether([
      { destination: left, path: 'a', content: bytes('1') },
      { destination: right, path: 'a', content: bytes('2') },
    ]);
    expect(await readFile(join(folder, 'left/a'), 'utf8')).toBe('1');
    expect(await readFile(join(folder, 'right/a'), 'utf8')).toBe('2');
  });

  it('publishTogether() leaves every file as it was when one cannot be written, and no trace', async () => {
    const folder = await tempDirectory();
    await mkdir(join(folder, 'left'));
    await writeFile(join(folder, 'left/a'), 'before');
    await writeFile(join(folder, 'right'), 'a file');
    const files = ['left', 'right'].map((name) => ({
      destination: new LocalDestination(join(folder, name)),
      path: 'a',
      content: bytes('after'),
    }));
    await expect(publishTogether(files)).rejects.toMatchObject({ code: 'unwritable' });
    expect(await readFile(join(folder, 'left/a'), 'utf8')).toBe('before');
    expect(await readdir(join(folder, 'left'))).toEqual(['a']);
  });
});
