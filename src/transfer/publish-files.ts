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

/**
 * Replaces files whole, in the given order: each is written beside its target and read back, all are synced, then they
 * are renamed one after the other, and the renames synced. For the files that make a copy visible: the index tables
 * and the master index.
 *
 * @throws {IactError} `unwritable`; a file whose turn had not come is then still as it was.
 */
export async function publishFiles(destination: Destination, files: readonly FileToPublish[]): Promise<void> {
  await publishTogether(files.map((file) => ({ ...file, destination })));
}

/** As {@link publishFiles}, for files of different places. */
export async function publishTogether(files: readonly PlacedFile[]): Promise<void> {
  const staged: StagedFile[] = [];
  try {
    for (const { destination, path, content, attributes = {} } of files) {
      const file = await destination.stage(path);
      staged.push(file);
      for await (const chunk of content) await file.write(chunk);
      await file.seal(attributes);
    }
    await Promise.all(staged.map((file) => file.sync()));
    for (const file of staged) await file.publish();
  } catch (error) {
    await Promise.all(staged.map((file) => file.discard()));
    throw error;
  }
  const directories = new Map(
    files.map(({ destination, path }) => {
      const directory = directoryOf(path);
      return [destination.uriOf(directory), () => destination.syncDirectory(directory)];
    }),
  );
  await Promise.all([...directories.values()].map((sync) => sync()));
}
