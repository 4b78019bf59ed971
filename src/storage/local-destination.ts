import fs from 'node:fs';
import {
  access,
  constants,
  link,
  lstat,
  mkdir,
  open,
  realpath,
  rmdir,
  stat,
  statfs,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { directoryOf, fileNameOf, IactError } from '../core/index.ts';
import type { Destination, DiskCopy, DiskFile, FileOwner, SealedFile, StagedFile, StageOptions } from './contract.ts';
import { DiskCopier } from './disk-copier.ts';
import { errorOf } from './disk-copy-batch.ts';
import { LocalSource } from './local-source.ts';
import { LocalStagedFile } from './local-staged-file.ts';
import { type LocalPlace, SealedLocalFile } from './sealed-local-file.ts';
import { stagedNameOf } from './staged-name.ts';
import { syncDirectory } from './sync-directory.ts';
import { syncFileSystems } from './sync-file-system.ts';
import { readError, systemCode, writeError } from './system-error.ts';

/** Fewer files are synced faster one by one than by starting a program. */
const WORTH_SYNCING_TOGETHER = 24;
const CREATE_ATTEMPTS = 5;

/** A directory of this machine that files are written to; it is made, with its parents, when the first one is. */
export class LocalDestination extends LocalSource implements Destination {
  // Directories known to exist and to lie inside the root, by path.
  private readonly prepared = new Map<string, Promise<string>>();
  private readonly copier = new DiskCopier();

  async stage(path: string, options: StageOptions = {}): Promise<StagedFile> {
    return LocalStagedFile.create(await this.placeOf(path), options.resume ?? false);
  }

  expectFromDisk(files: number): void {
    this.copier.expect(files);
  }

  async stageFromDisk(files: readonly DiskFile[]): Promise<(DiskCopy | IactError)[]> {
    const places = await Promise.all(files.map(({ path }) => this.placeOf(path)));
    const requests = files.map(({ from, uri, withMd5 }, position) => {
      const { partial, target } = places[position] as LocalPlace;
      return { from, uri, partial, target, withMd5 };
    });
    const results = await this.copier.copy(requests);
    return results.map((result, position) =>
      'code' in result ? errorOf(result) : { staged: new SealedLocalFile(places[position] as LocalPlace), ...result },
    );
  }

  override close(): Promise<void> {
    return this.copier.close();
  }

  async syncAll(files: readonly SealedFile[]): Promise<void> {
    if (files.length >= WORTH_SYNCING_TOGETHER && (await syncFileSystems(await this.fileSystemsOf(files)))) return;
    await Promise.all(files.map((file) => file.sync()));
  }

  /** A directory of each file system that files lie on: below the root others may be mounted. */
  private async fileSystemsOf(files: readonly SealedFile[]): Promise<string[]> {
    const paths = new Map(files.map(({ path }) => [directoryOf(path), path]));
    const found = await Promise.all(
      [...paths].map(async ([path, fileIn]): Promise<[number, string]> => {
        const directory = resolve(this.uriOf(path));
        try {
          // On a disk the answer is there sooner than the thread pool could ask for it; from elsewhere it may take long.
          const isHere = this.diskPath(fileIn) !== undefined;
          return [(isHere ? fs.statSync(directory) : await stat(directory)).dev, directory];
        } catch (error) {
          throw writeError(error, directory);
        }
      }),
    );
    return [...new Map(found).values()];
  }

  private async placeOf(path: string): Promise<LocalPlace> {
    const directory = await this.prepareDirectory(directoryOf(path));
    const partial = join(directory, stagedNameOf(fileNameOf(path)));
    return { path, partial, target: this.uriOf(path), onDisk: this.diskPath(path) !== undefined };
  }

  async create(path: string, content: Uint8Array): Promise<void> {
    const directory = directoryOf(path);
    for (let attempt = 1; ; attempt++) {
      try {
        await this.prepareDirectory(directory);
        await writeFile(this.uriOf(path), content, { flag: 'wx' });
        return;
      } catch (error) {
        // Somebody else may have found the directory empty, and removed it.
        this.prepared.delete(directory);
        const code = systemCode(error) ?? systemCode((error as { cause?: unknown }).cause);
        if (code !== 'ENOENT' || attempt === CREATE_ATTEMPTS) throw writeError(error, this.uriOf(path));
      }
    }
  }

  /**
   * Writes behind the end of a file that is there. Returns when that would survive a loss of power; a kill before may leave
   * a part of it.
   */
  async append(path: string, content: Uint8Array): Promise<void> {
    const uri = this.uriOf(path);
    try {
      await this.prepareDirectory(directoryOf(path));
      const file = await open(uri, constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW);
      try {
        await file.appendFile(content);
        await file.datasync();
      } finally {
        await file.close();
      }
    } catch (error) {
      throw writeError(error, uri);
    }
  }

  /** To whom a file belongs. */
  async ownerOf(path: string): Promise<FileOwner> {
    const uri = this.uriOf(path);
    try {
      const { uid, gid } = await stat(uri);
      return { user: uid, group: gid };
    } catch (error) {
      throw readError(error, uri);
    }
  }

  /**
   * Gives a file a second name that is free, lasting after `syncDirectory`; the directory is made.
   *
   * @returns false where the file system cannot, and for a file that has several names: who writes to one of them would
   *   change what all of them hold.
   * @throws {IactError} `unwritable`, also if the name is taken.
   */
  async link(from: string, to: string): Promise<boolean> {
    await this.prepareDirectory(directoryOf(to));
    try {
      if ((await lstat(this.uriOf(from))).nlink > 1) return false;
      await link(this.uriOf(from), this.uriOf(to));
      return true;
    } catch (error) {
      const code = systemCode(error) ?? '';
      if (['EPERM', 'EXDEV', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EACCES'].includes(code)) return false;
      throw writeError(error, this.uriOf(to));
    }
  }

  /** The path, below the root, of the file that symbolic links lead to; `undefined` if they lead out of the root. */
  async realPath(path: string): Promise<string | undefined> {
    try {
      return (await this.follow(path)).inside?.split(sep).join('/');
    } catch (error) {
      throw readError(error, this.uriOf(path));
    }
  }

  /**
   * Finds out whether a file that is there may be replaced. Who may do everything heeds the permissions, too: a file
   * that its owner has protected is to stay.
   *
   * @throws {IactError} `unwritable`
   */
  async requireReplaceable(path: string): Promise<void> {
    for (const each of [path, directoryOf(path)]) {
      const uri = this.uriOf(each);
      try {
        await access(uri, constants.W_OK);
        if (((await stat(uri)).mode & 0o222) === 0) throw Object.assign(new Error(), { code: 'EACCES' });
      } catch (error) {
        const { code, message } = writeError(error, uri);
        const remedy = systemCode(error) === 'EACCES' ? ` "chmod u+w ${uri}" allows it.` : '';
        throw new IactError(code, message + remedy, { cause: error, uri });
      }
    }
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
      // What a link leads to outside of the root is not ours.
      if ((await this.follow(path)).inside === undefined) return;
      await rmdir(uri);
      this.prepared.delete(path);
    } catch (error) {
      const code = systemCode(error) ?? '';
      // Who put a link there, or mounted a file system, wants it to be there.
      if (!['ENOENT', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EBUSY'].includes(code)) throw writeError(error, uri);
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

  async freeBytes(): Promise<number | undefined> {
    for (let directory = resolve(this.uriOf('')); ; directory = dirname(directory)) {
      try {
        const { bavail, bsize } = await statfs(directory);
        return bavail * bsize;
      } catch (error) {
        // A directory that is yet to be made will lie where the one above it does.
        if (systemCode(error) !== 'ENOENT' || dirname(directory) === directory) return undefined;
      }
    }
  }

  /** Where symbolic links lead to, and its path below the root if that is inside. Throws what the system throws. */
  private async follow(path: string): Promise<{ root: string; real: string; inside: string | undefined }> {
    const [root, real] = await Promise.all([realpath(resolve(this.uriOf(''))), realpath(this.uriOf(path))]);
    const folder = root.endsWith(sep) ? root : root + sep;
    return { root, real, inside: real.startsWith(folder) ? real.slice(folder.length) : undefined };
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
    const { root, real, inside } = await this.follow(path).catch((error: unknown) => {
      throw writeError(error, uri);
    });
    if (inside !== undefined) return;
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
