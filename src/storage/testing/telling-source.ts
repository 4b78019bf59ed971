import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { tempDirectory } from '../../../test/support/temp.ts';
import type { ReadTraits } from '../contract.ts';
import { LocalSource } from '../local-source.ts';
import type { TestFiles } from './conformance.ts';

/** A directory that says, as a far store does, that it tells of a file as it opens it. */
export class TellingSource extends LocalSource {
  override readonly traits: ReadTraits = {
    initialReads: 8,
    maxReads: 32,
    parallelRanges: false,
    tellsOnOpening: true,
  };
}

/** A new directory that holds the files. */
export async function directoryWith(files: TestFiles): Promise<string> {
  const root = await tempDirectory();
  for (const [path, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), bytes);
  }
  return root;
}
