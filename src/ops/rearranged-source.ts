import {
  absentFile,
  DelegatingSource,
  type DirectoryEntry,
  type FileInfo,
  type ReadOptions,
  refuseChanged,
  type Source,
} from '../storage/index.ts';

/** Whoever is given a chunk may write to it. */
const CHUNK_BYTES = 1024 * 1024;

export interface Arrangement {
  /** Files that are made: content by path. They go before files of the source. */
  readonly made: ReadonlyMap<string, Uint8Array>;
  /** Files that are shown under another path: path in the source by the path that is shown. */
  readonly moved: ReadonlyMap<string, string>;
}

/** A source in which some files have other paths, or another content. Closing it closes the source. */
export class RearrangedSource extends DelegatingSource {
  private readonly made: ReadonlyMap<string, Uint8Array>;
  private readonly moved: ReadonlyMap<string, string>;
  /** Paths of the source that are shown elsewhere. */
  private readonly gone: ReadonlySet<string>;

  constructor(inner: Source, { made, moved }: Arrangement) {
    super(inner);
    this.made = made;
    this.moved = moved;
    this.gone = new Set(moved.values());
  }

  override uriOf(path: string): string {
    return this.inner.uriOf(this.moved.get(path) ?? path);
  }

  override async stat(path: string): Promise<FileInfo | undefined> {
    const made = this.made.get(path);
    if (made !== undefined) return infoOf(made);
    const inner = this.innerPath(path);
    return inner === undefined ? undefined : this.inner.stat(inner);
  }

  override async *read(path: string, options: ReadOptions = {}): AsyncGenerator<Uint8Array, void> {
    const made = this.made.get(path);
    const inner = this.innerPath(path);
    if (made !== undefined) yield* readMade(made, this.uriOf(path), options);
    else if (inner !== undefined) yield* this.inner.read(inner, options);
    else throw absentFile(this.uriOf(path));
  }

  override async list(path: string): Promise<DirectoryEntry[] | undefined> {
    const entries = await this.inner.list(path);
    if (entries === undefined) return undefined;
    const prefix = path === '' ? '' : `${path}/`;
    const there = entries.filter(({ name }) => !this.gone.has(prefix + name));
    const shown = new Map(there.map((entry): [string, DirectoryEntry] => [entry.name, entry]));
    for (const each of [...this.made.keys(), ...this.moved.keys()]) {
      if (!each.startsWith(prefix)) continue;
      const [name = '', ...below] = each.slice(prefix.length).split('/');
      shown.set(name, { name, kind: below.length === 0 ? 'file' : 'directory' });
    }
    return [...shown.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
  }

  diskPath(path: string): string | undefined {
    const inner = this.made.has(path) ? undefined : this.innerPath(path);
    return inner === undefined ? undefined : this.inner.diskPath?.(inner);
  }

  private innerPath(path: string): string | undefined {
    return this.moved.get(path) ?? (this.gone.has(path) ? undefined : path);
  }
}

function infoOf(made: Uint8Array): FileInfo {
  return { kind: 'file', sizeBytes: made.length, mtimeMs: undefined, mode: 0o644, identity: undefined };
}

async function* readMade(
  content: Uint8Array,
  uri: string,
  { start = 0, end = Number.POSITIVE_INFINITY, expected, onOpened, signal }: ReadOptions,
): AsyncGenerator<Uint8Array, void> {
  const info = infoOf(content);
  if (expected !== undefined) refuseChanged(uri, expected, info);
  onOpened?.(info);
  const stop = Math.min(end, content.length);
  for (let at = start; at < stop; at += CHUNK_BYTES) {
    signal?.throwIfAborted();
    yield content.slice(at, Math.min(stop, at + CHUNK_BYTES));
  }
}
