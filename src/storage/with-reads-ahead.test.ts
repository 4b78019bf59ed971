import { afterEach, describe, expect, it, vi } from 'vitest';
import { IactError } from '../core/index.ts';
import type { FileInfo, ReadOptions, Source } from './contract.ts';
import { withReadsAhead } from './with-reads-ahead.ts';
import { withRetries } from './with-retries.ts';

const infoOf = (sizeBytes: number): FileInfo => {
  return { kind: 'file', sizeBytes, mtimeMs: 1, mode: undefined, identity: undefined };
};

interface TestSource extends Source {
  /** Paths that were read, in order. */
  readonly asked: string[];
  readonly files: Map<string, Uint8Array | Error>;
  /** What each of the reads was given to end it. */
  readonly signals: (AbortSignal | undefined)[];
  isClosed: boolean;
}

function sourceOf(files: Record<string, Uint8Array | Error>): TestSource {
  return {
    uri: 'test://',
    traits: { initialReads: 1, maxReads: 1, parallelRanges: false },
    uriOf: (path) => `test://${path}`,
    asked: [],
    files: new Map(Object.entries(files)),
    signals: [],
    isClosed: false,
    stat: async () => undefined,
    list: async () => [],
    async *read(path: string, { start = 0, onOpened, signal }: ReadOptions = {}) {
      this.asked.push(path);
      this.signals.push(signal);
      const content = this.files.get(path) ?? new IactError('not-found', `"${path}" does not exist.`);
      if (content instanceof Error) throw content;
      onOpened?.(infoOf(content.length));
      for (let at = start; at < content.length; at += 1024 * 1024) yield content.subarray(at, at + 1024 * 1024);
    },
    async close() {
      this.isClosed = true;
    },
  };
}

async function readAll(source: Source, path: string, options: ReadOptions = {}): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source.read(path, options)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

afterEach(() => vi.restoreAllMocks());

describe('withReadsAhead()', () => {
  it('asks before anybody does, and hands over what came, with what the file is', async () => {
    const inner = sourceOf({ a: text('one'), b: text('two') });
    const source = withReadsAhead(inner, ['a', 'b']);
    expect(inner.asked).toEqual(['a', 'b']);
    const told: FileInfo[] = [];
    expect(await readAll(source, 'a', { onOpened: (info) => told.push(info) })).toBe('one');
    expect(told).toEqual([infoOf(3)]);
    expect(inner.asked).toEqual(['a', 'b']);
  });

  it('reads anew who asks again, for a part, for a version, or later', async () => {
    const inner = sourceOf({ a: text('one'), b: text('two'), c: text('three') });
    const source = withReadsAhead(inner, ['a', 'b', 'c']);
    expect(await readAll(source, 'b', { start: 1 })).toBe('wo');
    expect(await readAll(source, 'b', { expected: infoOf(3) })).toBe('two');
    await readAll(source, 'a');
    inner.files.set('a', text('another'));
    expect(await readAll(source, 'a')).toBe('another');
    const now = performance.now();
    vi.spyOn(performance, 'now').mockReturnValue(now + 60_000);
    inner.files.set('c', text('changed'));
    expect(await readAll(source, 'c')).toBe('changed');
  });

  it('says that a file is not there without asking twice, and leaves other failures to the next read', async () => {
    const inner = sourceOf({ busy: new IactError('unreachable', 'busy', { retryable: true }) });
    const source = withReadsAhead(inner, ['nothing', 'busy']);
    await expect(readAll(source, 'nothing')).rejects.toMatchObject({ code: 'not-found' });
    expect(inner.asked).toEqual(['nothing', 'busy']);
    await new Promise((resolve) => setImmediate(resolve));
    inner.files.set('busy', text('here'));
    expect(await readAll(source, 'busy')).toBe('here');
  });

  it('keeps no large file', async () => {
    const large = Buffer.alloc(5 * 1024 * 1024, 'x');
    const inner = sourceOf({ large });
    const source = withReadsAhead(inner, ['large']);
    expect(await readAll(source, 'large')).toBe(large.toString());
    expect(inner.asked).toEqual(['large', 'large']);
  });

  it('no longer believes after a while that a file is not there', async () => {
    const inner = sourceOf({});
    const source = withReadsAhead(inner, ['late']);
    await new Promise((resolve) => setImmediate(resolve));
    const now = performance.now();
    vi.spyOn(performance, 'now').mockReturnValue(now + 60_000);
    inner.files.set('late', text('here'));
    expect(await readAll(source, 'late')).toBe('here');
  });

  it('gives up what nobody has asked for when the data are read, and not before', async () => {
    const inner = sourceOf({ a: text('one') });
    const source = withReadsAhead(inner, ['a']);
    source.prepare?.();
    expect(inner.signals).toMatchObject([{ aborted: false }]);
    source.prepare?.({ bytes: 1000, unsizedFiles: 0 });
    expect(inner.signals).toMatchObject([{ aborted: true }]);
    expect(await readAll(source, 'a')).toBe('one');
    expect(inner.asked).toEqual(['a', 'a']);
  });

  it('closes what it reads from, and asks nothing of it afterwards for who waits', async () => {
    const inner = sourceOf({ a: text('one') });
    const source = withReadsAhead(inner, ['a']);
    const waiting = readAll(source, 'a');
    await source.close();
    expect(inner.signals).toMatchObject([{ aborted: true }]);
    expect(inner.isClosed).toBe(true);
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    expect(inner.asked).toEqual(['a']);
  });

  it('below withRetries, is read as a whole by the first attempt, and fails without a word', async () => {
    const inner = sourceOf({ a: text('one'), busy: new IactError('unreachable', 'busy', { retryable: true }) });
    const told: string[] = [];
    const policy = { retries: 1, silenceMs: 60_000, onRetry: () => void told.push('again') };
    const source = withRetries(withReadsAhead(inner, ['a', 'busy']), policy);
    expect(await readAll(source, 'a')).toBe('one');
    expect(inner.asked).toEqual(['a', 'busy']);
    await new Promise((resolve) => setImmediate(resolve));
    expect(told).toEqual([]);
    await expect(readAll(source, 'busy')).rejects.toThrow('busy');
    expect(inner.asked).toEqual(['a', 'busy', 'busy', 'busy']);
    expect(told).toEqual(['again']);
  });
});
