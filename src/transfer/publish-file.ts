import type { Destination, FileAttributes } from '../storage/index.ts';

/**
 * Replaces one file whole: written beside its target, read back, synced, renamed, and the rename synced.
 * For the files that make a copy visible: the index tables and the master index.
 *
 * @throws {IactError} `unwritable`; the file that had the name is then still as it was.
 */
export async function publishFile(
  destination: Destination,
  path: string,
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  attributes: FileAttributes = {},
): Promise<void> {
  const staged = await destination.stage(path);
  try {
    for await (const chunk of content) await staged.write(chunk);
    await staged.seal(attributes);
    await staged.sync();
    await staged.publish();
  } catch (error) {
    await staged.discard();
    throw error;
  }
  await destination.syncDirectory(path.slice(0, Math.max(0, path.lastIndexOf('/'))));
}
