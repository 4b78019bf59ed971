import { constants } from 'node:buffer';
import { appendFile, mkdir, open, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { tempDirectory } from '../../test/support/temp.ts';
import { Journal } from './journal.ts';

const entry = (path: string, sizeBytes = 1) => ({ path, sizeBytes, mtimeMs: 1.5, sha256: 'abc' });

async function doneOf(directory: string, source: string): Promise<string[]> {
  const journal = await Journal.open(join(directory, '.iact'), source);
  await journal.keep();
  return [...journal.done.keys()];
}

describe('Journal', () => {
  it('knows after a kill what was brought, in spite of a line cut off', async () => {
    const directory = await tempDirectory();
    const journal = await Journal.open(join(directory, '.iact'), 'there');
    await journal.add([entry('a'), entry('b\n"')]);
    await journal.keep();
    const file = join(directory, '.iact/journal.jsonl');
    await writeFile(file, (await readFile(file, 'utf8')) + JSON.stringify(entry('c')).slice(0, -3));
    const next = await Journal.open(join(directory, '.iact'), 'there');
    expect([...next.done.values()]).toEqual([entry('a'), entry('b\n"')]);
    await next.add([entry('d')]);
    await next.keep();
    expect(await doneOf(directory, 'there')).toEqual(['a', 'b\n"', 'd']);
  });

  it('does not count what came from another source, nor what another source has replaced', async () => {
    const directory = await tempDirectory();
    for (const [source, path] of [
      ['there', 'a'],
      ['there', 'b'],
      ['elsewhere', 'b'],
    ] as const) {
      const journal = await Journal.open(join(directory, '.iact'), source);
      await journal.add([entry(path)]);
      await journal.keep();
    }
    expect(await doneOf(directory, 'there')).toEqual(['a']);
    expect(await doneOf(directory, 'elsewhere')).toEqual(['b']);
  });

  it('passes over rubbish', async () => {
    const directory = await tempDirectory();
    await mkdir(join(directory, '.iact'));
    await writeFile(join(directory, '.iact/journal.jsonl'), 'null\n[]\n{"path":5}\n"x"\n\u0000\n');
    expect(await doneOf(directory, 'there')).toEqual([]);
  });

  it('is read where it is longer than a string can be', async () => {
    const directory = await tempDirectory();
    const journal = await Journal.open(directory, 'there');
    await journal.add([entry('a')]);
    await journal.keep();
    const file = join(directory, 'journal.jsonl');
    // As a file system leaves it that has lost what was written there: a hole, which takes no room.
    await truncate(file, constants.MAX_STRING_LENGTH + 1);
    await appendFile(file, `\n${JSON.stringify(entry('b'))}\n`);
    expect([...(await Journal.peek(directory, 'there')).done.keys()]).toEqual(['a', 'b']);
  });

  it('writes each line whole where the system takes only a part of it at a time', async () => {
    const directory = await tempDirectory();
    const journal = await Journal.open(join(directory, '.iact'), 'there');
    const probe = await open(join(directory, 'probe'), 'w');
    const handles = Object.getPrototypeOf(probe) as { write(bytes: Uint8Array): Promise<unknown> };
    await probe.close();
    const { write } = handles;
    vi.spyOn(handles, 'write').mockImplementation(function (this: unknown, bytes) {
      return write.call(this, bytes.subarray(0, 7));
    });
    await journal.announce([entry('a')]);
    await journal.add([entry('a'), entry('b')]);
    vi.restoreAllMocks();
    await journal.keep();
    expect(await doneOf(directory, 'there')).toEqual(['a', 'b']);
  });

  it('tells in words why it cannot be written', async () => {
    const directory = await tempDirectory();
    const journal = await Journal.open(directory, 'there');
    const probe = await open(join(directory, 'probe'), 'w');
    const handles = Object.getPrototypeOf(probe) as { write(bytes: Uint8Array): Promise<unknown> };
    await probe.close();
    vi.spyOn(handles, 'write').mockRejectedValue(Object.assign(new Error(), { code: 'ENOSPC' }));
    await expect(journal.add([entry('a')])).rejects.toMatchObject({
      code: 'unwritable',
      message: `Cannot write "${join(directory, 'journal.jsonl')}": no space is left on the device.`,
    });
    vi.restoreAllMocks();
    await journal.keep();
  });

  it('knows nothing of parts that were read in the second of the last change of their file', async () => {
    const directory = await tempDirectory();
    const info = { kind: 'file', sizeBytes: 100, mtimeMs: 5000, mode: undefined, identity: undefined } as const;
    const part = { start: 0, end: 10, sha256: 'a' };
    const partsAfter = async (readMs: number) => {
      const journal = await Journal.open(directory, 'there');
      await journal.addPart('large', { ...info, readMs }, part);
      await journal.keep();
      const next = await Journal.open(directory, 'there');
      await next.keep();
      return next.partsOf('large', info);
    };
    expect(await partsAfter(8000)).toEqual([part]);
    // Nor of those before, which lie in the same unfinished file.
    expect(await partsAfter(5100)).toEqual([]);
    expect(await partsAfter(9000)).toEqual([part]);
  });

  it('tells whether it tells of other files', async () => {
    const directory = await tempDirectory();
    const first = await Journal.open(directory, 'there');
    await first.add([entry('a')]);
    await first.keep();
    const journal = await Journal.open(directory, 'elsewhere');
    expect([journal.tellsOfOthers(['a']), journal.tellsOfOthers(['b'])]).toEqual([false, true]);
    await journal.discard();
  });

  it('knows the parts of a large file as long as it is of the same version', async () => {
    const directory = await tempDirectory();
    const info = { kind: 'file', sizeBytes: 100, mtimeMs: 5, mode: undefined, identity: undefined } as const;
    const parts = [
      { start: 0, end: 10, sha256: 'a' },
      { start: 50, end: 60, sha256: 'b' },
    ];
    const journal = await Journal.open(directory, 'there');
    for (const part of parts) await journal.addPart('x', info, part);
    await journal.addPart('y', info, { start: 0, end: 5, sha256: 'c' });
    await journal.keep();
    const found = await Journal.peek(directory, 'there');
    expect(found.partsOf('x', info)).toEqual(parts);
    expect(found.partsOf('x', { ...info, mtimeMs: 500 })).toEqual([]);
    expect(found.partsOf('x', { ...info, sizeBytes: 101 })).toEqual([]);
    expect(found.partsOf('x', { ...info, version: '"v"' })).toEqual([]);
    expect((await Journal.peek(directory, 'elsewhere')).partsOf('x', info)).toEqual([]);
    const next = await Journal.open(directory, 'there');
    await next.restart('x');
    await next.add([entry('y')]);
    await next.keep();
    const last = await Journal.peek(directory, 'there');
    expect([last.partsOf('x', info), last.partsOf('y', info)]).toEqual([[], []]);
  });

  it('forgets parts when another source has written to the same unfinished file', async () => {
    const directory = await tempDirectory();
    const info = { kind: 'file', sizeBytes: 100, mtimeMs: 5, mode: undefined, identity: undefined } as const;
    for (const source of ['there', 'elsewhere']) {
      const journal = await Journal.open(directory, source);
      await journal.addPart('x', info, { start: 0, end: 10, sha256: source });
      await journal.keep();
    }
    expect((await Journal.peek(directory, 'there')).partsOf('x', info)).toEqual([]);
    expect((await Journal.peek(directory, 'elsewhere')).partsOf('x', info)).toHaveLength(1);
  });

  it('remembers what is to be removed', async () => {
    const directory = await tempDirectory();
    const journal = await Journal.open(directory, 'there');
    await journal.removeLater(['a', 'b']);
    await journal.keep();
    expect((await Journal.peek(directory, 'elsewhere')).toRemove).toEqual(['a', 'b']);
  });

  it('is gone when the copy is complete, with its directory if nothing else is there', async () => {
    const directory = await tempDirectory();
    const journal = await Journal.open(join(directory, 'push'), 'there');
    await journal.add([entry('a')]);
    await journal.discard();
    expect(await readdir(directory)).toEqual([]);
    const beside = await Journal.open(join(directory, '.iact'), 'there');
    await writeFile(join(directory, '.iact/manifest.jsonl'), '');
    await beside.discard();
    expect(await readdir(join(directory, '.iact'))).toEqual(['manifest.jsonl']);
  });
});
