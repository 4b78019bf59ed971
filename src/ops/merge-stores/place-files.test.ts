import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeBytes } from '../../../test/support/store.ts';
import { tempDirectory } from '../../../test/support/temp.ts';
import { LocalSource } from '../../storage/index.ts';
import { type FilesToPlace, placeFiles } from './place-files.ts';

/** A folder of files, which notes what it is asked for. */
class AskedSource extends LocalSource {
  readonly asked: string[] = [];

  override stat(path: string): ReturnType<LocalSource['stat']> {
    this.asked.push(path);
    return super.stat(path);
  }
}

interface Files {
  readonly [path: string]: string;
}

async function sourceOf(files: Files): Promise<AskedSource> {
  const root = await tempDirectory();
  for (const [path, content] of Object.entries(files)) await writeBytes(join(root, path), Buffer.from(content), true);
  return new AskedSource(root);
}

async function storeOf(
  name: string,
  files: Files,
  paths: readonly string[] = Object.keys(files),
): Promise<FilesToPlace & { readonly source: AskedSource }> {
  return { source: await sourceOf(files), paths, name };
}

const nobody = { inUse: new Map<string, Set<number | undefined>>() };

describe('placeFiles()', () => {
  it('looks only at files of which another one may have the path', async () => {
    const stores = [
      await storeOf('a', { 'x/1': 'one', 'x/2': 'two', 'x/3.gz': 'three', 'x/5': 'five' }),
      await storeOf('b', { 'x/2': 'two', 'x/3': 'other', 'x/4': 'four', 'x/6': 'six' }),
    ];
    const output = await sourceOf({ 'x/4.gz': 'old', 'x/5': 'old' });
    const inUse = new Map<string, Set<number | undefined>>([
      ['x/4.gz', new Set([undefined])],
      ['x/5', new Set([0])],
    ]);
    const placed = await placeFiles(stores, { output, inUse });
    expect(placed).toEqual([new Map(), new Map()]);
    expect(stores.map(({ source }) => [...new Set(source.asked)].sort())).toEqual([
      ['x/2', 'x/3.gz'],
      ['x/2', 'x/3', 'x/4'],
    ]);
  });

  it('tells of a file that gets another path where it is', async () => {
    const stores = [
      await storeOf('a', { x: 'one', 'y.gz': 'one' }, ['x', 'y']),
      await storeOf('b', { x: 'other', 'y.gz': 'other' }, ['x', 'y', 'gone']),
      await storeOf('c', { 'y.gz': 'one' }),
    ];
    expect(await placeFiles(stores, { ...nobody, output: await sourceOf({}) })).toEqual([
      new Map(),
      new Map([
        ['x', { path: 'b/x', from: 'x' }],
        ['y', { path: 'b/y', from: 'y.gz' }],
      ]),
      new Map(),
    ]);
  });

  it('takes a folder that no other file is in, also one that has moved', async () => {
    const stores = [
      await storeOf('a', { x: 'one', 'b/x': 'in b' }),
      await storeOf('b', { x: 'two' }),
      await storeOf('c', { 'b-2/x': 'three' }),
    ];
    expect(await placeFiles(stores, { ...nobody, output: await sourceOf({}) })).toEqual([
      new Map(),
      new Map([['x', { path: 'b-2/x', from: 'x' }]]),
      new Map([['b-2/x', { path: 'c/b-2/x', from: 'b-2/x' }]]),
    ]);
  });
});
