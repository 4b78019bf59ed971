import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { tempDirectory } from '../../test/support/temp.ts';
import { LocalSource, type Source } from '../storage/index.ts';
import { isTrueBeginning } from './incomplete.ts';

/** A source of one content in chunks of one size. */
function chunked(bytes: Uint8Array, size: number): Source {
  const source = new LocalSource('');
  source.read = async function* () {
    for (let start = 0; start < bytes.length; start += size) yield bytes.slice(start, start + size);
  };
  return source;
}

describe('isTrueBeginning()', () => {
  it('is what startsWith says, however the chunks fall', async () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 });
    const sizes = fc.integer({ min: 1, max: 5 });
    await fc.assert(
      fc.asyncProperty(letters, letters, sizes, sizes, async (whole, part, wholeSize, partSize) => {
        const wanted = part.length < whole.length && whole.startsWith(part);
        const found = await isTrueBeginning(
          chunked(Buffer.from(whole), wholeSize),
          'x',
          whole.length,
          chunked(Buffer.from(part), partSize),
          'x',
          part.length,
        );
        expect(found).toBe(wanted);
      }),
    );
  });

  it('reads files', async () => {
    const directory = await tempDirectory();
    await writeFile(join(directory, 'whole'), 'abcdef');
    await writeFile(join(directory, 'part'), 'abc');
    const source = new LocalSource(directory);
    const read = vi.spyOn(source, 'read');
    expect(await isTrueBeginning(source, 'whole', 6, source, 'part', 3)).toBe(true);
    // A server would send all of it.
    expect(read.mock.calls).toContainEqual(['whole', { end: 3 }]);
  });
});
