import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tempDirectory } from '../../test/support/temp.ts';
import { LocalSource } from '../storage/index.ts';
import { checkStoreFiles } from './index.ts';
import { FIRST_FILE, writeEditedStore } from './testing/edited-store.ts';

/** Headers are damaged more than data: there a byte matters. */
const change = fc.record({
  file: fc.constantFrom(FIRST_FILE, 'hdu-index.fits', 'obs-index.fits'),
  at: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 0.15, noNaN: true })),
  bytes: fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 8 }),
    fc.constantFrom('END     ', 'XTENSION', '-1', '9999999999', 'NaN', "'", 'T', '  ', '1E', '1PJ').map((text) => {
      return new TextEncoder().encode(text);
    }),
  ),
});

describe('checkStoreFiles()', () => {
  it('neither throws nor fails in a rule, whatever the bytes are', async () => {
    const directory = await writeEditedStore(await tempDirectory());
    const files = [FIRST_FILE, 'hdu-index.fits', 'obs-index.fits'];
    const originals = new Map(
      await Promise.all(files.map(async (file) => [file, await read(directory, file)] as const)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
        for (const [file, original] of originals) {
          const bytes = original.slice();
          for (const { at, bytes: written } of changes.filter((each) => each.file === file)) {
            bytes.set(written, Math.floor(at * (bytes.length - written.length)));
          }
          await writeFile(join(directory, file), bytes);
        }
        const failures: string[] = [];
        await checkStoreFiles(new LocalSource(directory), 'master.json', {
          onFinding: () => undefined,
          onFailure: ({ code, message }) => failures.push(`${code}: ${message}`),
        });
        expect(failures).toEqual([]);
      }),
      { numRuns: 120 },
    );
  });
});

async function read(directory: string, file: string): Promise<Uint8Array> {
  return new Uint8Array(await readFile(join(directory, file)));
}
