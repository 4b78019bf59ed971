import type {
  DirectoryEntry,
  FileInfo,
  LocalDestination,
  ReadOptions,
  ReadTraits,
  Source,
} from '../../storage/index.ts';

/** A folder that remembers what each file was when it was opened for the first time. */
export class WatchedSource implements Source {
  /** By path. */
  readonly opened: Map<string, FileInfo> = new Map();
  readonly uri: string;
  readonly traits: ReadTraits;
  private readonly folder: LocalDestination;

  constructor(folder: LocalDestination) {
    this.folder = folder;
    this.uri = folder.uri;
    this.traits = folder.traits;
  }

  uriOf(path: string): string {
    return this.folder.uriOf(path);
  }

  stat(path: string): Promise<FileInfo | undefined> {
    return this.folder.stat(path);
  }

  read(path: string, options: ReadOptions = {}): AsyncIterable<Uint8Array> {
    const onOpened = (info: FileInfo): void => {
      if (!this.opened.has(path)) this.opened.set(path, info);
      options.onOpened?.(info);
    };
    return this.folder.read(path, { ...options, onOpened });
  }

  list(path: string): Promise<DirectoryEntry[]> {
    return this.folder.list(path);
  }

  diskPath(path: string): string | undefined {
    return this.folder.diskPath(path);
  }

  async close(): Promise<void> {}
}
