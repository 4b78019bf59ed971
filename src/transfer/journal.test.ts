import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempDirectory } from '../../test/support/temp.ts';
import { Journal } from './journal.ts';

const entry = (path: string, sizeBytes = 1) => ({ path, sizeBytes, mtimeMs: 1.5 });

async function doneOf(directory: string, source: string): Promise<string[]> {
  const journal = await Journal.open(directory, source);
  await journal.keep();
  return [...journal.done.keys()];
}

describe('Journal', () => {
  it('knows after a kill what was brought, in spite of a line cut off', async () => {
    const directory = await tempDirectory();
    const journal = await Journal.open(directory, 'there');
    await journal.add([entry('a'), entry('b\n"')]);
    await journal.keep();
    const file = join(directory, '.iact/journal.jsonl');
    await writeFile(file, (await readFile(file, 'utf8')) + JSON.stringify(entry('c')).slice(0, -3));
    const next = await Journal.open(directory, 'there');
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
      const journal = await Journal.open(directory, source);
      await journal.add([entry(path)]);
      await journal.keep();
    }
    expect(await doneOf(directory, 'there')).toEqual(['a']);
    expect(await doneOf(directory, 'elsewhere')).toEqual(['b']);
  });

  it('passes over rubbish', async () => {
    const directory = await tempDirectory();
    const journal = await Journal.open(directory, 'there');
    await journal.keep();
    await appendFile(join(directory, '.iact/journal.jsonl'), 'null\n[]\n{"path":5}\n"x"\n\u0000\n');
    expect(await doneOf(directory, 'there')).toEqual([]);
  });

  it('is gone when the copy is complete', async () => {
    const directory = await tempDirectory();
    await (await Journal.open(directory, 'there')).discard();
    expect(await readdir(join(directory, '.iact'))).toEqual([]);
  });
});
