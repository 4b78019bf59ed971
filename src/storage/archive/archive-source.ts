import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { IactError } from '../../core/index.ts';
import { changedFile } from '../changed-file.ts';
import type { DirectoryEntry, FileInfo, ReadOptions, ReadTraits, Source } from '../contract.ts';
import { LocalSource, refuseChanged } from '../local-source.ts';
import { readError } from '../system-error.ts';
import { archiveBaseName } from './archive-name.ts';
import { expanded, isCompressed, MAGIC_BYTES } from './compression.ts';
import { type DirectoryNode, type FileNode, MemberTree } from './member-tree.ts';
import { SpoolFile } from './spool.ts';
import { StreamScan } from './stream-scan.ts';
import { TarScanner } from './tar-scanner.ts';

const CHUNK_BYTES = 1024 * 1024;

export interface ArchiveOptions {
  /** Where an archive that cannot be read in place is unpacked; that of the system if absent. */
  readonly tempDirectory?: string | undefined;
  /** Ends the opening, and what is read later. */
  readonly signal?: AbortSignal | undefined;
  /** Called while an archive is fetched, with bytes of the archive as it lies there. */
  readonly onProgress?: ((bytesDone: number, bytesTotal: number) => void) | undefined;
}

/** Gives the bytes of the unpacked archive. */
type ReadBytes = (start: number, end: number, signal: AbortSignal | undefined) => AsyncIterable<Uint8Array>;

/**
 * The store in a `.tar`, `.tar.gz` or `.tgz`, as if it were unpacked. If everything lies in one folder, that is the root.
 *
 * A plain archive of this machine is read in place; any other is fetched once into a temporary file without a name. In
 * memory is an entry for each member.
 */
export class ArchiveSource implements Source {
  readonly uri: string;
  /** Of the folder that everything lies in, else that of the archive without its ending. */
  readonly name: string;
  readonly traits: ReadTraits = { initialReads: 8, maxReads: 32, parallelRanges: false };
  private readonly files: Source;
  private readonly tree: MemberTree;
  private readonly folder: string;
  private readonly readBytes: ReadBytes;
  private readonly spool: SpoolFile | undefined;

  private constructor(
    archive: { files: Source; path: string },
    tree: MemberTree,
    readBytes: ReadBytes,
    spool: SpoolFile | undefined,
  ) {
    this.files = archive.files;
    this.uri = archive.files.uriOf(archive.path);
    this.tree = tree;
    this.folder = tree.onlyFolder() ?? '';
    this.name = this.folder || archiveBaseName(archive.path);
    this.readBytes = readBytes;
    this.spool = spool;
  }

  /**
   * Reads the headers, and fetches the archive where it must.
   *
   * @param files where the archive lies; from now on closed by `close`, but not if this fails.
   * @throws {IactError} `bad-data` for what is no whole archive; `unwritable` if there is no room for it.
   */
  static async open(files: Source, path: string, options: ArchiveOptions = {}): Promise<ArchiveSource> {
    const uri = files.uriOf(path);
    const info = await files.stat(path);
    if (info === undefined) throw new IactError('not-found', `"${uri}" does not exist.`, { uri });
    if (info.kind !== 'file') throw new IactError('unreadable', `Cannot read "${uri}": it is no file.`, { uri });
    const tree = new MemberTree();
    const { Header } = await import('tar/header');
    const visitor = {
      onMember: (member: Parameters<MemberTree['add']>[0]) => tree.add(member),
      onNote: (note: string) => tree.note(note),
    };
    const scanner = new TarScanner(uri, Header, visitor);
    const systemPath = files.diskPath?.(path) ?? (files instanceof LocalSource ? uri : undefined);
    if (systemPath !== undefined && (await scanInPlace(systemPath, uri, scanner, options.signal))) {
      const readBytes: ReadBytes = (start, end, signal = options.signal) =>
        files.read(path, { start, end, expected: info, signal });
      return new ArchiveSource({ files, path }, tree, readBytes, undefined);
    }
    const spool = await spoolArchive(files, path, info, scanner, options);
    const readBytes: ReadBytes = (start, end, signal = options.signal) =>
      readSpool(spool.handle, uri, start, end, signal);
    return new ArchiveSource({ files, path }, tree, readBytes, spool);
  }

  /** What is in the archive and cannot be had from here, one sentence each. */
  get notes(): readonly string[] {
    return this.tree.notes;
  }

  uriOf(path: string): string {
    return path === '' ? this.uri : `${this.uri}/${path}`;
  }

  async stat(path: string): Promise<FileInfo | undefined> {
    const node = this.tree.find(path, this.folder);
    return node && infoOf(node);
  }

  async *read(path: string, options: ReadOptions = {}): AsyncGenerator<Uint8Array, void> {
    const uri = this.uriOf(path);
    const node = this.tree.find(path, this.folder);
    if (node === undefined) throw new IactError('not-found', `"${uri}" does not exist.`, { uri });
    if (node.kind === 'directory')
      throw new IactError('unreadable', `Cannot read "${uri}": it is a directory.`, { uri });
    if (options.expected !== undefined) refuseChanged(uri, options.expected, infoOf(node));
    options.onOpened?.(infoOf(node));
    const start = Math.min(options.start ?? 0, node.sizeBytes);
    const end = Math.min(options.end ?? node.sizeBytes, node.sizeBytes);
    if (start >= end) return;
    let left = end - start;
    for await (const chunk of this.readBytes(node.position + start, node.position + end, options.signal)) {
      left -= chunk.length;
      yield chunk;
    }
    if (left === 0) return;
    throw changedFile(uri, `the archive lacks its last ${left} bytes`);
  }

  async list(path: string): Promise<DirectoryEntry[]> {
    const node = this.tree.find(path, this.folder);
    if (node?.kind !== 'directory') return [];
    const entries = [...node.children.keys()].flatMap((name): DirectoryEntry[] => {
      const found = this.tree.find(path === '' ? name : `${path}/${name}`, this.folder);
      return found === undefined ? [] : [{ name, kind: found.kind }];
    });
    return entries.sort((left, right) => (left.name < right.name ? -1 : 1));
  }

  async close(): Promise<void> {
    await this.spool?.close();
    await this.files.close();
  }
}

function infoOf(node: FileNode | DirectoryNode): FileInfo {
  const { kind, mtimeMs, mode, id } = node;
  const sizeBytes = kind === 'file' ? node.sizeBytes : 0;
  return { kind, sizeBytes, mtimeMs, mode, identity: `member ${id}` };
}

/** Reads the headers of a plain archive; false if it is compressed. */
async function scanInPlace(
  systemPath: string,
  uri: string,
  scanner: TarScanner,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  let file: FileHandle | undefined;
  try {
    file = await open(systemPath, 'r');
    if (isCompressed(await readAt(file, 0, MAGIC_BYTES), uri)) return false;
    const { size } = await file.stat();
    for (let piece = scanner.next; piece !== undefined; piece = scanner.next) {
      signal?.throwIfAborted();
      const bytes = await readAt(file, piece.position, piece.sizeBytes);
      if (bytes.length < piece.sizeBytes) scanner.end(size);
      scanner.take(bytes);
    }
    return true;
  } catch (error) {
    throw signal?.aborted ? error : readError(error, uri);
  } finally {
    await file?.close();
  }
}

async function spoolArchive(
  files: Source,
  path: string,
  info: FileInfo,
  scanner: TarScanner,
  options: ArchiveOptions,
): Promise<SpoolFile> {
  const { signal, onProgress } = options;
  const spool = await SpoolFile.create(options.tempDirectory, info.sizeBytes);
  try {
    const scan = new StreamScan(scanner);
    const fetched = (async function* (): AsyncGenerator<Uint8Array, void> {
      let done = 0;
      for await (const chunk of files.read(path, { expected: info, signal })) {
        done += chunk.length;
        yield chunk;
        onProgress?.(done, info.sizeBytes);
      }
    })();
    for await (const chunk of expanded(fetched, files.uriOf(path))) {
      signal?.throwIfAborted();
      // What follows the end mark is read only to learn whether the compressed data are whole.
      if (scanner.next === undefined) continue;
      scan.see(chunk);
      await spool.append(chunk);
    }
    scan.end();
    return spool;
  } catch (error) {
    await spool.close();
    throw error;
  }
}

async function* readSpool(
  file: FileHandle,
  uri: string,
  start: number,
  end: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void> {
  for (let position = start; position < end; ) {
    signal?.throwIfAborted();
    let bytes: Buffer;
    try {
      bytes = await readAt(file, position, Math.min(CHUNK_BYTES, end - position));
    } catch (error) {
      throw readError(error, uri);
    }
    if (bytes.length === 0) return;
    position += bytes.length;
    yield bytes;
  }
}

/** As many bytes as there are, up to the size. */
async function readAt(file: FileHandle, position: number, sizeBytes: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(sizeBytes);
  let done = 0;
  while (done < sizeBytes) {
    const { bytesRead } = await file.read(buffer, done, sizeBytes - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return buffer.subarray(0, done);
}
