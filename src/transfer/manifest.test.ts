import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempDirectory } from '../../test/support/temp.ts';
import { LocalDestination } from '../storage/index.ts';
import { formatManifest, MANIFEST_PATH, readManifest, readManifestToUpdate } from './manifest.ts';

const entry = (path: string) => ({ path, sizeBytes: 1, sha256: 'a'.repeat(64), source: '/x', time: '' });

async function storeWith(text: string): Promise<LocalDestination> {
  const directory = await tempDirectory();
  await mkdir(join(directory, '.iact'));
  await writeFile(join(directory, MANIFEST_PATH), text);
  return new LocalDestination(directory);
}

const textOf = (...paths: string[]) => Buffer.concat([...formatManifest(paths.map(entry))]).toString();

describe('readManifest()', () => {
  it('passes over what is none of ours, however long', async () => {
    // The end of the long line is a line of ours in itself.
    const store = await storeWith(`null\n${'x'.repeat(3_000_000)}${textOf('hidden')}${textOf('a', 'b').trimEnd()}`);
    expect([...(await readManifest(store)).values()]).toEqual([entry('a'), entry('b')]);
  });

  it('does not hold a line without end', async () => {
    const store = new LocalDestination('');
    store.read = async function* () {
      const chunk = Buffer.alloc(1 << 20, 'x');
      // More than a text can hold.
      for (let count = 0; count < 600; count++) yield chunk;
      yield Buffer.from(`\n${textOf('a')}`);
    };
    expect([...(await readManifest(store)).keys()]).toEqual(['a']);
  });

  it('takes one that cannot be read for none, and does not where it is to be brought up to date', async () => {
    const directory = await tempDirectory();
    await mkdir(join(directory, MANIFEST_PATH), { recursive: true });
    const store = new LocalDestination(directory);
    expect((await readManifest(store)).size).toBe(0);
    await expect(readManifestToUpdate(store)).rejects.toMatchObject({ code: 'unreadable' });
    expect((await readManifestToUpdate(new LocalDestination(await tempDirectory()))).size).toBe(0);
  });
});
