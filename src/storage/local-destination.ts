import { hash } from 'node:crypto';
import { mkdir, open, realpath, rmdir, unlink } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { directoryOf, fileNameOf, IactError } from '../core/index.ts';
import type { Destination, DiskCopy, StagedFile } from './contract.ts';
import { LocalSource } from './local-source.ts';
import { copyOnDisk, LocalStagedFile } from './local-staged-file.ts';
import { systemCode, writeError } from './system-error.ts';

/** How unfinished files are named. No data file has such a name, and a rerun finds what a killed run left. */
const STAGED_NAME = /^\.iact-[0-9a-f]{16}\.part$/;

/** Whether a file name is that of an unfinished file. */
export function isStagedName(name: string): boolean {
  return STAGED_NAME.test(name);
}

/** A directory of this machine that files are written to; it is made, with its parents, when the first one is. */
export class LocalDestination extends LocalSource implements Destination {
  // Directories known to exist and to lie inside the root, by path.
  private readonly prepared = new Map<string, Promise<string>>();

  async stage(path: string): Promise<StagedFile> {
    const partial = await this.partialOf(path);
    return LocalStagedFile.create(path, partial, this.uriOf(path), this.diskPath(path) !== undefined);
  }

  async stageFromDisk(path: string, from: string, uri: string): Promise<DiskCopy> {
    return copyOnDisk(path, await this.partialOf(path), this.uriOf(path), from, uri);
  }

  private async partialOf(path: string): Promise<string> {
    const directory = await this.prepareDirectory(directoryOf(path));
    const name = fileNameOf(path);
    // Of a length of its own, because the name itself may be as long as the file system lets it be.
    return join(directory, `.iact-${hash('sha256', name).slice(0, 16)}.part`);
  }

  async remove(path: string): Promise<void> {
    const uri = this.uriOf(path);
    try {
      await this.prepareDirectory(directoryOf(path));
      await unlink(uri);
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw writeError(error, uri);
    }
  }

  async removeEmptyDirectory(path: string): Promise<void> {
    const uri = this.uriOf(path);
    try {
      await rmdir(uri);
      this.prepared.delete(path);
    } catch (error) {
      const code = systemCode(error) ?? '';
      if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(code)) throw writeError(error, uri);
    }
  }

  async syncDirectory(path: string): Promise<void> {
    const uri = this.uriOf(path);
    try {
      await syncDirectory(uri);
    } catch (error) {
      throw writeError(error, uri);
    }
  }

  /** Makes a directory and all above it; refuses one that a link leads out of the root. */
  prepareDirectory(path: string): Promise<string> {
    let ready = this.prepared.get(path);
    if (ready === undefined) {
      ready = this.makeDirectory(path);
      this.prepared.set(path, ready);
      // A failure is not remembered: the next file may ask again after the user has made room.
      ready.catch(() => this.prepared.delete(path));
    }
    return ready;
  }

  private async makeDirectory(path: string): Promise<string> {
    const uri = this.uriOf(path);
    try {
      if (path === '') await makeDirectoryAndParents(uri);
      else {
        const parent = directoryOf(path);
        await this.prepareDirectory(parent);
        // A file that is synced in a directory that is not would be gone after a loss of power.
        if (await makeDirectory(uri)) await this.syncDirectory(parent);
      }
    } catch (error) {
      throw writeError(error, uri);
    }
    if (path !== '') await this.refuseEscape(path, uri);
    return uri;
  }

  private async refuseEscape(path: string, uri: string): Promise<void> {
    let root: string;
    let real: string;
    try {
      [root, real] = await Promise.all([realpath(this.uriOf('')), realpath(uri)]);
    } catch (error) {
      throw writeError(error, uri);
    }
    if (real.startsWith(root.endsWith(sep) ? root : root + sep)) return;
    const message = `Cannot write below "${uri}": a symbolic link leads from there to "${real}", outside of the destination "${root}". Remove the link, or copy to the place it leads to.`;
    throw new IactError('unsafe-path', message, { uri: path });
  }
}

/** Not `mkdir` with `recursive`: that never returns where a parent exists and takes no directories, as below `/proc`. */
async function makeDirectoryAndParents(uri: string): Promise<void> {
  const parent = dirname(uri);
  let made: boolean;
  try {
    made = await makeDirectory(uri);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT' || parent === uri) throw error;
    await makeDirectoryAndParents(parent);
    made = await makeDirectory(uri);
  }
  if (made) await syncDirectory(parent);
}

/** @returns whether it was not there before. */
async function makeDirectory(uri: string): Promise<boolean> {
  try {
    await mkdir(uri);
    return true;
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
    return false;
  }
}

async function syncDirectory(uri: string): Promise<void> {
  const directory = await open(uri, 'r');
  try {
    await directory.sync();
  } catch (error) {
    // Some network file systems know no sync of a directory; there is nothing more to be done there.
    if (!['EINVAL', 'ENOTSUP', 'EBADF'].includes(systemCode(error) ?? '')) throw error;
  } finally {
    await directory.close();
  }
}
