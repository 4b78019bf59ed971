import type { Destination, FileAttributes, StagedFile } from '../storage/index.ts';

/** A file that is to be replaced whole. */
export interface FileToPublish {
  readonly path: string;
  readonly content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  readonly attributes?: FileAttributes;
}

/**
 * Replaces files whole, in the given order: each is written beside its target and read back, all are synced, then they
 * are renamed one after the other, and the renames synced. For the files that make a copy visible: the index tables
 * and the master index.
 *
 * @throws {IactError} `unwritable`; a file whose turn had not come is then still as it was.
 */
export async function publishFiles(destination: Destination, files: readonly FileToPublish[]): Promise<void> {
  const staged: StagedFile[] = [];
  try {
    for (const { path, content, attributes = {} } of files) {
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
  const directories = new Set(files.map(({ path }) => path.slice(0, Math.max(0, path.lastIndexOf('/')))));
  await Promise.all([...directories].map((directory) => destination.syncDirectory(directory)));
}
