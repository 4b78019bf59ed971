import { dirname } from 'node:path/posix';
import { directoryOf, fileNameOf, IactError } from '../../core/index.ts';
import type { AccessOptions } from '../access.ts';
import type { Destination, StagedFile, StageOptions } from '../contract.ts';
import type { SftpLocation } from '../location.ts';
import { stagedNameOf } from '../staged-name.ts';
import { kindOf } from './attributes.ts';
import { OPEN, STATUS } from './protocol.ts';
import {
  closeHandle,
  freeBytesAt,
  makeDirectory,
  openFile,
  realPath,
  removeDirectory,
  removeFile,
  SftpStatusError,
  statPath,
  statusOf,
  unlessMissing,
  writeHandle,
} from './sftp-calls.ts';
import type { SftpChannel } from './sftp-channel.ts';
import { SftpSource } from './sftp-source.ts';
import { SftpStagedFile } from './sftp-staged-file.ts';
import { writeStatusError } from './status-error.ts';

const CREATE_ATTEMPTS = 5;

/**
 * A directory that files are written to over `ssh`; it is made, with its parents, when the first one is.
 *
 * Every byte is read back from the server and compared. A server without `posix-rename@openssh.com` cannot replace a
 * file in one step: there, between removing the old file and renaming the new one, none has the name.
 *
 * It keeps to one connection: the name of a cluster may lead each to another machine, and what one of them writes to a
 * shared file system the others may see later.
 */
export class SftpDestination extends SftpSource implements Destination {
  // Directories known to exist and to lie inside the root, by path; what they really are for the server.
  private readonly prepared = new Map<string, Promise<string>>();

  /** @throws {IactError} `unreachable` from the first call on that needs the server, not from here. */
  static override async open(location: SftpLocation, options: AccessOptions): Promise<SftpDestination> {
    return new SftpDestination(location, options, 1);
  }

  async stage(path: string, { resume = false }: StageOptions = {}): Promise<StagedFile> {
    await this.prepareDirectory(directoryOf(path));
    const directory = this.pathOf(directoryOf(path));
    const partial = `${directory === '/' ? '' : directory}/${stagedNameOf(fileNameOf(path))}`;
    const place = { path, partial, target: this.pathOf(path), uri: this.uriOf(path) };
    return SftpStagedFile.create(place, this.connections, resume);
  }

  async create(path: string, content: Uint8Array): Promise<void> {
    const directory = directoryOf(path);
    for (let attempt = 1; ; attempt++) {
      try {
        await this.prepareDirectory(directory);
        const channel = await this.connections.lightest();
        const handle = await openFile(channel, this.pathOf(path), OPEN.write | OPEN.create | OPEN.exclusive, {});
        await writeHandle(channel, handle, 0, content);
        await closeHandle(channel, handle);
        return;
      } catch (error) {
        // Somebody else may have found the directory empty, and removed it.
        this.prepared.delete(directory);
        const status = statusOf(error) ?? statusOf((error as { cause?: unknown }).cause);
        if (status !== STATUS.noSuchFile || attempt === CREATE_ATTEMPTS)
          throw writeStatusError(error, this.uriOf(path));
      }
    }
  }

  async remove(path: string): Promise<void> {
    await this.call(path, async (channel) => {
      const directory = directoryOf(path);
      const real = await unlessMissing(realPath(channel, this.pathOf(directory)));
      if (real === undefined) return;
      if (directory !== '') await this.refuseEscape(channel, directory, real);
      await unlessMissing(removeFile(channel, this.pathOf(path)));
    });
  }

  async removeEmptyDirectory(path: string): Promise<void> {
    await this.call(path, async (channel) => {
      const directory = this.pathOf(path);
      const real = await unlessMissing(realPath(channel, directory));
      // What a link leads to outside of the root is not ours.
      if (real === undefined || !isInside(await this.rootOf(channel), real)) return;
      try {
        await unlessMissing(removeDirectory(channel, directory));
        this.prepared.delete(path);
      } catch (error) {
        // There is no status of its own for a directory that is not empty, nor for one that a file system is mounted on.
        if (statusOf(error) !== STATUS.failure) throw error;
      }
    });
  }

  /** Does nothing: SFTP has no such call, and its server decides when a new name is lasting. */
  async syncDirectory(_path: string): Promise<void> {}

  async freeBytes(): Promise<number | undefined> {
    try {
      const channel = await this.connections.lightest();
      for (let directory = this.pathOf(''); ; directory = dirname(directory)) {
        const found = await unlessMissing(freeBytesAt(channel, directory).then((bytes) => ({ bytes })));
        // A directory that is yet to be made will lie where the one above it does.
        if (found !== undefined) return found.bytes;
        if (dirname(directory) === directory) return undefined;
      }
    } catch (error) {
      if (statusOf(error) === undefined) throw error;
      return undefined;
    }
  }

  private async call(path: string, action: (channel: SftpChannel) => Promise<void>): Promise<void> {
    try {
      await action(await this.connections.lightest());
    } catch (error) {
      throw writeStatusError(error, this.uriOf(path));
    }
  }

  /** Makes a directory and all above it; refuses one that a link leads out of the root. */
  private prepareDirectory(path: string): Promise<string> {
    let ready = this.prepared.get(path);
    if (ready === undefined) {
      ready = this.prepareNew(path);
      this.prepared.set(path, ready);
      // A failure is not remembered: the next file may ask again after the user has made room.
      ready.catch(() => this.prepared.delete(path));
    }
    return ready;
  }

  private async prepareNew(path: string): Promise<string> {
    try {
      if (path !== '') await this.prepareDirectory(directoryOf(path));
      const channel = await this.connections.lightest();
      const directory = this.pathOf(path);
      if (path === '') await makeWithParents(channel, directory);
      else await makeUnlessThere(channel, directory);
      const real = await realPath(channel, directory);
      if (path !== '') await this.refuseEscape(channel, path, real);
      return real;
    } catch (error) {
      throw writeStatusError(error, this.uriOf(path));
    }
  }

  /** What the root really is for the server. */
  private rootOf(channel: SftpChannel): Promise<string> {
    return this.prepared.get('') ?? realPath(channel, this.pathOf(''));
  }

  private async refuseEscape(channel: SftpChannel, path: string, real: string): Promise<void> {
    const root = await this.rootOf(channel);
    if (isInside(root, real)) return;
    const message = `Cannot write below "${this.uriOf(path)}": a symbolic link leads from there to "${real}", outside of the destination "${root}". Remove the link, or copy to the place it leads to.`;
    throw new IactError('unsafe-path', message, { uri: path });
  }
}

function isInside(root: string, path: string): boolean {
  return path.startsWith(root.endsWith('/') ? root : `${root}/`);
}

async function makeWithParents(channel: SftpChannel, directory: string): Promise<void> {
  try {
    await makeUnlessThere(channel, directory);
  } catch (error) {
    const parent = dirname(directory);
    if (statusOf(error) !== STATUS.noSuchFile || parent === directory || parent === '.') throw error;
    await makeWithParents(channel, parent);
    await makeUnlessThere(channel, directory);
  }
}

/** @throws {SftpStatusError} `noSuchFile` where something else has the name. */
async function makeUnlessThere(channel: SftpChannel, directory: string): Promise<void> {
  try {
    await makeDirectory(channel, directory);
  } catch (error) {
    if (statusOf(error) === undefined || statusOf(error) === STATUS.noSuchFile) throw error;
    // Whatever the reason, a directory that is there is enough.
    const found = await unlessMissing(statPath(channel, directory));
    if (found === undefined && statusOf(error) === STATUS.permissionDenied) throw error;
    if (found === undefined || kindOf(found.permissions) !== 'directory')
      throw new SftpStatusError(STATUS.noSuchFile, 'no directory');
  }
}
