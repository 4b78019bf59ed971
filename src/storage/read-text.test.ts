import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempDirectory } from '../../test/support/temp.ts';
import { LocalSource } from './local-source.ts';
import { readLines } from './read-text.ts';

async function linesOf(text: string, longest: number): Promise<string[]> {
  const root = await tempDirectory();
  await writeFile(join(root, 'lines'), text);
  const lines: string[] = [];
  for await (const line of readLines(new LocalSource(root), 'lines', longest)) lines.push(line);
  return lines;
}

describe('readLines()', () => {
  it.each([
    ['', ['']],
    ['one', ['one']],
    ['one\n', ['one', '']],
    ['\n\none\r\ntwo', ['', '', 'one\r', 'two']],
  ])('gives those of %j', async (text, lines) => {
    expect(await linesOf(text, 100)).toEqual(lines);
  });

  it('passes over lines that are too long, and those around them are whole', async () => {
    // Larger than what comes at once, of letters of several bytes.
    const long = '\u00e9\u4e2d'.repeat(500_000);
    expect(await linesOf(`a\n${long}\nb\n${long}`, long.length - 1)).toEqual(['a', 'b']);
    expect(await linesOf(`a\n${long}\nb\n${long}`, long.length)).toEqual(['a', long, 'b', long]);
  });
});
