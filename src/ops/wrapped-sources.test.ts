import { describe, expect, it } from 'vitest';
import { tempDirectory } from '../../test/support/temp.ts';
import { LocalDestination, LocalSource } from '../storage/index.ts';
import { bytesOf, contentOf, sourceConformance } from '../storage/testing/conformance.ts';
import { directoryWith, TellingSource } from '../storage/testing/telling-source.ts';
import { WatchedSource } from './fix-store/watched-source.ts';
import { RearrangedSource } from './rearranged-source.ts';

const stop = async (): Promise<void> => undefined;

sourceConformance('WatchedSource', async (files) => {
  return { source: new WatchedSource(new LocalDestination(await directoryWith(files))), stop };
});

sourceConformance(
  'RearrangedSource with files that are made',
  async (files) => {
    const inner = new TellingSource(await tempDirectory());
    return { source: new RearrangedSource(inner, { made: new Map(Object.entries(files)), moved: new Map() }), stop };
  },
  { mtime: false },
);

sourceConformance('RearrangedSource with files that are moved', async (files) => {
  const own = Object.entries(files).map(([path, bytes], position) => [path, `${position}.moved`, bytes] as const);
  const inner = new TellingSource(await directoryWith(Object.fromEntries(own.map(([, name, bytes]) => [name, bytes]))));
  const moved = new Map(own.map(([path, name]) => [path, name]));
  return { source: new RearrangedSource(inner, { made: new Map(), moved }), stop };
});

describe('RearrangedSource', () => {
  it('shows what is made and moved beside what it leaves, and gives away no content of its own', async () => {
    const inner = new LocalSource(await directoryWith({ a: bytesOf(1), 'data/b': bytesOf(2), 'data/c': bytesOf(3) }));
    const made = new Map([['data/b', bytesOf(10)]]);
    const source = new RearrangedSource(inner, { made, moved: new Map([['other/a', 'a']]) });
    expect(await source.list('')).toEqual([
      { name: 'data', kind: 'directory' },
      { name: 'other', kind: 'directory' },
    ]);
    expect((await source.list('data'))?.map(({ name }) => name)).toEqual(['b', 'c']);
    expect(await source.list('other')).toEqual([{ name: 'a', kind: 'file' }]);
    (await contentOf(source, 'data/b')).fill(0);
    for await (const chunk of source.read('data/b')) chunk.fill(0);
    expect(await contentOf(source, 'data/b')).toEqual(Buffer.from(bytesOf(10)));
  });
});
