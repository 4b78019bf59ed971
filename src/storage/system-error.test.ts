import { mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempDirectory } from '../../test/support/temp.ts';
import { readError, writeError } from './system-error.ts';

describe('writeError()', () => {
  it('tells in words where a link to a disk that is not mounted leads nowhere', async () => {
    const link = join(await tempDirectory(), 'data');
    await symlink('/nowhere/disk', link);
    const error: unknown = await mkdir(join(link, '.iact')).catch((caught: unknown) => caught);
    expect(writeError(error, link)).toMatchObject({
      code: 'unwritable',
      message: `Cannot write "${link}": a directory of the path is missing, or a symbolic link leads nowhere.`,
    });
  });

  it('has the words of the system where it has none of its own', () => {
    const error = Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE', errno: -24 });
    expect(writeError(error, 'a')).toMatchObject({
      message: 'Cannot write "a": too many open files (EMFILE).',
      retryable: true,
    });
    expect(writeError(new Error('odd'), 'a').message).toBe('Cannot write "a": Error: odd.');
  });
});

describe('readError()', () => {
  it('tells what is missing, what cannot be read, and why', async () => {
    const directory = await tempDirectory();
    const errorOf = async (path: string) =>
      readError(await readFile(path).catch((caught: unknown) => caught), path).message;
    expect(await errorOf(join(directory, 'a'))).toBe(`"${join(directory, 'a')}" does not exist.`);
    expect(await errorOf(directory)).toBe(`Cannot read "${directory}": it is a directory.`);
  });
});
