import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import { tempDirectory } from '../../../../test/support/temp.ts';
import { LocalSource } from '../../local-source.ts';
import { type ArchiveOptions, ArchiveSource } from '../archive-source.ts';

/** The two ways of an archive. */
export const WAYS = ['in place', 'unpacked'] as const;

/** Opens an archive of these blocks, in place or by way of a temporary file. */
export async function openBlocks(
  blocks: readonly Uint8Array[],
  how: (typeof WAYS)[number] = 'in place',
  options: ArchiveOptions = {},
): Promise<ArchiveSource> {
  const folder = await tempDirectory();
  const name = how === 'in place' ? 'x.tar' : 'x.tgz';
  const bytes = Buffer.concat([...blocks]);
  await writeFile(join(folder, name), how === 'in place' ? bytes : gzipSync(bytes));
  const source = await ArchiveSource.open(new LocalSource(folder), name, options);
  onTestFinished(() => source.close());
  return source;
}
