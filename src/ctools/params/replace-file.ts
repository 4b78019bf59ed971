import { randomUUID } from 'node:crypto';
import { open, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

/**
 * Writes a whole file in place of another, or as a new one. At any moment the name holds either the old text or the new.
 *
 * The permissions of an existing file are kept, and a symbolic link stays: the file it names is replaced.
 * @throws the system's own error; the existing file is untouched then.
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  const target = await linkTarget(path);
  const permissions = await permissionsOf(target);
  const partial = join(dirname(target), `.${basename(target)}.${randomUUID()}.part`);
  try {
    const file = await open(partial, 'wx', 0o666);
    try {
      await file.writeFile(text, 'utf8');
      if (permissions !== undefined) await file.chmod(permissions);
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

async function permissionsOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mode & 0o7777;
  } catch {
    return undefined;
  }
}
