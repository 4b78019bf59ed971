import { randomUUID } from 'node:crypto';
import { open, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

/**
 * Writes a whole file in place of another, or as a new one. At any moment the name holds either the old text or the new.
 *
 * The permissions of an existing file are kept, and a symbolic link stays: the file it names is replaced. A device or a
 * pipe is no file that could be replaced: root would take `/dev/null` from all others.
 * @throws the system's own error, or one that says what is in the way; what is there is untouched then.
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  const target = await linkTarget(path);
  const existing = await stat(target).catch(() => undefined);
  const isInTheWay = existing !== undefined && !existing.isFile() && !existing.isDirectory();
  if (isInTheWay) throw new Error('it is no regular file');
  const partial = join(dirname(target), `.${basename(target)}.${randomUUID()}.part`);
  try {
    const file = await open(partial, 'wx', 0o666);
    try {
      await file.writeFile(text, 'utf8');
      if (existing !== undefined) await file.chmod(existing.mode & 0o7777);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/** The file a path leads to, also where a link names a file that is not there yet. */
async function linkTarget(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    try {
      return resolve(dirname(path), await readlink(path));
    } catch {
      return path;
    }
  }
}
