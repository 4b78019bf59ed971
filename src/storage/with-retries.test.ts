import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { IactError } from '../core/index.ts';
import type { FileInfo, ReadOptions, Source } from './contract.ts';
import { bytesOf } from './testing/conformance.ts';
import { withRetries } from './with-retries.ts';

const content = bytesOf(1000);
const info: FileInfo = { kind: 'file', sizeBytes: 1000, mtimeMs: 1, mode: undefined, identity: undefined };
const cut = (details: object = {}) =>
  new IactError('unreachable', 'The connection broke.', { retryable: true, ...details });

/** A source whose n-th read gives so many bytes and then fails; after that reads succeed. */
function breaking(...readsUntil: readonly (number | Error | 'silence')[]): Source & { starts: number[] } {
  const starts: number[] = [];
  let call = 0;
  return {
    uri: 'test://',
    traits: { initialReads: 1, maxReads: 1, parallelRanges: false },
    uriOf: (path) => `test://${path}`,
    starts,
    close: async () => undefined,
    list: async () => [],
    async stat() {
      const fault = readsUntil[call++];
      if (fault instanceof Error) throw fault;
      return info;
    },
    async *read(_path: string, { start = 0, end = 1000, signal }: ReadOptions = {}) {
      starts.push(start);
      const until = readsUntil[call++];
      if (until instanceof Error) throw until;
      if (until === 'silence') {
        yield content.subarray(start, start + 10);
        await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
      }
      const stop = typeof until === 'number' ? Math.min(end, start + until) : end;
      for (let at = start; at < stop; at += 100) yield content.subarray(at, Math.min(stop, at + 100));
      if (typeof until === 'number') throw cut();
    },
  };
}

async function readAll(source: Source, options: ReadOptions = {}): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source.read('x', options)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const policy = { retries: 3, silenceMs: 60_000 };
/** A second passes in a millisecond. */
function hurry(): void {
  const { setTimeout } = globalThis;
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(((done: () => void, ms = 0) =>
    setTimeout(done, ms / 1000)) as typeof setTimeout);
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('withRetries()', () => {
  it('goes on at the byte where a read broke', async () => {
    hurry();
    const source = breaking(250, 0, 0, 130);
    const found = await readAll(withRetries(source, policy), { start: 50, expected: info });
    expect(Buffer.compare(found, content.subarray(50))).toBe(0);
    expect(source.starts).toEqual([50, 300, 300, 300, 430]);
  });

  it('waits no longer for a read that is no longer wanted', async () => {
    const controller = new AbortController();
    const onRetry = () => controller.abort();
    const source = breaking(cut({ retryAfterMs: 200_000 }));
    const options = { expected: info, signal: controller.signal };
    await expect(readAll(withRetries(source, { ...policy, onRetry }), options)).rejects.toThrow('broke');
    expect(source.starts).toEqual([0]);
  });

  it('does not put together what may be of two versions', async () => {
    const source = breaking(250);
    await expect(readAll(withRetries(source, policy))).rejects.toThrow('The connection broke.');
    expect(source.starts).toEqual([0]);
  });

  it('gives up after so many attempts without a byte, and tells of each', async () => {
    hurry();
    const told: [number, string][] = [];
    const onRetry = ({ attempt, error }: { attempt: number; error: Error }) => told.push([attempt, error.message]);
    const source = breaking(0, 0, 0, 0, 0);
    await expect(readAll(withRetries(source, { ...policy, onRetry }), { expected: info })).rejects.toThrow('broke');
    expect(source.starts).toHaveLength(4);
    expect(told).toEqual([1, 2, 3].map((attempt) => [attempt, 'The connection broke.']));
  });

  it.each([
    ['what no retry helps', new IactError('unreadable', 'permission denied')],
    ['a file that changed', new IactError('changed', 'changed', { retryable: true })],
    ['a server that asks for an hour', cut({ retryAfterMs: 3_600_000 })],
    ['what is no error of ours', new Error('a fault')],
  ])('throws at once %s', async (_, error) => {
    const source = breaking(error);
    await expect(readAll(withRetries(source, policy), { expected: info })).rejects.toBe(error);
    expect(source.starts).toHaveLength(1);
  });

  it('tries nothing again that nobody waits for: after it was closed', async () => {
    const told: number[] = [];
    const later = cut({ retryAfterMs: 200_000 });
    const source = withRetries(breaking(later, later), { ...policy, onRetry: ({ attempt }) => told.push(attempt) });
    const waiting = expect(source.stat('x')).rejects.toThrow('broke');
    await vi.waitFor(() => expect(told).toEqual([1]));
    await source.close();
    await expect(readAll(source, { expected: info })).rejects.toThrow('broke');
    await waiting;
    expect(told).toEqual([1]);
  });

  it('waits as long as the server asks', async () => {
    hurry();
    const told: number[] = [];
    const onRetry = ({ waitMs }: { waitMs: number }) => told.push(waitMs);
    await withRetries(breaking(cut({ retryAfterMs: 7000 })), { ...policy, onRetry }).stat('x');
    expect(told).toEqual([7000]);
  });

  it('waits longer from one attempt to the next, and never the same for all', async () => {
    hurry();
    const told: number[] = [];
    const onRetry = ({ waitMs }: { waitMs: number }) => told.push(waitMs);
    await withRetries(breaking(cut(), cut(), cut()), { ...policy, onRetry }).stat('x');
    vi.useRealTimers();
    for (const [attempt, ceiling] of [250, 500, 1000].entries()) {
      expect(told[attempt]).toBeGreaterThanOrEqual(ceiling / 2);
      expect(told[attempt]).toBeLessThanOrEqual(ceiling);
    }
  });

  it('takes silence for a broken connection, ends it, and goes on', async () => {
    const source = breaking('silence');
    const found = await readAll(withRetries(source, { ...policy, silenceMs: 50 }), { expected: info });
    expect(Buffer.compare(found, content)).toBe(0);
    expect(source.starts).toEqual([0, 10]);
  });

  it('does not take for silent what waits for its turn, as long as others are answered or bytes come', async () => {
    const late = breaking();
    const read = late.read.bind(late);
    late.read = async function* (...args) {
      await sleep(250);
      yield* read(...args);
    };
    let bytesReceived = 0;
    const source = withRetries(Object.defineProperty(late, 'bytesReceived', { get: () => bytesReceived }), {
      retries: 0,
      silenceMs: 100,
    });
    const others = setInterval(() => void source.stat('y'), 20);
    await readAll(source);
    clearInterval(others);
    const bytes = setInterval(() => (bytesReceived += 1), 20);
    await readAll(source);
    clearInterval(bytes);
    await expect(readAll(source)).rejects.toThrow('has not answered for 0.1 s');
  });

  it('waits no longer than some turns for what hangs while others are answered', async () => {
    hurry();
    const source = withRetries(breaking('silence'), { retries: 0, silenceMs: 2000 });
    const others = setInterval(() => void source.stat('y'), 0);
    await expect(readAll(source)).rejects.toThrow('has not answered for 20 s');
    clearInterval(others);
  });

  it('ends waiting when it is told to stop', async () => {
    const controller = new AbortController();
    const onRetry = () => controller.abort();
    const source = breaking(cut({ retryAfterMs: 200_000 }), cut());
    const reading = withRetries(source, { ...policy, onRetry, signal: controller.signal }).stat('x');
    await expect(reading).rejects.toThrow('broke');
  });

  it('waits no longer for an answer when it is stopped', async () => {
    const controller = new AbortController();
    const never = { ...breaking(), stat: () => new Promise<undefined>(() => undefined) };
    const source = withRetries(never, { ...policy, signal: controller.signal });
    const asked = source.stat('x');
    const silent = readAll(withRetries(breaking('silence'), { ...policy, signal: controller.signal }));
    setImmediate(() => controller.abort());
    await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
    await expect(silent).rejects.toMatchObject({ code: 'cancelled' });
  });
});
