import { describe, expect, it } from 'vitest';
import { writeLines } from './write-lines.ts';

function written(lines: readonly string[], exact: boolean, columns?: number): string {
  let all = '';
  const write = (text: string): void => {
    all += text;
  };
  writeLines({ write, ...(columns !== undefined && { columns }) }, lines, exact);
  return all;
}

describe('writeLines()', () => {
  const HOSTILE = 'a\u001b[2Jb\nc\u009b';

  it('escapes what a terminal would obey, line breaks in a line included', () => {
    expect(written(['plain \u00e9', HOSTILE], false)).toBe('plain \u00e9\na\\u001b[2Jb\\nc\\u009b\n');
    expect(written([HOSTILE], false, 80)).toBe('a\\u001b[2Jb\\nc\\u009b\n');
  });

  it('writes data as they are for a program, and escaped for a person', () => {
    expect(written([HOSTILE], true)).toBe(`${HOSTILE}\n`);
    expect(written([HOSTILE], true, 80)).toBe('a\\u001b[2Jb\nc\\u009b\n');
  });

  it('writes any number of lines', () => {
    expect(
      written(
        Array.from({ length: 100_000 }, (_, i) => String(i)),
        false,
      ).split('\n'),
    ).toHaveLength(100_001);
  });
});
