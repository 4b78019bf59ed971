import { IactError } from '../core/index.ts';
import type { DirectoryEntry, FileInfo, ReadOptions, ReadTraits, Source } from '../storage/index.ts';

export interface Arrangement {
  /** Files that are made: content by path. They go before files of the source. */
  readonly made: ReadonlyMap<string, Uint8Array>;
  /** Files that are shown under another path: path in the source by the path that is shown. */
  readonly moved: ReadonlyMap<string, string>;
}

/** A source in which some files have other paths, or another content. Closing it closes the source. */
export class RearrangedSource implements Source {
  readonly uri: string;
  private readonly inner: Source;
  private readonly made: ReadonlyMap<string, Uint8Array>;
  private readonly moved: ReadonlyMap<string, string>;
  /** Paths of the source that are shown elsewhere. */
  private readonly gone: ReadonlySet<string>;

  constructor(inner: Source, { made, moved }: Arrangement) {
    this.uri = inner.uri;
    this.inner = inner;
    this.made = made;
    this.moved = moved;
    this.gone = new Set(moved.values());
  }

  get traits(): ReadTraits {
    return this.inner.traits;
  }

  uriOf(path: string): string {
    return this.inner.uriOf(this.moved.get(path) ?? path);
  }

  async stat(path: string): Promise<FileInfo | undefined> {
    const made = this.made.get(path);
    if (made !== undefined) {
      return { kind: 'file', sizeBytes: made.length, mtimeMs: undefined, mode: 0o644, identity: undefined };
    }
    const inner = this.innerPath(path);
    return inner === undefined ? undefined : this.inner.stat(inner);
  }

  async *read(path: string, options: ReadOptions = {}): AsyncGenerator<Uint8Array> {
    const made = this.made.get(path);
    const inner = this.innerPath(path);
    if (made !== undefined) {
      const part = made.subarray(options.start ?? 0, options.end);
      if (part.length > 0) yield part;
    } else if (inner !== undefined) yield* this.inner.read(inner, options);
    else throw new IactError('not-found', `"${this.uriOf(path)}" does not exist.`, { uri: this.uriOf(path) });
  }

  /** Files of the root under the names that they are shown under; other directories as they are. */
  async list(path: string): Promise<DirectoryEntry[] | undefined> {
    const entries = await this.inner.list(path);
    if (path !== '' || entries === undefined) return entries;
    const shown = [...this.moved.keys()].filter((each) => !each.includes('/'));
    const moved = shown.map((name): DirectoryEntry => ({ name, kind: 'file' }));
    const all = [...entries.filter(({ name }) => !this.gone.has(name) && !this.moved.has(name)), ...moved];
    return all.sort((left, right) => (left.name < right.name ? -1 : 1));
  }

  prepare(): void {
    this.inner.prepare?.();
  }

  close(): Promise<void> {
    return this.inner.close();
  }

  expectBytes(bytes: number, unsizedFiles?: number): void {
    this.inner.expectBytes?.(bytes, unsizedFiles);
  }

  diskPath(path: string): string | undefined {
    const inner = this.made.has(path) ? undefined : this.innerPath(path);
    return inner === undefined ? undefined : this.inner.diskPath?.(inner);
  }

  private innerPath(path: string): string | undefined {
    return this.moved.get(path) ?? (this.gone.has(path) ? undefined : path);
  }
}
