import type { DirectoryEntry, ExpectedReads, FileInfo, ReadOptions, ReadTraits, Source } from './contract.ts';

/**
 * A source that passes on to another one what it does not do by itself. Not `diskPath`: who goes by it passes by `read`, so
 * that each must decide whether that is right.
 */
export abstract class DelegatingSource implements Source {
  protected readonly inner: Source;

  constructor(inner: Source) {
    this.inner = inner;
  }

  get uri(): string {
    return this.inner.uri;
  }

  /** They may change once the store has shown what it can. */
  get traits(): ReadTraits {
    return this.inner.traits;
  }

  uriOf(path: string): string {
    return this.inner.uriOf(path);
  }

  stat(path: string): Promise<FileInfo | undefined> {
    return this.inner.stat(path);
  }

  list(path: string): Promise<DirectoryEntry[] | undefined> {
    return this.inner.list(path);
  }

  read(path: string, options?: ReadOptions): AsyncIterable<Uint8Array> {
    return this.inner.read(path, options);
  }

  prepare(expected?: ExpectedReads): void {
    this.inner.prepare?.(expected);
  }

  close(): Promise<void> {
    return this.inner.close();
  }
}
