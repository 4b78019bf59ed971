import { createHash } from 'node:crypto';
import { appendFile, mkdir, open, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempDirectory } from '../../test/support/temp.ts';
import { IactError } from '../core/index.ts';
import { LocalDestination, LocalSource, type ReadOptions, stagedNameOf } from '../storage/index.ts';
import { bytesOf } from '../storage/testing/conformance.ts';
import { executeCopy, type FileOutcome } from './execute.ts';
import { PARTS_FROM_BYTES } from './fetch-parts.ts';
import { Journal } from './journal.ts';
import { planCopy } from './plan.ts';

const SIZE = PARTS_FROM_BYTES * 2 + 12_345;
const content = bytesOf(SIZE);

/** What was read of the source: how many bytes, in how many reads. */
interface Readings {
  bytes: number;
  starts: number[];
}

interface Place {
  readonly from: string;
  readonly to: string;
  readonly source: LocalSource;
  readonly readings: Readings;
  copy(signal?: AbortSignal): Promise<FileOutcome[]>;
}

/** One large file, as from a server; `fault` is asked before each chunk is handed out. */
async function place(fault: (sent: number) => void = () => undefined, parallelRanges = true): Promise<Place> {
  const [from, to] = [await tempDirectory(), await tempDirectory()];
  await writeFile(join(from, 'large'), content);
  const readings: Readings = { bytes: 0, starts: [] };
  class Remote extends LocalSource {
    override readonly traits = { initialReads: 2, maxReads: 2, parallelRanges };
    override diskPath = (): undefined => undefined;
    override async *read(path: string, options: ReadOptions = {}): AsyncGenerator<Uint8Array> {
      readings.starts.push(options.start ?? 0);
      for await (const chunk of super.read(path, options)) {
        fault(readings.bytes);
        readings.bytes += chunk.length;
        yield chunk;
      }
    }
  }
  const source = new Remote(from);
  const copy = async (signal?: AbortSignal): Promise<FileOutcome[]> => {
    const journal = await Journal.open(join(to, '.iact'), from);
    const destination = new LocalDestination(to);
    const info = (await source.stat('large')) ?? expect.fail('no source');
    const candidate = { path: 'large', namedPaths: ['large'], source: info, incomplete: false };
    const known = { destination: await destination.stat('large'), journal: journal.done.get('large') };
    const plan = planCopy([{ ...candidate, ...known }], 'always');
    return executeCopy(plan.files, { source, destination, journal, signal }).finally(() => journal.keep());
  };
  return { from, to, source, readings, copy };
}

const partial = (to: string): string => join(to, stagedNameOf('large'));

async function expectComplete({ to }: Place, outcomes: readonly FileOutcome[]): Promise<void> {
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(['copied']);
  expect(Buffer.compare(await readFile(join(to, 'large')), content)).toBe(0);
  expect(outcomes[0]?.entry?.sha256).toBe(createHash('sha256').update(content).digest('hex'));
  expect((await readdir(to)).sort()).toEqual(['.iact', 'large']);
}

/** Sets the time of the source as a server tells it that knows whole seconds only. */
async function inThisSecond({ from }: Place): Promise<void> {
  const second = Math.floor(Date.now() / 1000);
  await utimes(join(from, 'large'), second, second);
}

/** A copy that was cut off after about this many bytes. */
async function interrupted(
  after: number,
  before: (at: Place) => Promise<void> = async () => undefined,
): Promise<Place> {
  let armed = true;
  const broken = new IactError('unreachable', 'The connection broke.', { retryable: true });
  const at = await place((sent) => {
    if (armed && sent >= after) throw broken;
  });
  await before(at);
  await expect(at.copy()).rejects.toBe(broken);
  armed = false;
  expect(await readdir(at.to)).not.toContain('large');
  return at;
}

describe('executeCopy() of a large file', () => {
  it('reads ranges of it at the same time where that may be faster, and in one piece where not', async () => {
    const many = await place();
    await expectComplete(many, await many.copy());
    expect(many.readings.starts.sort((left, right) => left - right)).toEqual([0, 1, 2].map((i) => i * 8 * 1024 * 1024));
    const one = await place(undefined, false);
    await expectComplete(one, await one.copy());
    expect(one.readings.starts).toEqual([0]);
    expect(one.readings.bytes).toBe(SIZE);
  });

  it('goes on in the middle after an interruption, and reads what it has not', async () => {
    const at = await interrupted(9_000_000);
    at.readings.bytes = 0;
    await expectComplete(at, await at.copy());
    expect(at.readings.bytes).toBeLessThan(SIZE - 8_000_000);
    expect(at.readings.bytes).toBeGreaterThan(SIZE - 10_500_000);
  });

  it('goes on after it was stopped by its signal', async () => {
    const controller = new AbortController();
    const at = await place((sent) => sent > 5_000_000 && controller.abort());
    await expect(at.copy(controller.signal)).rejects.toMatchObject({ code: 'cancelled' });
    at.readings.bytes = 0;
    await expectComplete(at, await at.copy());
    expect(at.readings.bytes).toBeLessThan(SIZE - 4_000_000);
  });

  it('fetches again a part that is not on the disk as it came', async () => {
    const at = await interrupted(9_000_000);
    const file = await open(partial(at.to), 'r+');
    await file.write(Buffer.alloc(1000), 0, 1000, 5000);
    await file.close();
    await expectComplete(at, await at.copy());
  });

  it('fetches again what a loss of power took from its unfinished file', async () => {
    const at = await interrupted(9_000_000);
    await writeFile(partial(at.to), '');
    await expectComplete(at, await at.copy());
  });

  it('starts anew when the source has another version by now', async () => {
    const at = await interrupted(9_000_000);
    const other = bytesOf(SIZE, 2);
    await writeFile(join(at.from, 'large'), other);
    expect((await at.copy()).map(({ outcome }) => outcome)).toEqual(['copied']);
    expect(Buffer.compare(await readFile(join(at.to, 'large')), other)).toBe(0);
  });

  it('starts anew when the source may have another version in the same second', async () => {
    const at = await interrupted(9_000_000, inThisSecond);
    const other = bytesOf(SIZE, 2);
    const { mtime } = await stat(join(at.from, 'large'));
    await writeFile(join(at.from, 'large'), other);
    await utimes(join(at.from, 'large'), mtime, mtime);
    expect((await at.copy()).map(({ outcome }) => outcome)).toEqual(['copied']);
    expect(Buffer.compare(await readFile(join(at.to, 'large')), other)).toBe(0);
  });

  it('does not mix two versions when the source changes in the middle', async () => {
    const other = bytesOf(SIZE, 3);
    let changed = false;
    let write: Promise<void> = Promise.resolve();
    const at = await place((sent) => {
      if (changed || sent < 3_000_000) return;
      changed = true;
      write = writeFile(join(at.from, 'large'), other);
    });
    const [outcome] = await at.copy();
    await write;
    const found = await readFile(join(at.to, 'large')).catch(() => undefined);
    if (outcome?.outcome !== 'copied') {
      expect([found, outcome?.error?.code]).toEqual([undefined, 'changed']);
      return;
    }
    // On a busy machine all may have been read before the first byte was written, or while the writing stood still.
    const whole = found as Buffer;
    const isBeginning = Buffer.compare(whole, other.subarray(0, whole.length)) === 0;
    expect(isBeginning || Buffer.compare(whole, content) === 0).toBe(true);
  });

  it('does not trust a journal that says nonsense of parts', async () => {
    const at = await place();
    await mkdir(join(at.to, '.iact'), { recursive: true });
    const { mtimeMs } = await stat(join(at.from, 'large'));
    const parts = [
      { start: -5, end: 10 },
      { start: 0, end: SIZE * 2 },
      { start: 100, end: 50 },
      { start: 0, end: 1000 },
    ].map((range) => ({ part: 'large', sizeBytes: SIZE, mtimeMs, ...range, sha256: 'no digest' }));
    const lines = [{ source: at.from }, ...parts].map((record) => `${JSON.stringify(record)}\n`);
    await appendFile(join(at.to, '.iact/journal.jsonl'), lines.join(''));
    await expectComplete(at, await at.copy());
  });
});

describe('executeCopy() with published digests', () => {
  const md5 = createHash('md5').update('the content').digest('hex');
  const sha256 = createHash('sha256').update('the content').digest('hex');

  async function copyWith(digests: object, spoil: (read: number) => string = () => 'the content') {
    const [from, to] = [await tempDirectory(), await tempDirectory()];
    await writeFile(join(from, 'x'), 'the content');
    const source = new LocalSource(from);
    source.diskPath = () => undefined;
    let reads = 0;
    source.read = async function* () {
      yield Buffer.from(spoil(reads++));
    };
    const journal = await Journal.open(join(to, '.iact'), from);
    const info = (await source.stat('x')) ?? expect.fail('no source');
    const file = { path: 'x', namedPaths: ['x'], source: info, destination: undefined, journal: undefined };
    const plan = planCopy([{ ...file, incomplete: false, digests }], 'always');
    const destination = new LocalDestination(to);
    const [outcome] = await executeCopy(plan.files, { source, destination, journal }).finally(() => journal.keep());
    return { outcome, reads: () => reads, found: await readFile(join(to, 'x'), 'utf8').catch(() => undefined) };
  }

  it('accepts what has them', async () => {
    const { outcome, reads } = await copyWith({ md5: md5.toUpperCase(), sha256 });
    expect([outcome?.outcome, outcome?.warning, reads()]).toEqual(['copied', undefined, 1]);
  });

  it('reads again what was damaged on its way', async () => {
    for (const digests of [{ md5 }, { sha256 }]) {
      const { outcome, found, reads } = await copyWith(digests, (read) => (read === 0 ? 'the cOntent' : 'the content'));
      expect([outcome?.outcome, outcome?.warning, found, reads()]).toEqual(['copied', undefined, 'the content', 2]);
    }
  });

  it('reports an MD5 column that is wrong, and copies what the source holds', async () => {
    const { outcome, found } = await copyWith({ md5: '0'.repeat(32) });
    expect([outcome?.outcome, found]).toEqual(['copied', 'the content']);
    expect(outcome?.warning).toMatch(/has the MD5 digest [0-9a-f]{32}, and the HDU index says 0{32}/);
  });

  it('refuses a file that is not what the manifest of its store says', async () => {
    const { outcome, found } = await copyWith({ sha256: '0'.repeat(64) });
    expect([outcome?.outcome, outcome?.error?.code, found]).toEqual(['failed', 'bad-data', undefined]);
    expect(outcome?.error?.message).toMatch(/is damaged: its SHA-256 is/);
  });
});
