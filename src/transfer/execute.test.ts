import { createHash } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempDirectory } from '../../test/support/temp.ts';
import { IactError } from '../core/index.ts';
import { type FileInfo, LocalDestination, LocalSource, type StagedFile } from '../storage/index.ts';
import { type ExecuteOptions, executeCopy, type FileOutcome } from './execute.ts';
import { Journal } from './journal.ts';
import { planCopy } from './plan.ts';

interface Setting {
  readonly source: LocalSource;
  readonly destination: LocalDestination;
  run(options?: { signal?: AbortSignal; onOutcome?: (outcome: FileOutcome) => void }): Promise<FileOutcome[]>;
  readonly from: string;
  readonly to: string;
}

/** Files named 0, 1, … to be copied by two at a time; on disk, or as from a mounted file system. */
async function setting(count: number, onDisk = false): Promise<Setting> {
  const [from, to] = [await tempDirectory(), await tempDirectory()];
  for (let index = 0; index < count; index++) await writeFile(join(from, `${index}`), Buffer.alloc(10, `${index}`));
  const [source, destination] = [new LocalSource(from), new LocalDestination(to)];
  if (!onDisk) source.diskPath = () => undefined;
  const run: Setting['run'] = async (options = {}) => {
    const journal = await Journal.open(join(to, '.iact'), from);
    const candidates = await Promise.all(
      Array.from({ length: count }, async (_, index) => ({
        path: `${index}`,
        namedPaths: [`${index}`],
        source: (await source.stat(`${index}`)) ?? expect.fail('no source'),
        destination: await destination.stat(`${index}`),
        journal: journal.done.get(`${index}`),
        incomplete: false,
      })),
    );
    try {
      const plan = planCopy(candidates, 'always');
      return await executeCopy(plan.files, { source, destination, journal, jobs: 2, ...options });
    } finally {
      await journal.keep();
    }
  };
  return { source, destination, run, from, to };
}

/** Lets a method of the staged files of a destination fail at its n-th call. */
function failAt(destination: LocalDestination, method: 'write' | 'sync' | 'publish', call: number, error: Error): void {
  let calls = 0;
  const stage = destination.stage.bind(destination);
  destination.stage = async (path: string): Promise<StagedFile> => {
    const staged = await stage(path);
    const original = staged[method].bind(staged) as (chunk: Uint8Array) => Promise<void>;
    staged[method] = (chunk?: Uint8Array): Promise<void> => {
      calls += 1;
      return calls === call ? Promise.reject(error) : original(chunk as Uint8Array);
    };
    return staged;
  };
}

const visible = async (directory: string) => (await readdir(directory)).filter((name) => name !== '.iact').sort();

describe('executeCopy()', () => {
  it.each([true, false])(
    'copies content, permissions and times, and reports in order (on disk: %s)',
    async (onDisk) => {
      const { run, from, to } = await setting(5, onDisk);
      await writeFile(join(from, '3'), Buffer.alloc(20_000_000, 'large'));
      const reported: string[] = [];
      const outcomes = await run({ onOutcome: ({ file }) => reported.push(file.path) });
      expect(outcomes.map(({ outcome }) => outcome)).toEqual(Array(5).fill('copied'));
      expect(reported).toEqual(['0', '1', '2', '3', '4']);
      for (const name of reported) {
        expect((await readFile(join(to, name))).equals(await readFile(join(from, name)))).toBe(true);
        const [wanted, found] = [await stat(join(from, name)), await stat(join(to, name))];
        expect([found.mode, Math.round(found.mtimeMs)]).toEqual([wanted.mode, Math.round(wanted.mtimeMs)]);
      }
    },
  );

  it('names a file that cannot be read and copies the others', async () => {
    const { run, source, to } = await setting(4);
    const read = source.read.bind(source);
    source.read = (path, options) => {
      if (path !== '2') return read(path, options);
      return (async function* () {
        yield Buffer.from('begin');
        throw new IactError('unreadable', 'Cannot read "2": the device reports an error.');
      })();
    };
    const outcomes = await run();
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['copied', 'copied', 'failed', 'copied']);
    expect(outcomes[2]?.error?.message).toBe('Cannot read "2": the device reports an error.');
    expect(await visible(to)).toEqual(['0', '1', '3']);
  });

  it('reads a file again that grows while it is copied, and gives up when it does not stop', async () => {
    const { run, source, from, to } = await setting(2);
    const read = source.read.bind(source);
    let reads = 0;
    source.read = async function* (path, options) {
      if (path === '1') reads += 1;
      for await (const chunk of read(path, options)) {
        yield chunk;
        if (path === '1' && reads === 1) await writeFile(join(from, '1'), 'grown meanwhile');
        if (path === '0') await writeFile(join(from, '0'), `${Math.random()}`);
      }
    };
    const outcomes = await run();
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['failed', 'copied']);
    expect(outcomes[0]?.error?.message).toMatch(/changed while it was being read/);
    expect(reads).toBe(2);
    expect(await readFile(join(to, '1'), 'utf8')).toBe('grown meanwhile');
    expect(await visible(to)).toEqual(['1']);
  });

  it('names a file that changed and cannot be looked at again, and copies the others', async () => {
    const { run, source } = await setting(3);
    const [read, stat] = [source.read.bind(source), source.stat.bind(source)];
    const refused = new IactError('unreadable', 'Cannot read "1": permission denied.');
    let hasChanged = false;
    source.read = async function* (path, options) {
      if (path === '1') {
        hasChanged = true;
        throw new IactError('changed', '"1" changed while it was being read.', { retryable: true });
      }
      yield* read(path, options);
    };
    source.stat = async (path) => {
      if (hasChanged && path === '1') throw refused;
      return stat(path);
    };
    const outcomes = await run();
    expect(outcomes.map(({ outcome, error }) => [outcome, error])).toEqual([
      ['copied', undefined],
      ['failed', refused],
      ['copied', undefined],
    ]);
  });

  it('does not compare a file that changed with what was published of the one before', async () => {
    const { source, destination, from, to } = await setting(1);
    const sha256 = createHash('sha256').update(Buffer.alloc(10, '0')).digest('hex');
    const info = (await source.stat('0')) ?? expect.fail('no source');
    const plan = planCopy(
      [
        {
          path: '0',
          namedPaths: ['0'],
          source: info,
          destination: undefined,
          journal: undefined,
          incomplete: false,
          digests: { sha256 },
        },
      ],
      'always',
    );
    await writeFile(join(from, '0'), 'another content');
    const journal = await Journal.open(join(to, '.iact'), from);
    const outcomes = await executeCopy(plan.files, { source, destination, journal });
    await journal.discard();
    expect(outcomes.map(({ outcome, file, error }) => [outcome, file.source?.sizeBytes, error])).toEqual([
      ['copied', 15, undefined],
    ]);
  });

  it('publishes what comes at the very moment when a group is done', async () => {
    // So many files fill a group, and one more comes while it is published.
    const count = 2049;
    const names = Array.from({ length: count }, (_, index) => `${index}`);
    const info: FileInfo = { kind: 'file', sizeBytes: 1, mtimeMs: 1, mode: undefined, identity: undefined };
    const files = names.map((path) => {
      const known = { source: info, destination: undefined, journal: undefined, incomplete: false };
      return { path, namedPaths: [path], ...known, action: 'copy', reason: 'absent' } as const;
    });
    // Turns of the queue that noting the group takes: at one of them the last file comes just then.
    for (let turns = 0; turns < 40; turns++) {
      let onNote = (): void => undefined;
      const noting = new Promise<void>((resolve) => {
        onNote = resolve;
      });
      const source = {
        traits: { initialReads: 1, maxReads: 1, parallelRanges: false },
        uriOf: (path: string) => path,
        async *read(path: string) {
          if (path === '2048') await noting;
          yield Buffer.from('x');
        },
      };
      const nothing = async (): Promise<void> => undefined;
      const staged = { write: nothing, seal: async () => 1, publish: nothing, discard: nothing };
      const destination = {
        stage: async (path: string) => ({ path, ...staged }),
        syncAll: nothing,
        syncDirectory: nothing,
      };
      const journal = {
        announce: nothing,
        add: async () => {
          onNote();
          for (let turn = 0; turn < turns; turn++) await Promise.resolve();
        },
      };
      const options = { source, destination, journal, jobs: 1 } as unknown as ExecuteOptions;
      const outcomes = await executeCopy(files, options);
      expect(outcomes.filter((each) => each?.outcome === 'copied').length, `${turns}`).toBe(count);
    }
  });

  it.each(['write', 'sync', 'publish'] as const)(
    'ends at a full disk (%s), leaves nothing half done, and finishes later',
    async (method) => {
      const { run, destination, from, to } = await setting(10);
      const full = new IactError('unwritable', 'Cannot write "x": no space is left on the device.');
      failAt(destination, method, 4, full);
      await expect(run()).rejects.toBe(full);
      for (const name of await visible(to)) {
        expect((await readFile(join(to, name))).equals(await readFile(join(from, name)))).toBe(true);
      }
      const outcomes = await run();
      expect(outcomes).toHaveLength(10);
      expect(await visible(to)).toEqual(await visible(from));
    },
  );

  it.each([true, false])(
    'does not fetch again what was brought before it was stopped (on disk: %s)',
    async (onDisk) => {
      const count = 2000;
      const { source, run, to } = await setting(count, onDisk);
      const controller = new AbortController();
      const { diskPath, read } = source;
      const stopAt = (path: string): string => {
        if (path === '1000') controller.abort();
        return path;
      };
      if (onDisk) source.diskPath = (path) => diskPath.call(source, stopAt(path));
      else source.read = (path, options) => read.call(source, stopAt(path), options);
      const stopped = run({ signal: controller.signal });
      await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
      const brought = await visible(to);
      expect(brought.length).toBeGreaterThan(500);
      expect(brought.length).toBeLessThan(count);
      const outcomes = await run();
      expect(outcomes.filter(({ outcome }) => outcome === 'kept')).toHaveLength(brought.length);
      expect(await visible(to)).toHaveLength(count);
    },
  );
});
