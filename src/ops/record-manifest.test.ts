import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openSource } from '../storage/index.ts';
import { pathOfShown, shownSources } from './record-manifest.ts';

const step = fc
  .oneof(fc.string({ unit: 'binary', minLength: 1, maxLength: 6 }), fc.constantFrom('a b', '%41', '%', '#?', 'é'))
  .filter((text) => !/[/\0]|^\.{1,2}$/.test(text));
const paths = fc.array(step, { minLength: 1, maxLength: 3 }).map((steps) => steps.join('/'));

const ENV = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };

describe('pathOfShown()', () => {
  it.each(['some/folder', '/', 'http://127.0.0.1:9/a%20b', 'sftp://host/data', 's3://bucket/key'])(
    'finds each path again that a store at %j shows',
    async (place) => {
      const source = await openSource(place, { env: ENV });
      const shownOf = shownSources(source);
      fc.assert(
        fc.property(paths, (path) => {
          fc.pre(!shownOf(path).includes('***'));
          expect(pathOfShown(source, shownOf(path))).toBe(path);
        }),
      );
      await source.close();
    },
  );

  it('of a store that shows a part of a name as if it were a secret is not known', async () => {
    const source = await openSource('s3://bucket/key', { env: ENV });
    expect(pathOfShown(source, shownSources(source)('a?b'))).toBeUndefined();
    await source.close();
  });

  it.each([
    'http://127.0.0.1:9/ab',
    'http://127.0.0.1:9/a/../b',
    'http://127.0.0.1:9/a/',
    'http://127.0.0.1:9/a/%zz',
    'http://127.0.0.1:9/b',
    '/a/b',
    '',
  ])('knows that %j is no file of the store', async (shown) => {
    const source = await openSource('http://127.0.0.1:9/a', { env: {} });
    expect(pathOfShown(source, shown)).toBeUndefined();
    await source.close();
  });
});
