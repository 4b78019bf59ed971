import { createHash } from 'node:crypto';
import { directoryOf } from '../core/index.ts';
import type { Destination, FileAttributes, StagedFile } from '../storage/index.ts';

/** A file that is to be replaced whole. */
export interface FileToPublish {
  readonly path: string;
  readonly content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  readonly attributes?: FileAttributes;
}

/** A file that is to be replaced whole, in a place of its own. */
export interface PlacedFile extends FileToPublish {
  readonly destination: Destination;
}

/** A file that was replaced, and what is in it now. */
export interface PublishedFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/**
 * Replaces files whole, in the given order: each is written beside its target and read back, all are synced, then they
 * are renamed one after the other, each rename lasting before the next. For the files that make a copy visible: the index tables
 * and the master index.
 *
 * @throws {IactError} `unwritable`; a file whose turn had not come is then still as it was.
 */
export async function publishFiles(
  destination: Destination,
  files: readonly FileToPublish[],
): Promise<PublishedFile[]> {
  return publishTogether(files.map((file) => ({ ...file, destination })));
}

/** As {@link publishFiles}, for files of different places. */
export async function publishTogether(files: readonly PlacedFile[]): Promise<PublishedFile[]> {
  const staged: StagedFile[] = [];
  const published: PublishedFile[] = [];
  try {
    for (const { destination, path, content, attributes = {} } of files) {
      const file = await destination.stage(path);
      staged.push(file);
      const digest = createHash('sha256');
      for await (const chunk of content) {
        await file.write(chunk);
        digest.update(chunk);
      }
      published.push({ path, sizeBytes: await file.seal(attributes), sha256: digest.digest('hex') });
    }
    await Promise.all(staged.map((file) => file.sync()));
    for (const [position, file] of staged.entries()) {
      await file.publish();
      // Each lasting before the next: what comes later may tell of it.
      await files[position]?.destination.syncDirectory(directoryOf(file.path));
    }
  } catch (error) {
    await Promise.all(staged.map((file) => file.discard()));
    throw error;
  }
  return published;
}
