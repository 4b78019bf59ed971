import { mapConcurrently } from '../../core/index.ts';
import type { AccessOptions } from '../access.ts';
import type { DirectoryEntry, ExpectedReads, FileInfo, ReadOptions, ReadTraits, Source } from '../contract.ts';
import { kindOfLink } from '../link-kind.ts';
import type { SftpLocation } from '../location.ts';
import { fileInfo, kindOf } from './attributes.ts';
import { SftpConnections } from './connections.ts';
import { SftpReader, USUAL_FILE_BYTES, WORTH_A_CONNECTION_BYTES } from './read-file.ts';
import type { NamedAttributes } from './reply.ts';
import { closeHandle, openDirectory, readDirectory, statPath, unlessMissing } from './sftp-calls.ts';
import type { SftpChannel } from './sftp-channel.ts';
import { readStatusError } from './status-error.ts';

/** How many pieces of a directory are asked for at once; OpenSSH gives a hundred names in each. */
const LIST_AHEAD = 8;
/** ssh takes no more than 2 MB at a time from a server, which are 40 MB/s at a round trip of 50 ms. */
const MAX_CONNECTIONS = 4;

/** A directory that the `ssh` of the user leads to; see {@link planSshCommand}. Connects when it is first used. */
export class SftpSource implements Source {
  readonly uri: string;
  /** One read of a large file already uses all that the connections carry. */
  readonly traits: ReadTraits = { initialReads: 32, maxReads: 64, parallelRanges: false, tellsOnOpening: true };
  protected readonly connections: SftpConnections;
  private readonly root: string;
  private readonly reader: SftpReader;

  protected constructor(location: SftpLocation, options: AccessOptions, maxConnections: number = MAX_CONNECTIONS) {
    this.uri = uriOfLocation(location);
    this.root = rootOf(location.path);
    this.connections = new SftpConnections(location, options, this.uri, maxConnections);
    this.reader = new SftpReader(this.connections);
  }

  /** @throws {IactError} `unreachable` from the first call on that needs the server, not from here. */
  static async open(location: SftpLocation, options: AccessOptions): Promise<SftpSource> {
    return new SftpSource(location, options);
  }

  get bytesReceived(): number {
    return this.connections.bytesReceived;
  }

  /** A login takes as long as the indexes. */
  prepare(expected?: ExpectedReads): void {
    if (expected === undefined) {
      this.connections.prepare();
      return;
    }
    const all = expected.bytes + expected.unsizedFiles * USUAL_FILE_BYTES;
    this.connections.growTo(Math.ceil(all / WORTH_A_CONNECTION_BYTES));
  }

  uriOf(path: string): string {
    if (path === '') return this.uri;
    return this.uri.endsWith('/') ? this.uri + encodePath(path) : `${this.uri}/${encodePath(path)}`;
  }

  async stat(path: string): Promise<FileInfo | undefined> {
    try {
      const channel = await this.connections.lightest();
      const attributes = await unlessMissing(statPath(channel, this.pathOf(path)));
      return attributes && fileInfo(attributes);
    } catch (error) {
      throw readStatusError(error, this.uriOf(path));
    }
  }

  read(path: string, options: ReadOptions = {}): AsyncIterable<Uint8Array> {
    return this.reader.read(this.pathOf(path), this.uriOf(path), options);
  }

  async list(path: string): Promise<DirectoryEntry[]> {
    try {
      const channel = await this.connections.lightest();
      const found = await unlessMissing(listDirectory(channel, this.pathOf(path)));
      const entries = await mapConcurrently(found ?? [], 64, async ({ name, attributes }) => {
        const known = kindOf(attributes.permissions);
        const kind = known ?? (await kindOfLink(this.stat(path === '' ? name : `${path}/${name}`)));
        return kind === undefined ? [] : [{ name, kind }];
      });
      return entries.flat().sort((left, right) => (left.name < right.name ? -1 : 1));
    } catch (error) {
      throw readStatusError(error, this.uriOf(path));
    }
  }

  close(): Promise<void> {
    return this.connections.close();
  }

  /** For the server: absolute, or relative to the directory that the login leads to. */
  protected pathOf(path: string): string {
    if (path === '') return this.root;
    if (this.root === '.') return `./${path}`;
    return this.root.endsWith('/') ? this.root + path : `${this.root}/${path}`;
  }
}

async function listDirectory(channel: SftpChannel, path: string): Promise<NamedAttributes[]> {
  const handle = await openDirectory(channel, path);
  try {
    const found: NamedAttributes[] = [];
    for (;;) {
      const pieces = Array.from({ length: LIST_AHEAD }, () => readDirectory(channel, handle));
      for (const names of await Promise.all(pieces)) {
        if (names === undefined) return found;
        found.push(...names.filter(({ name }) => name !== '.' && name !== '..'));
      }
    }
  } finally {
    // Not awaited: nothing depends on it, and a connection that is lost closes it as well.
    closeHandle(channel, handle).catch(() => undefined);
  }
}

function rootOf(path: string): string {
  // A shell would replace it; for a server it is a name.
  const relative = path.replace(/^~(?:\/+|$)/, '');
  return relative === '' ? '.' : relative;
}

/** Never with the password. */
function uriOfLocation({ user, host, port, path }: SftpLocation): string {
  const name = host.includes(':') ? `[${host}]` : host;
  const login = user === undefined ? '' : `${encodeURIComponent(user)}@`;
  const root = rootOf(path);
  const shown = root.startsWith('/') ? root : root === '.' ? '/~' : `/~/${root}`;
  return `sftp://${login}${name}${port === undefined ? '' : `:${port}`}${encodePath(shown)}`;
}

/** Just so much that it is read again as it was: what would end the path of a URL, or begin a code in it. */
function encodePath(path: string): string {
  return path.replace(/[%?#\s]/g, encodeURIComponent);
}
