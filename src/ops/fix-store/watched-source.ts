import { DelegatingSource, type FileInfo, type LocalDestination, type ReadOptions } from '../../storage/index.ts';

/** A folder that remembers what each file was when it was opened for the first time. Closing it leaves the folder open. */
export class WatchedSource extends DelegatingSource {
  /** By path. */
  readonly opened: Map<string, FileInfo> = new Map();
  private readonly folder: LocalDestination;

  constructor(folder: LocalDestination) {
    super(folder);
    this.folder = folder;
  }

  override read(path: string, options: ReadOptions = {}): AsyncIterable<Uint8Array> {
    const onOpened = (info: FileInfo): void => {
      if (!this.opened.has(path)) this.opened.set(path, info);
      options.onOpened?.(info);
    };
    return super.read(path, { ...options, onOpened });
  }

  diskPath(path: string): string | undefined {
    return this.folder.diskPath(path);
  }

  override async close(): Promise<void> {}
}
